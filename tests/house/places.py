"""Where the project's own files stand, and how they are read for the house tests."""

from __future__ import annotations

import importlib
import pkgutil
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import marketplace

ROOT = Path(__file__).parents[2]
MIGRATIONS = ROOT / "marketplace" / "migrations" / "versions"
PYTHON_ROOTS = ("marketplace", "catalog_import", "tools", "tests", "benchmarks")


def python_files() -> list[Path]:
    """Every Python file of ours; migrations are written by a machine and never edited."""
    found = [path for root in PYTHON_ROOTS for path in (ROOT / root).rglob("*.py")]
    found = [path for path in found if path.parent != MIGRATIONS]
    return sorted([*found, *ROOT.glob("*.py")])


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def project() -> dict[str, Any]:
    """pyproject.toml as data."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def modules(*rooms: str) -> Iterator[ModuleType]:
    """Import every module of the marketplace; with `rooms`, only those below a room so named."""
    for found in pkgutil.walk_packages(marketplace.__path__, "marketplace."):
        if found.name.endswith("__main__"):
            continue
        if not rooms or set(found.name.split(".")) & set(rooms):
            yield importlib.import_module(found.name)


def told(path: Path) -> str:
    """A path as it is said in a failure."""
    return path.relative_to(ROOT).as_posix()


def nothing_in(found: Iterable[str]) -> None:
    """Fail with every row, one per line: whoever mends wants the whole list."""
    rows = sorted(found)
    assert not rows, "\n" + "\n".join(rows)
