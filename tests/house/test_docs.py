"""The documents name what the code stands on and every thing it keeps."""

from __future__ import annotations

import json
import re

from packaging.requirements import Requirement

from marketplace.kernel.base import Base
from tests.house.places import ROOT, modules, nothing_in, project

EXTRAS = re.compile(r"^\[[^]]*\]")
ROW = re.compile(r"^\| (?P<name>[@a-z][^ |]*) \| (?P<range>[^|]+) \|", re.MULTILINE)


def documented() -> dict[str, str]:
    """Dependency to range, as docs/dependencies.md tells."""
    text = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    return {found["name"]: found["range"].strip() for found in ROW.finditer(text)}


def asked() -> dict[str, str]:
    """Dependency to range, as pyproject.toml and package.json ask."""
    told = project()["project"]
    groups = [*told["optional-dependencies"].values(), *project()["dependency-groups"].values()]
    lines = [*told["dependencies"], *(line for group in groups for line in group)]
    npm = json.loads((ROOT / "package.json").read_text("utf-8"))
    names = {line: Requirement(line).name for line in lines}
    return {
        **{name: EXTRAS.sub("", line.removeprefix(name)) or "any" for line, name in names.items()},
        **npm["dependencies"],
        **npm["devDependencies"],
    }


def test_every_dependency_is_explained_with_the_range_we_ask_for() -> None:
    assert documented() == asked()


def test_every_thing_we_keep_stands_in_the_book_of_words() -> None:
    assert list(modules("models"))
    words = (ROOT / "docs" / "words.md").read_text("utf-8")
    kept = {mapper.class_.__name__ for mapper in Base.registry.mappers}
    ours = {name for name in kept if name}
    assert ours
    nothing_in(name for name in ours if not re.search(rf"\b{name}\b", words))
