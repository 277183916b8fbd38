"""Answers that a process keeps as long as they are true: until a deed or an instant changes them.

Every change writes its row of the trail in the same transaction, numbered in the order of commits.
So an answer holds as long as no newer deed of the kinds it depends on stands there, which is asked
each time in one small statement; other processes' deeds are seen as soon as they are committed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Row, ScalarSelect, select
from sqlalchemy.orm import Session

from marketplace.work.database import WRITING
from marketplace.work.models import TrailEntry

T = TypeVar("T")
Marks = Row[Any]


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """An answer asked at `since`; until then exclusively it depends on deeds alone."""

    value: T
    since: datetime
    until: datetime | None  # None: for ever


def newest(kind: type[Any]) -> ScalarSelect[int | None]:
    """The number of the last deed whose subject is of this kind."""
    mine = select(TrailEntry.number).where(TrailEntry.subject_kind == kind.__name__)
    return mine.order_by(TrailEntry.number.desc()).limit(1).scalar_subquery()


def is_kept(session: Session) -> bool:
    """Whether answers are kept for this session: not in a unit of work, whose own changes have no
    deed yet."""
    return not session.get_bind().get_execution_options().keys() & WRITING.keys()


class Kept(Generic[T]):
    """One question whose answer is kept, for each database apart.

    `ask` answers for one instant and says until when the same holds if nobody does anything; what
    it reads changes only together with one of `marks`. In a unit of work it is asked anew each
    time: what that unit changes has no deed yet.
    """

    def __init__(
        self, ask: Callable[[Session, datetime], Dated[T]], *marks: ScalarSelect[Any]
    ) -> None:
        self._ask = ask
        self._marked = select(*marks)
        self._known: WeakKeyDictionary[Any, tuple[Marks, Dated[T]]] = WeakKeyDictionary()
        self._lock = threading.Lock()  # many that come at once wait for one answer

    def __call__(self, session: Session, at: datetime) -> T:
        """The answer that is true at the instant."""
        engine = session.get_bind()
        if not is_kept(session):
            return self._ask(session, at).value
        if (told := session.info.get(self)) is not None and told[0] == at:
            return cast(T, told[1])  # asked before by the same page
        marks = session.execute(self._marked).one()  # first: what is read after it is not older
        found = self._valid(engine, marks, at)
        if found is None:
            with self._lock:
                found = self._valid(engine, marks, at)
                if found is None:
                    found = self._ask(session, at)
                    self._known[engine] = marks, found
        session.info[self] = at, found.value
        return found.value

    def _valid(self, engine: Any, marks: Marks, at: datetime) -> Dated[T] | None:
        known_marks, found = self._known.get(engine, (None, None))
        if found is None or known_marks != marks or at < found.since:
            return None
        return found if found.until is None or at < found.until else None
