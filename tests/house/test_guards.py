"""The list of guards is true of the code as it stands; `tools/guards.py` takes each one out."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.databases import KINDS
from tests.house.places import ROOT, nothing_in
from tools import guards
from tools.guards import Guard

KEPT = re.compile(r"P\d{1,2}|failure \d{1,2}|issue \d")
FEWEST = 100


@cache
def names_in(path: Path) -> frozenset[str]:
    """The names of the functions of a file."""
    tree = ast.parse(path.read_text("utf-8")) if path.is_file() else ast.Module([], [])
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def faults_of(guard: Guard) -> Iterator[str]:
    files = [path.read_text("utf-8") for path in ROOT.glob(guard.file)]
    if len(files) != 1:
        yield f"{guard.file} names {len(files)} files"
        return
    if (times := files[0].count(guard.snippet)) != 1:
        yield f"its snippet stands {times} times in {guard.file}"
    if guard.snippet == guard.without:
        yield "nothing is taken out"
    place, _, test = guard.test.partition("[")[0].partition("::")
    if test not in names_in(ROOT / place):
        yield f"there is no test {guard.test}"
    if not KEPT.fullmatch(guard.keeps):
        yield f"keeps what? {guard.keeps!r}"
    if guard.database not in KINDS:
        yield f"there is no database {guard.database!r}"


def test_every_guard_stands_where_the_list_says_and_names_a_test() -> None:
    """A guard that was moved or mended takes its entry along."""
    nothing_in(f"{one.name}: {fault}" for one in guards.guards() for fault in faults_of(one))


def test_every_guard_has_a_name_of_its_own() -> None:
    names = Counter(one.name for one in guards.guards())
    assert len(names) >= FEWEST
    nothing_in(name for name, times in names.items() if times > 1)


def test_every_capability_has_guards() -> None:
    guarded = {Path(one.file).parts[:2] for one in guards.guards()}
    services = {path.parent for path in (ROOT / "marketplace").glob("*/service*")}
    assert services
    nothing_in(one.name for one in services if ("marketplace", one.name) not in guarded)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one module with one guard, and one test that watches it."""
    project = tmp_path / "project"
    for name, text in {
        "marketplace/__init__.py": (
            "def half(n):\n    if n % 2:\n        raise ValueError\n    return n\n"
        ),
        "tests/test_half.py": (
            "import pytest\nfrom marketplace import half\n"
            "def test_odd():\n    with pytest.raises(ValueError):\n        half(3)\n"
            "def test_even():\n    assert half(2) == 2\n"
        ),
        "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
    }.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, "utf-8")
    monkeypatch.setattr(guards, "ROOT", project)
    (tmp_path / "copy").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("test", "without", "outcome"),
    [
        ("test_odd", "if False", "RED"),
        ("test_even", "if False", "GREEN"),
        ("test_odd", "if nobody", "BROKEN"),  # red for a mistake of the list
        ("test_odd", "if (", "BROKEN"),  # it cannot even be imported
        ("test_gone", "if False", "BROKEN"),
    ],
)
def test_only_a_test_that_fails_for_the_guards_sake_is_red(
    small: Path, test: str, without: str, outcome: str
) -> None:
    copy = guards.Copy(small / "copy")
    guard = Guard(
        "odd numbers are refused",
        "marketplace/__init__.py",
        "if n % 2",
        without,
        f"tests/test_half.py::{test}",
        "P1",
    )
    seen = copy.see(guard)
    assert seen.outcome == outcome, seen.why
    assert "n % 2" in (copy.root / guard.file).read_text("utf-8")
    assert "n % 2" in (guards.ROOT / guard.file).read_text("utf-8")
