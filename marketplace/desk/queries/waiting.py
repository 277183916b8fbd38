"""What waits, asked of the things themselves: tasks must say the same."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.catalog.models import ChangeSet, Listing
from marketplace.catalog.states import ChangeState, ListingState
from marketplace.desk.models import ReviewTask
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import (
    BankAccount,
    Declaration,
    EntityChange,
    Paper,
    Supplier,
    Waiver,
)
from marketplace.suppliers.states import (
    AccountState,
    DeclarationState,
    EntityChangeState,
    PaperState,
    SupplierState,
    WaiverState,
)


@dataclass(frozen=True, slots=True)
class Waits:
    """One thing that waits for a reviewer since `since`, handed in by `by`."""

    kind: ReviewKind
    subject_id: uuid.UUID
    supplier_id: uuid.UUID
    county_code: str
    title: str
    by: str
    since: datetime


@dataclass(frozen=True, slots=True)
class _Kind:
    """Where things of a kind stand, and which of them wait."""

    subject: InstrumentedAttribute[uuid.UUID]
    question: Callable[[], Select[*tuple[Any, ...]]]  # subject, supplier, county, title, by, since


def _suppliers(
    state: SupplierState, by: ColumnElement[Any], since: ColumnElement[Any]
) -> Select[*tuple[Any, ...]]:
    s = Supplier
    asked: Select[*tuple[Any, ...]] = select(s.id, s.id, s.county_code, s.legal_name, by, since)
    return asked.where(s.state == state)


def _new_suppliers() -> Select[*tuple[Any, ...]]:
    since = func.coalesce(Supplier.submitted_at, Supplier.created_at)
    return _suppliers(SupplierState.SUBMITTED, func.coalesce(Supplier.submitted_by, ""), since)


def _checked_suppliers() -> Select[*tuple[Any, ...]]:
    since = func.coalesce(Supplier.checked_at, Supplier.created_at)
    return _suppliers(SupplierState.CHECKED, func.coalesce(Supplier.checked_by, ""), since)


def _papers() -> Select[*tuple[Any, ...]]:
    """Those of an application are decided with it."""
    return (
        select(
            Paper.id,
            Paper.supplier_id,
            Supplier.county_code,
            Paper.number,
            Paper.added_by,
            Paper.added_at,
        )
        .join(Supplier, Paper.supplier_id == Supplier.id)
        .where(Paper.state == PaperState.PENDING, Supplier.state == SupplierState.APPROVED)
    )


def _declarations() -> Select[*tuple[Any, ...]]:
    """Like papers: what is declared with an application is decided with it."""
    return (
        select(
            Declaration.id,
            Declaration.supplier_id,
            Supplier.county_code,
            Supplier.legal_name,
            Declaration.made_by,
            Declaration.made_at,
        )
        .join(Supplier, Declaration.supplier_id == Supplier.id)
        .where(
            Declaration.state == DeclarationState.PENDING,
            Supplier.state == SupplierState.APPROVED,
        )
    )


def _listings() -> Select[*tuple[Any, ...]]:
    return select(
        Listing.id,
        Listing.supplier_id,
        Listing.county_code,
        Listing.name,
        func.coalesce(Listing.submitted_by, ""),
        func.coalesce(Listing.submitted_at, Listing.created_at),
    ).where(Listing.state == ListingState.SUBMITTED)


def _changes() -> Select[*tuple[Any, ...]]:
    return (
        select(
            ChangeSet.id,
            ChangeSet.supplier_id,
            Listing.county_code,
            Listing.name,
            ChangeSet.by,
            ChangeSet.at,
        )
        .join(Listing, ChangeSet.listing_id == Listing.id)
        .where(ChangeSet.state == ChangeState.PROPOSED)
    )


def _of_suppliers(
    one: type[EntityChange | Waiver], state: EntityChangeState | WaiverState
) -> Select[*tuple[Any, ...]]:
    """What is proposed about a supplier that is in."""
    asked: Select[*tuple[Any, ...]] = select(
        one.id,
        one.supplier_id,
        Supplier.county_code,
        Supplier.legal_name,
        one.proposed_by,
        one.proposed_at,
    )
    return asked.join(Supplier, one.supplier_id == Supplier.id).where(one.state == state)


def _legal_changes() -> Select[*tuple[Any, ...]]:
    return _of_suppliers(EntityChange, EntityChangeState.PROPOSED)


def _waivers() -> Select[*tuple[Any, ...]]:
    return _of_suppliers(Waiver, WaiverState.PROPOSED)


_ASKED: dict[ReviewKind, _Kind] = {
    ReviewKind.SUPPLIER: _Kind(Supplier.id, _new_suppliers),
    ReviewKind.SUPPLIER_SECOND: _Kind(Supplier.id, _checked_suppliers),
    ReviewKind.PAPER: _Kind(Paper.id, _papers),
    ReviewKind.DECLARATION: _Kind(Declaration.id, _declarations),
    ReviewKind.LISTING: _Kind(Listing.id, _listings),
    ReviewKind.CHANGE: _Kind(ChangeSet.id, _changes),
    ReviewKind.LEGAL_CHANGE: _Kind(EntityChange.id, _legal_changes),
    ReviewKind.WAIVER: _Kind(Waiver.id, _waivers),
}
KINDS = tuple(_ASKED)  # accounts wait for a second owner or for a reviewer, and say so by events


def waiting(
    session: Session, kind: ReviewKind, supplier_id: uuid.UUID | None = None
) -> tuple[Waits, ...]:
    """Everything of a kind that waits now, longest first; of one supplier alone if it is named."""
    question = _ASKED[kind].question()
    if supplier_id is not None:
        question = question.where(question.selected_columns[1] == supplier_id)
    rows = session.execute(question).all()
    found = [Waits(kind, *row) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.since, str(one.subject_id))))


def accounts_alone(session: Session, at: datetime, *, days: int) -> tuple[Waits, ...]:
    """Accounts that wait, have no second owner who could confirm them, and no task."""
    rows = session.execute(
        select(BankAccount, Supplier)
        .join(Supplier, BankAccount.supplier_id == Supplier.id)
        .where(BankAccount.state == AccountState.PROPOSED)
        .order_by(BankAccount.proposed_at, BankAccount.id)
    ).all()
    there = open_subjects(session, ReviewKind.ACCOUNT) if rows else frozenset()
    return tuple(
        Waits(
            ReviewKind.ACCOUNT,
            found.id,
            supplier.id,
            supplier.county_code,
            supplier.legal_name,
            found.proposed_by,
            at,
        )
        for found, supplier in rows
        if found.id not in there
        and not suppliers.second_owners(session, supplier, found, days=days, at=at)
    )


def open_subjects(
    session: Session, kind: ReviewKind, supplier_id: uuid.UUID | None = None
) -> frozenset[uuid.UUID]:
    """What the tasks of a kind say to be waiting."""
    asked = select(ReviewTask.subject_id).where(
        ReviewTask.kind == kind, ReviewTask.closed_at.is_(None)
    )
    if supplier_id is not None:
        asked = asked.where(ReviewTask.supplier_id == supplier_id)
    return frozenset(session.scalars(asked))
