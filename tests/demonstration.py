"""The demonstration, filled once for each run; whoever changes it takes a copy."""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from marketplace.commands.demo import DATABASE, build


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder as `demo` leaves it; beside it lay what a killed build left long ago.

    The workers of one run have it together: the first fills it while the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demonstration"
    shared.mkdir(exist_ok=True)
    folder = shared / "demo"
    with shared.with_suffix(".lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not folder.exists():
            abandoned = shared / ".demo-being-filled-long-ago"
            abandoned.mkdir()
            (abandoned / DATABASE).touch()
            os.utime(abandoned, (0, 0))
            build(folder, datetime.now(UTC))
    return folder
