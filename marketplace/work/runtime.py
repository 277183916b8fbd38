"""What one application holds: engine, tools, clock and wiring; it opens units of work."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.events import Event
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.clock import Clock, SystemClock
from marketplace.kernel.errors import Busy, Conflict
from marketplace.work import outbox, schema, trail
from marketplace.work.anchor import Anchor
from marketplace.work.courier import BATCH, Courier
from marketplace.work.database import WRITING, is_duplicate, looking, make_engine, meant
from marketplace.work.unit import Tools, Work
from marketplace.work.wires import Wire

T = TypeVar("T")
# seconds before a unit that met another is done again; the last try has no successor
WAITS = (0.01, 0.03, 0.1, 0.3, 0.6)
PATIENCE = 10  # seconds for the turn to write, as long as SQLite waits for another process

log = logging.getLogger(__name__)


class Runtime:
    """One per application; two of them in one process do not meet."""

    def __init__(
        self,
        tools: Tools,
        *,
        within: Sequence[Wire] = (),
        after: Sequence[Wire] = (),
        outside: Sequence[Wire] = (),
        clock: Clock | None = None,
    ) -> None:
        self.tools = tools
        self.clock: Clock = clock or SystemClock()
        self.engine: Engine = make_engine(tools.config.url)
        self._writing = self.engine.execution_options(**WRITING)
        self._looking = looking(self.engine)
        is_embedded = self.engine.dialect.name == "sqlite"
        self._turn = threading.RLock() if is_embedded else None
        self.within = {wire.event: wire.reactions for wire in within}
        self.parcels = outbox.Catalogue(after, outside)
        self.courier = Courier(self)
        kept = tools.config.anchor or tools.config.data / "trail.anchor"
        self.anchor = Anchor(Path(kept))

    def create_tables(self) -> None:
        """All tables of this version, by migrating."""
        schema.upgrade(self.engine)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that never writes. Raises Busy (the database did not answer)."""
        with self._read(self.engine) as session:
            yield session

    @contextmanager
    def looking(self) -> Iterator[Session]:
        """The same for a page of few short questions, each of which may see a later instant."""
        with self._read(self._looking) as session:
            yield session

    @contextmanager
    def _read(self, engine: Engine) -> Iterator[Session]:
        try:
            with Session(engine, autoflush=False) as session:
                yield session  # closing rolls back and leaves what was read usable
        except Exception as fault:
            if kind := meant(fault):
                raise kind from fault
            raise

    @contextmanager
    def work(self, actor: Actor = SYSTEM) -> Iterator[Work]:
        """One transaction: commits on leaving, rolls back on any exception.

        Raises Conflict (it met another one: see `again`), Busy (the database did not answer).
        """
        undo: list[Callable[[], None]] = []
        try:
            with (
                self._in_turn(),
                Session(self._writing, expire_on_commit=False) as session,
            ):
                w = Work(session, actor, self.clock.now(), self.tools, undo=undo)
                yield w
                written = self._settle(w)
                session.commit()
                if written:  # the log leads from a request to its rows of the trail
                    log.info("trail", extra={"trail": written})
        except BaseException as fault:
            for step in reversed(undo):
                step()
            if kind := meant(fault):
                raise kind from fault
            raise

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """SQLite lets one write at a time, and who waits for it sleeps and looks again. Threads of
        one process queue here instead, where the next is woken at once. Raises Busy."""
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(timeout=PATIENCE):
            raise Busy
        try:
            yield
        finally:
            self._turn.release()

    def again(self, call: Callable[[], T]) -> T:
        """Do `call`, which opens its units of work itself, anew when one of them met another.

        A key that two wrote at the same time is such a meeting too: the second look finds it.
        """
        for wait in WAITS:
            try:
                return call()
            except (Conflict, IntegrityError) as fault:
                if isinstance(fault, IntegrityError) and not is_duplicate(fault):
                    raise
                time.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311  # spreads, hides nothing
        return call()

    def _settle(self, w: Work) -> tuple[int, ...]:
        """Reactions of the same transaction, then parcels, then the trail with its head last."""
        told: list[Event] = []
        system = w.by_system()
        while w.announced:
            event = w.announced.pop(0)
            told.append(event)
            for reaction in self.within.get(type(event), ()):
                reaction(system, event)
        for owed in (*told, *w.letters):
            w.session.add_all(self.parcels.pack(owed, w.now))
        w.session.flush()
        return trail.write(w.session, w.deeds, w.now)

    def deliver(self, *, limit: int = BATCH) -> int:
        """Bring what is due; answers how many parcels arrived. Safe to call at any time."""
        return self.courier.round(limit=limit)
