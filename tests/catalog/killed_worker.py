"""`python -m tests.catalog.killed_worker FOLDER URL WORDS N LATER`: deliver, LATER seconds after
noon, and die before the Nth statement that begins with WORDS."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy import event

from marketplace.config import Config
from marketplace.extension import make_runtime
from marketplace.kernel.clock import SetClock
from tests.databases import Place
from tests.fixtures import NOON


def main(folder: str, url: str, words: str, last: str, later: str) -> None:
    config = Config(data=Path(folder), database_url=url, demo=True)
    runtime = make_runtime(config, clock=SetClock(NOON + timedelta(seconds=int(later))))
    seen = 0

    def count(_connection: object, _cursor: object, statement: str, *_told: object) -> None:
        nonlocal seen
        seen += statement.startswith(words)
        if seen == int(last) and statement.startswith(words):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(runtime.engine, "before_cursor_execute", count)
    while runtime.deliver():
        pass


def killed(
    place: Place, words: str, count: int, *, later: int
) -> subprocess.CompletedProcess[bytes]:
    """A worker, so many seconds after noon, that dies before a statement with these words."""
    return subprocess.run(  # noqa: S603  # our own interpreter and module
        [sys.executable, "-m", "tests.catalog.killed_worker",
         str(place.folder), place.url, words, str(count), str(later)],
        check=False,
        capture_output=True,
        timeout=120,
    )  # fmt: skip  # one command


if __name__ == "__main__":
    main(*sys.argv[1:])
