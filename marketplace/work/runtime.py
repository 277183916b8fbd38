"""What one application holds: engine, tools, clock and wiring; it opens units of work."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from marketplace.events import Event
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.base import Base
from marketplace.kernel.clock import Clock, SystemClock
from marketplace.kernel.errors import Busy
from marketplace.work import outbox, trail
from marketplace.work.database import WRITING, make_engine
from marketplace.work.models import Parcel
from marketplace.work.unit import Tools, Work
from marketplace.work.wires import Wire

log = logging.getLogger(__name__)


class Runtime:
    """One per application; two of them in one process do not meet."""

    def __init__(
        self,
        tools: Tools,
        *,
        within: Sequence[Wire] = (),
        after: Sequence[Wire] = (),
        clock: Clock | None = None,
    ) -> None:
        self.tools = tools
        self.clock: Clock = clock or SystemClock()
        self.engine: Engine = make_engine(tools.config.url)
        self.within = {wire.event: wire.reactions for wire in within}
        self.after = outbox.Catalogue(after)

    def create_tables(self) -> None:
        """All tables that are not there yet."""
        Base.metadata.create_all(self.engine)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that never writes."""
        with Session(self.engine, autoflush=False) as session:
            yield session  # closing rolls back and leaves what was read usable

    @contextmanager
    def work(self, actor: Actor = SYSTEM) -> Iterator[Work]:
        """One transaction: commits on leaving, rolls back on any exception. Raises Busy."""
        engine = self.engine.execution_options(**WRITING)
        undo: list[Callable[[], None]] = []
        try:
            with Session(engine, expire_on_commit=False) as session:
                w = Work(session, actor, self.clock.now(), self.tools, undo=undo)
                yield w
                self._settle(w)
                session.commit()
        except BaseException as fault:
            for step in reversed(undo):
                step()
            if isinstance(fault, OperationalError) and _is_busy(fault):
                raise Busy from fault
            raise

    def _settle(self, w: Work) -> None:
        """Reactions of the same transaction, then parcels, then the trail with its head last."""
        told: list[Event] = []
        while w.announced:
            event = w.announced.pop(0)
            told.append(event)
            for reaction in self.within.get(type(event), ()):
                reaction(Work(w.session, SYSTEM, w.now, w.tools, w.announced, w.deeds), event)
        for event in told:
            w.session.add_all(self.after.pack(event, w.now))
        w.session.flush()
        trail.write(w.session, w.deeds, w.now)

    def deliver(self, *, limit: int = 100) -> int:
        """Deliver what is due; answers how many parcels arrived. Safe to call at any time."""
        with self.reading() as session:
            waiting = [parcel.id for parcel in outbox.due(session, self.clock.now(), limit=limit)]
        arrived = 0
        for parcel_id in waiting:
            try:
                with self.work() as w:
                    parcel = w.session.get_one(Parcel, parcel_id)
                    if parcel.delivered_at is None:
                        reaction, event = self.after.unpack(parcel)
                        reaction(w, event)
                        parcel.delivered_at = w.now
                        arrived += 1
            except Exception as fault:  # whatever it was, the parcel must wait and tell of it
                log.exception("parcel %s was not delivered", parcel_id)
                with self.work() as w:
                    outbox.postpone(w.session.get_one(Parcel, parcel_id), w.now, fault)
        return arrived


def _is_busy(fault: OperationalError) -> bool:
    """SQLite did not get its lock in time."""
    return "locked" in str(fault.orig) or "busy" in str(fault.orig)
