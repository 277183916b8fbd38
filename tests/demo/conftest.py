"""Ways to look at the filled demonstration."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from marketplace.commands.opening import open_existing


@pytest.fixture
def copied(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "demo"))


@pytest.fixture(scope="session")
def session(filled: Path) -> Iterator[Session]:
    """Reads the filled database."""
    runtime = open_existing(filled)
    with runtime.reading() as found:
        yield found
    runtime.engine.dispose()
