"""Processes to be killed: `python -m tests.races.nursery data url` reads one line for each child.

    worker 31     everything that is due 31 seconds after noon; says a dot for each statement
    server 0      pages, on a port that it says first
    shop URL      the same, and its cards are taken by the Stripe that answers there
    release 99 I  the second manager (I: his id and the run's) releases a run of payouts so many
                  seconds after noon, with a dot for each statement and then a ! for yes or a ?
    answer 99 I   a manager notes that a payout was paid, in the same way

A child is forked from here, where all is imported already, so that forty of them cost little.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import waitress
from sqlalchemy import event

from marketplace.accounts import queries as accounts
from marketplace.commands import serving
from marketplace.extension import make_runtime
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import MarketplaceError
from marketplace.settlement import service as settlement
from marketplace.standalone import create_app
from marketplace.work import Runtime
from tests.databases import NOON, Place
from tests.payments.gateway import stripe_settings
from tests.races.listening import a_host

ROOT = Path(__file__).parents[2]
CARDS = (
    "payments", "stripe_key", "stripe_webhook_secret", "stripe_account", "stripe_api",
    "stripe_page", "public_url",
)  # fmt: skip


def work(place: Place, seconds: float) -> None:
    """As `marketplace work --stay` does, until nothing is due."""
    runtime = a_host(place.config, SetClock(NOON + timedelta(seconds=seconds)))
    tell_statements(runtime)
    while serving.once(runtime):
        pass


def serve(place: Place, stripe: str = "") -> None:
    """As `marketplace serve --no-worker` does."""
    settings = {**place.settings, "MARKETPLACE_DEMO": True, "SECRET_KEY": "a" * 32}
    if stripe:
        asked = stripe_settings(stripe)
        settings |= {f"MARKETPLACE_{name.upper()}": getattr(asked, name) for name in CARDS}
    app = create_app(settings, clock=SetClock(NOON))
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
    os.write(1, f"{server.effective_port}\n".encode())
    server.run()


def pay_out(place: Place, verb: str, seconds: float, ids: str) -> None:
    """One verb of settlement, said to have been done only when it is."""
    person, thing = ids.split(",")
    runtime = make_runtime(place.config, clock=SetClock(NOON + timedelta(seconds=seconds)))
    with runtime.reading() as session:
        actor = accounts.actor_of(session, person, runtime.clock.now())
    assert actor is not None
    tell_statements(runtime)
    try:
        with runtime.work(actor) as w:
            if verb == "release":
                settlement.release(w, uuid.UUID(thing))
            else:
                settlement.note_paid(w, uuid.UUID(thing), f"示例回单 {thing}")
    except MarketplaceError:
        os.write(1, b"?")
    else:
        os.write(1, b"!")


def tell_statements(runtime: Runtime) -> None:
    def tick(*_given: Any) -> None:
        os.write(1, b".")

    event.listen(runtime.engine, "before_cursor_execute", tick)
    event.listen(runtime.engine, "commit", tick)


def main(folder: str, url: str) -> None:
    place = Place("postgresql" if url else "sqlite", Path(folder), url)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed
    for line in sys.stdin:
        verb, pipe, *given = line.split()
        child = os.fork()
        if child:
            sys.stdout.write(f"{child}\n")
            sys.stdout.flush()
            continue
        code = 1
        try:
            os.dup2(os.open(pipe, os.O_WRONLY), 1)
            if verb == "worker":
                work(place, float(given[0]))
            elif verb in {"server", "shop"}:
                serve(place, given[0] if verb == "shop" else "")
            else:
                pay_out(place, verb, float(given[0]), given[1])
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

    def child(self, verb: str, *given: object) -> Child:
        """Started; reads what it says through a pipe of its own."""
        pipe = self._folder / f"child{len(self._children) + 1}"
        os.mkfifo(pipe)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(" ".join([verb, str(pipe), *map(str, given)]) + "\n")
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
