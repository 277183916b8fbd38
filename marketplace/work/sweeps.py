"""Sweeps: what is looked after from time to time, by whichever worker comes first.

When each was last done stands in the database: several workers share the rounds, and one that was
down for days finds them due. What a sweep finds, it finds by the clock, never by having been there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from marketplace.kernel.errors import MarketplaceError
from marketplace.work.models import Sweep
from marketplace.work.unit import Work

if TYPE_CHECKING:
    from marketplace.work.runtime import Runtime

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sweeping:
    """One thing to look after: `act` runs as the system, in the unit of work that notes that it was
    done; `batch` after that unit, each time in one of its own, until it answers 0, so that much
    work locks nobody out for long; `outside`, which speaks with the outside world too, in none."""

    name: str
    every: timedelta
    act: Callable[[Work], object] | None = None
    batch: Callable[[Work], int] | None = None
    outside: Callable[[Runtime], object] | None = None


def is_due(session: Session, sweeping: Sweeping, at: datetime) -> bool:
    """Whether nobody has done it for so long."""
    last = session.get(Sweep, sweeping.name)
    return last is None or last.done_at <= at - sweeping.every


def sweep(runtime: Runtime, sweeping: Sweeping) -> bool:
    """Do it when it is due; answers whether it was done here. Without work it takes no lock."""
    with runtime.reading() as session:
        if not is_due(session, sweeping, runtime.clock.now()):
            return False
    done = runtime.again(lambda: _done(runtime, sweeping))
    if done:
        try:
            _go_on(runtime, sweeping)
        except (MarketplaceError, OSError):  # a store that is down or full: the round goes on
            log.exception("%s is tried again when it is due again", sweeping.name)
    return done


def _go_on(runtime: Runtime, sweeping: Sweeping) -> None:
    batch = sweeping.batch
    while batch is not None and runtime.again(lambda: _batch_done(runtime, batch)):
        pass
    if sweeping.outside is not None:
        sweeping.outside(runtime)


def _batch_done(runtime: Runtime, batch: Callable[[Work], int]) -> int:
    with runtime.work() as w:
        return batch(w)


def _done(runtime: Runtime, sweeping: Sweeping) -> bool:
    with runtime.work() as w:
        if not _taken(w, sweeping):
            return False  # another worker was quicker
        if sweeping.act is not None:
            sweeping.act(w)
        return True


def _taken(w: Work, sweeping: Sweeping) -> bool:
    due = update(Sweep).where(Sweep.name == sweeping.name, Sweep.done_at <= w.now - sweeping.every)
    if cast(CursorResult[Any], w.session.execute(due.values(done_at=w.now))).rowcount:
        return True
    if w.session.get(Sweep, sweeping.name) is not None:
        return False
    w.session.add(Sweep(name=sweeping.name, done_at=w.now))  # of two at once, one is done again
    w.session.flush()
    return True
