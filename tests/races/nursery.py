"""Processes to be killed: `python -m tests.races.nursery data url` reads one line for each child.

    worker 31     everything that is due 31 seconds after noon; says a dot for each statement
    server        pages, on a port that it says first

A child is forked from here, where all is imported already, so that forty of them cost little.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import waitress
from sqlalchemy import event

from marketplace.commands import serving
from marketplace.kernel.clock import SetClock
from marketplace.standalone import create_app
from tests.databases import NOON, Place
from tests.races.listening import a_host

ROOT = Path(__file__).parents[2]


def work(place: Place, seconds: float) -> None:
    """As `marketplace work --stay` does, until nothing is due."""
    runtime = a_host(place.config, SetClock(NOON + timedelta(seconds=seconds)))

    def tick(*_given: Any) -> None:
        os.write(1, b".")

    event.listen(runtime.engine, "before_cursor_execute", tick)
    event.listen(runtime.engine, "commit", tick)
    while serving.once(runtime):
        pass


def serve(place: Place) -> None:
    """As `marketplace serve --no-worker` does."""
    settings = {**place.settings, "MARKETPLACE_DEMO": True, "SECRET_KEY": "a" * 32}
    app = create_app(settings, clock=SetClock(NOON))
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
    os.write(1, f"{server.effective_port}\n".encode())
    server.run()


def main(folder: str, url: str) -> None:
    place = Place("postgresql" if url else "sqlite", Path(folder), url)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed
    for line in sys.stdin:
        verb, pipe, *seconds = line.split()
        child = os.fork()
        if child:
            sys.stdout.write(f"{child}\n")
            sys.stdout.flush()
            continue
        code = 1
        try:
            os.dup2(os.open(pipe, os.O_WRONLY), 1)
            if verb == "worker":
                work(place, float(seconds[0]))
            else:
                serve(place)
            code = 0
        finally:
            os._exit(code)


@dataclass
class Child:
    """One process: what it says, and its end."""

    pid: int
    said: IO[bytes]
    is_gone: bool = False

    def kill(self) -> None:
        """As the power goes; returns when it is gone."""
        os.kill(self.pid, signal.SIGKILL)
        self.ended()  # the kernel closes what it held last of all

    def ended(self) -> bytes:
        """Everything else that it says until it is gone."""
        with self.said:
            rest = self.said.read()
        self.is_gone = True
        return rest


class Nursery:
    """Starts children on one place."""

    def __init__(self, place: Place, folder: Path) -> None:
        self._folder = folder
        self._children: list[Child] = []
        self.process = subprocess.Popen(  # noqa: S603  # our own module on our own folder
            [sys.executable, "-m", "tests.races.nursery", str(place.folder), place.url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def child(self, verb: str, *seconds: float) -> Child:
        """Started; reads what it says through a pipe of its own."""
        pipe = self._folder / f"child{len(self._children) + 1}"
        os.mkfifo(pipe)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(" ".join([verb, str(pipe), *map(str, seconds)]) + "\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        self._children.append(Child(pid, pipe.open("rb", buffering=0)))
        return self._children[-1]

    def close(self) -> None:
        """Nobody stays behind, also when a test failed in the middle."""
        for child in self._children:
            if not child.is_gone:
                with suppress(ProcessLookupError):
                    os.kill(child.pid, signal.SIGKILL)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(30)


@contextmanager
def a_nursery(place: Place, folder: Path) -> Iterator[Nursery]:
    opened = Nursery(place, folder)
    try:
        yield opened
    finally:
        opened.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
