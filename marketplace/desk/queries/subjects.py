"""What a task is about, with everything that was written and decided about it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalog import queries as catalog
from marketplace.catalog.models import ChangeSet, Listing
from marketplace.desk.models import ReviewNote, ReviewTask
from marketplace.kernel.actor import Actor
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Declaration, Paper, Supplier

SECOND = {ReviewKind.SUPPLIER_SECOND: ReviewKind.SUPPLIER}  # both are about one application


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that reviewers decide about."""

    kind: ReviewKind
    id: uuid.UUID
    title: str
    supplier: Supplier
    listing: Listing | None = None
    paper: Paper | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The open task, earlier and present tasks, and notes, newest first."""

    task: ReviewTask | None
    tasks: Sequence[ReviewTask]
    notes: Sequence[ReviewNote]


def subject(session: Session, actor: Actor, kind: ReviewKind, subject_id: uuid.UUID) -> Subject:
    """For those who may read it. Raises Missing."""
    kind = SECOND.get(kind, kind)
    if kind is ReviewKind.LISTING:
        listing, supplier = catalog.listing(session, actor, subject_id)
        return Subject(kind, listing.id, listing.name, supplier, listing=listing)
    if kind is ReviewKind.CHANGE:
        change, listing, supplier = catalog.change(session, actor, subject_id)
        return Subject(kind, change.id, listing.name, supplier, listing=listing)
    if kind is ReviewKind.PAPER:
        supplier, paper = suppliers.paper(session, actor, subject_id)
        return Subject(kind, paper.id, paper.number, supplier, paper=paper)
    if kind is ReviewKind.DECLARATION:
        supplier, made = suppliers.declaration(session, actor, subject_id)
        return Subject(kind, made.id, supplier.legal_name, supplier)
    supplier = suppliers.visible(session, actor, subject_id)
    return Subject(kind, supplier.id, supplier.legal_name, supplier)


def history(session: Session, subject: Subject) -> History:
    """Of one thing; a supplier's two tasks are one history."""
    kinds = [subject.kind, *(second for second, first in SECOND.items() if first is subject.kind)]
    asked = select(ReviewTask).where(
        ReviewTask.subject_id == subject.id, ReviewTask.kind.in_(kinds)
    )
    tasks = session.scalars(asked.order_by(ReviewTask.opened_at.desc(), ReviewTask.id)).all()
    notes = select(ReviewNote).where(
        ReviewNote.subject_id == subject.id, ReviewNote.kind.in_(kinds)
    )
    return History(
        next((task for task in tasks if task.closed_at is None), None),
        tasks,
        session.scalars(notes.order_by(ReviewNote.at.desc(), ReviewNote.id)).all(),
    )


def state_now(session: Session, kind: ReviewKind, subject_id: uuid.UUID) -> str | None:
    """The state of the thing at this moment of the unit of work; None for kinds that are not kept
    below the desk."""
    kind = SECOND.get(kind, kind)
    found: Any = session.get(_KEPT[kind], subject_id) if kind in _KEPT else None
    return found.state.value if found is not None else None


_KEPT: dict[ReviewKind, type[Any]] = {
    ReviewKind.SUPPLIER: Supplier,
    ReviewKind.PAPER: Paper,
    ReviewKind.DECLARATION: Declaration,
    ReviewKind.LISTING: Listing,
    ReviewKind.CHANGE: ChangeSet,
}
