"""The demonstration is filled once for each file of tests; whoever changes it takes a copy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from marketplace.commands.demo import DATABASE, build
from marketplace.commands.opening import open_existing


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder as `demo` leaves it; beside it lay what a killed build left long ago."""
    folder = tmp_path_factory.mktemp("demonstration") / "demo"
    abandoned = folder.with_name(".demo-being-filled-long-ago")
    abandoned.mkdir()
    (abandoned / DATABASE).touch()
    os.utime(abandoned, (0, 0))
    build(folder, datetime.now(UTC))
    return folder


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
