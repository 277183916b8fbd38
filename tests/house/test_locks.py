"""Locks carry sums and no addresses; nothing of a third party is committed."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.places import ROOT, project

LOCKS = ("runtime", "dev", "node")
SUM = re.compile(r"--hash=sha256:[0-9a-f]{64}$")
FOREIGN = re.compile(
    r"(^|/)(node_modules|vendor|site-packages)/|\.min\.(js|css)$|\.(whl|tgz|woff2?|jar)$"
)


def lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")


def pins(name: str) -> dict[str, list[str]]:
    """Each pinned line of a lock with its sums."""
    joined = lock(name).replace("\\\n", " ")
    rows = (row.split() for row in joined.splitlines() if row and not row.startswith("#"))
    return {
        " ".join(part for part in row if not part.startswith("--")): [
            part for part in row if part.startswith("--")
        ]
        for row in rows
    }


def versions(name: str) -> dict[str, str]:
    """Package name to pinned version."""
    found = (Requirement(line) for line in pins(name))
    return {canonicalize_name(r.name): str(r.specifier).removeprefix("==") for r in found}


def committed() -> list[Path]:
    told = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - the checkout's own git
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [Path(name) for name in told.stdout.split("\0") if name]


@pytest.mark.parametrize("name", LOCKS)
def test_every_pinned_package_has_its_sums(name: str) -> None:
    for line, sums in pins(name).items():
        assert "==" in line, f"{line} is not pinned"
        assert sums, f"{line} has no sum"
        assert all(SUM.match(each) for each in sums), f"{line} carries more than sums: {sums}"


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address(name: str) -> None:
    assert not re.search(r"://|file:|--index|--extra|--find|@ ", lock(name))


def test_the_runtime_lock_holds_what_the_project_asks_for() -> None:
    held = versions("runtime")
    asked = [*project()["project"]["dependencies"], *project()["dependency-groups"]["build"]]
    for wanted in map(Requirement, asked):
        assert wanted.specifier.contains(held[canonicalize_name(wanted.name)]), wanted


def test_the_development_lock_agrees_with_the_runtime_lock() -> None:
    development = versions("dev")
    assert versions("runtime").items() <= development.items()
    for wanted in map(Requirement, project()["dependency-groups"]["dev"]):
        assert wanted.specifier.contains(development[canonicalize_name(wanted.name)]), wanted


def test_the_npm_lock_has_sums_and_no_addresses() -> None:
    text = (ROOT / "package-lock.json").read_text("utf-8")
    packages = json.loads(text)["packages"]
    ours = json.loads((ROOT / "package.json").read_text("utf-8"))
    assert "resolved" not in text
    assert "://" not in text
    for path, facts in packages.items():
        assert not path or facts["integrity"].startswith("sha512-"), path
    for name, version in {**ours["dependencies"], **ours["devDependencies"]}.items():
        assert packages[f"node_modules/{name}"]["version"] == version


def test_no_third_party_file_is_committed() -> None:
    assembled = json.loads((ROOT / "static" / "vendor" / "manifest.json").read_text("utf-8"))
    theirs = set(assembled["files"].values())
    for path in committed():
        assert not FOREIGN.search(path.as_posix()), f"{path} looks like somebody else's"
        file = ROOT / path
        if file.is_file():
            assert hashlib.sha256(file.read_bytes()).hexdigest() not in theirs, path
