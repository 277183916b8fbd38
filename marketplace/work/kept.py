"""Answers that a process keeps as long as they are true: until a deed or an instant changes them.

Every change writes its row of the trail in the same transaction, numbered in the order of commits.
So an answer holds as long as no newer deed of the kinds it depends on stands there, which is asked
each time in one small statement; other processes' deeds are seen as soon as they are committed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Row, ScalarSelect, Select, select
from sqlalchemy.orm import Session

from marketplace.work.database import WRITING
from marketplace.work.models import TrailEntry

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


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


class _Marks:
    """All marks that answers depend on, asked together: once for a session, that is for a page."""

    def __init__(self) -> None:
        self._known: list[ScalarSelect[Any]] = []
        self._names: dict[str, int] = {}
        self._asked: Select[Any] | None = None

    def add(self, mark: ScalarSelect[Any]) -> int:
        """The place of the mark; the same mark again has the same one."""
        place = self._names.setdefault(str(mark.compile(compile_kwargs=LITERAL)), len(self._known))
        if place == len(self._known):
            self._known.append(mark)
            self._asked = None
        return place

    def read(self, session: Session) -> Row[Any]:
        found: Row[Any] | None = session.info.get(self)
        if found is None:
            if self._asked is None:
                self._asked = select(*self._known)
            found = session.info[self] = session.execute(self._asked).one()
        return found


LITERAL = {"literal_binds": True}
_marks = _Marks()


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
        self._places = tuple(_marks.add(mark) for mark in marks)
        self._known: WeakKeyDictionary[Any, tuple[Any, Dated[T]]] = WeakKeyDictionary()
        self._lock = threading.Lock()  # many that come at once wait for one answer

    def __call__(self, session: Session, at: datetime) -> T:
        """The answer that is true at the instant."""
        if not is_kept(session):
            return self._ask(session, at).value
        pool = session.get_bind().engine.pool  # one for all engines of one database
        all_marks = _marks.read(session)  # first: what is read after it is not older
        marks = tuple(all_marks[place] for place in self._places)
        found = self._valid(pool, marks, at)
        if found is None:
            with self._lock:
                found = self._valid(pool, marks, at)
                if found is None:
                    found = self._ask(session, at)
                    self._known[pool] = marks, found
        return found.value

    def _valid(self, pool: Any, marks: Any, at: datetime) -> Dated[T] | None:
        known_marks, found = self._known.get(pool, (None, None))
        if found is None or known_marks != marks or at < found.since:
            return None
        return found if found.until is None or at < found.until else None


class KeptOf(Generic[K, T]):
    """One question about many things, of which the answers asked for are kept; they depend on
    deeds alone. `most` of them, then it begins anew."""

    def __init__(
        self, ask: Callable[[Session, K], T], *marks: ScalarSelect[Any], most: int = 10_000
    ) -> None:
        self._ask, self._most = ask, most
        self._places = tuple(_marks.add(mark) for mark in marks)
        self._known: WeakKeyDictionary[Any, tuple[Any, dict[K, T]]] = WeakKeyDictionary()

    def __call__(self, session: Session, key: K) -> T:
        """What is true of this one now."""
        if not is_kept(session):
            return self._ask(session, key)
        pool = session.get_bind().engine.pool  # one for all engines of one database
        all_marks = _marks.read(session)  # first: what is read after it is not older
        marks = tuple(all_marks[place] for place in self._places)
        known_marks, answers = self._known.get(pool, (None, {}))
        is_full = key not in answers and len(answers) >= self._most
        if known_marks != marks or is_full:
            answers = {}
            self._known[pool] = marks, answers
        if key not in answers:
            answers[key] = self._ask(session, key)
        return answers[key]
