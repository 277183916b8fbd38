"""`python -m tests.catalog.killed_worker FOLDER URL N`: deliver, and die before statement N."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from sqlalchemy import event

from marketplace.config import Config
from marketplace.extension import make_runtime
from marketplace.kernel.clock import SetClock
from tests.fixtures import NOON


def main(folder: str, url: str, last: str) -> None:
    config = Config(data=Path(folder), database_url=url, demo=True)
    runtime = make_runtime(config, clock=SetClock(NOON))
    seen = 0

    def count(*_told: object) -> None:
        nonlocal seen
        seen += 1
        if seen == int(last):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(runtime.engine, "before_cursor_execute", count)
    while runtime.deliver():
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
