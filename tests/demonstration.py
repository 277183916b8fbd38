"""The demonstration, filled once for each run; whoever changes it takes a copy."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from marketplace.commands.demo import DATABASE, build


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
