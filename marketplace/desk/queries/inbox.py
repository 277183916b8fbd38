"""The inbox: two indexed questions, as fast with 50,000 open tasks as with 500."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.desk.models import ReviewTask
from marketplace.desk.rules import USUAL, Span, waited
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Missing
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers.models import Supplier

T = ReviewTask
PER_PAGE = 50
MOST_COUNTED = 1_000  # of a kind; the page says 999+ from here on


@dataclass(frozen=True, slots=True)
class Key:
    """The last row shown; `at`: the instant of the first page, by which later pages too tell what
    is overdue, so that nothing changes its place between two of them."""

    at: datetime
    is_late: bool
    priority: int  # of what is overdue it says nothing
    since: datetime  # opened_at; of what is overdue its due_at
    id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader narrows the inbox by; `county` is a code or the beginning of one (65: the
    province); `after` is the last row of the page before."""

    kind: ReviewKind | None = None
    county: str = ""
    supplier_id: uuid.UUID | None = None
    mine: str = ""  # claimed by this person
    overdue: bool = False
    after: Key | None = None

    @property
    def is_narrowed(self) -> bool:
        return bool(self.county or self.supplier_id or self.mine or self.overdue)


@dataclass(frozen=True, slots=True)
class Row:
    """One task with its supplier, as the inbox shows it."""

    task: ReviewTask
    supplier: Supplier
    waited: Span
    is_green: bool
    is_overdue: bool
    is_claimed: bool


@dataclass(frozen=True, slots=True)
class Board:
    """One page of the inbox; `next` is the key of its last row when more wait."""

    rows: tuple[Row, ...]
    counts: dict[ReviewKind, int]
    next: Key | None


def board(session: Session, asked: Asked, at: datetime) -> Board:
    """The page that was asked for, and how much of each kind waits in all."""
    split = asked.after.at if asked.after else at
    found: list[tuple[ReviewTask, Supplier]] = []
    if asked.after is None or asked.after.is_late:
        found += [(row[0], row[1]) for row in session.execute(late(asked, at, split))]
    if len(found) <= PER_PAGE and not asked.overdue:
        found += [(row[0], row[1]) for row in session.execute(inbox(asked, at, split))]
    rows = tuple(_row(task, supplier, at) for task, supplier in found[:PER_PAGE])
    return Board(rows, counts(session), _key(rows[-1], split) if len(found) > PER_PAGE else None)


def to_take(actor: Actor, at: datetime) -> Select[uuid.UUID]:
    """What this reviewer may take: not his own, and nobody else is at it."""
    is_free = or_(T.claimed_by.is_(None), T.claimed_by == actor.person_id, T.claimed_until <= at)
    return select(T.id).where(T.closed_at.is_(None), T.not_by != actor.person_id, is_free)


def late(asked: Asked, at: datetime, split: datetime) -> Select[ReviewTask, Supplier]:
    """What was overdue at the instant `split`, longest first."""
    found = _narrowed(asked, at).where(T.due_at <= split)
    if asked.after is not None:
        key = _typed((T.due_at, asked.after.since), (T.id, asked.after.id))
        found = found.where(tuple_(T.due_at, T.id) > key)
    return found.order_by(T.due_at, T.id).limit(PER_PAGE + 1)


def inbox(asked: Asked, at: datetime, split: datetime) -> Select[ReviewTask, Supplier]:
    """The rest, oldest first within a priority; one row more than a page, to see whether there is a
    next."""
    found = _narrowed(asked, at).where(or_(T.due_at.is_(None), T.due_at > split))
    if asked.after is not None and not asked.after.is_late:
        after = asked.after
        key = _typed((T.priority, after.priority), (T.opened_at, after.since), (T.id, after.id))
        found = found.where(tuple_(T.priority, T.opened_at, T.id) > key)
    return found.order_by(T.priority, T.opened_at, T.id).limit(PER_PAGE + 1)


def _narrowed(asked: Asked, at: datetime) -> Select[ReviewTask, Supplier]:
    found = select(T, Supplier).join(Supplier, Supplier.id == T.supplier_id)
    found = found.where(T.closed_at.is_(None))
    if asked.kind is not None:
        found = found.where(T.kind == asked.kind)
    if asked.county:
        found = found.where(T.county_code.startswith(asked.county, autoescape=True))
    if asked.supplier_id is not None:
        found = found.where(T.supplier_id == asked.supplier_id)
    if asked.mine:
        found = found.where(T.claimed_by == asked.mine, T.claimed_until > at)
    return found


def counts(session: Session) -> dict[ReviewKind, int]:
    """How much of each kind waits, at most MOST_COUNTED: more is not counted."""
    each = [
        select(literal(kind.value).label("kind"), func.count().label("n")).select_from(
            _one_each(kind).limit(MOST_COUNTED).subquery()
        )
        for kind in ReviewKind
    ]
    rows = session.execute(union_all(*each)).all()
    return {ReviewKind(kind): n for kind, n in rows}


def overdue(session: Session, at: datetime) -> int:
    """How much waits longer than was promised, at most MOST_COUNTED."""
    each = select(literal(1).label("one")).where(T.due_at <= at, T.closed_at.is_(None))
    counted = select(func.count()).select_from(each.limit(MOST_COUNTED).subquery())
    return session.scalar(counted) or 0


def _one_each(kind: ReviewKind) -> Select[int]:
    """A row for each open task, without its columns: the index alone answers."""
    return select(literal(1).label("one")).where(T.kind == kind, T.closed_at.is_(None))


def task(session: Session, task_id: uuid.UUID) -> ReviewTask:
    """One task, open or closed. Raises Missing."""
    found = session.get(ReviewTask, task_id)
    if found is None:
        raise Missing(task_id=task_id)
    return found


def open_task(session: Session, kind: ReviewKind, subject_id: uuid.UUID) -> ReviewTask | None:
    """The task of something that waits."""
    asked = select(T).where(T.kind == kind, T.subject_id == subject_id, T.closed_at.is_(None))
    return session.scalar(asked.execution_options(populate_existing=True))


def tasks_of(session: Session, subject_id: uuid.UUID) -> Sequence[ReviewTask]:
    """Every time that something lay on the desk, newest first."""
    asked = select(T).where(T.subject_id == subject_id)
    return session.scalars(asked.order_by(T.opened_at.desc(), T.id)).all()


def _row(task: ReviewTask, supplier: Supplier, at: datetime) -> Row:
    return Row(
        task,
        supplier,
        waited(task.opened_at, at),
        is_green=task.priority < USUAL,
        is_overdue=task.due_at is not None and task.due_at <= at,
        is_claimed=task.claimed_until is not None and task.claimed_until > at,
    )


def _key(row: Row, split: datetime) -> Key:
    task = row.task
    if task.due_at is not None and task.due_at <= split:
        return Key(split, is_late=True, priority=task.priority, since=task.due_at, id=task.id)
    return Key(split, is_late=False, priority=task.priority, since=task.opened_at, id=task.id)


def _typed(*pairs: tuple[InstrumentedAttribute[Any], object]) -> ColumnElement[Any]:
    return tuple_(*(literal(said, column.type) for column, said in pairs))
