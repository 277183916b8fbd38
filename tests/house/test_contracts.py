"""The picture in docs/house.md holds, and a new folder cannot slip past it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.places import ROOT, project

NOT_CAPABILITIES = {
    "adapters",
    "commands",
    "kernel",
    "migrations",
    "ports",
    "standalone",
    "testing",
    "translations",
    "web",
    "work",
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """import-linter on the packages below `folder`."""
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(  # noqa: S603 - our own interpreter on our own copy
        [sys.executable, "-c", program, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The two packages and the contracts, to sin in."""
    for name in ("marketplace", "catalog_import"):
        no_caches = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=no_caches)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold() -> None:
    seen = lint(ROOT)
    assert seen.returncode == 0, seen.stdout + seen.stderr


def test_every_capability_stands_in_the_contract_of_the_rooms() -> None:
    folders = {
        path.name
        for path in (ROOT / "marketplace").iterdir()
        if path.is_dir() and any(path.glob("*.py")) and path.name not in NOT_CAPABILITIES
    }
    contracts = project()["tool"]["importlinter"]["contracts"]
    rooms = next(c for c in contracts if c["name"] == "the rooms of a capability")
    assert {name.removeprefix("marketplace.") for name in rooms["containers"]} == folders


@pytest.mark.parametrize(
    ("file", "text", "named"),
    [
        ("marketplace/gifts/__init__.py", "", "gifts"),
        ("marketplace/suppliers/utils.py", "", "utils"),
        ("marketplace/suppliers/rules/codes.py", "\nimport flask\n", "rules and states are pure"),
        (
            "marketplace/suppliers/service.py",
            "\nfrom marketplace.catalog import models as sin\n",
            "the house, top to bottom",
        ),
    ],
)
def test_a_planted_sin_is_found(copy: Path, file: str, text: str, named: str) -> None:
    sinner = copy / file
    sinner.parent.mkdir(exist_ok=True)
    with sinner.open("a", encoding="utf-8") as end:
        end.write(text)
    seen = lint(copy)
    assert seen.returncode != 0
    assert named in seen.stdout
