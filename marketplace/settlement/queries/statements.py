"""Statements: whose, what stands in them, and which wait for somebody."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Missing
from marketplace.kernel.machine import Step
from marketplace.kernel.money import ZERO
from marketplace.settlement.models import Payout, StatementLine, SupplierStatement
from marketplace.settlement.states import STATEMENT, StatementState
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier
from marketplace.web.paging import Page, paged

OVERSEERS = frozenset({Role.MANAGER, Role.AUDITOR})
_S = StatementState


@dataclass(frozen=True, slots=True)
class StatementView:
    """Everything that the page of one statement shows to this reader."""

    statement: SupplierStatement
    supplier: Supplier
    lines: Sequence[StatementLine]
    carries: SupplierStatement | None  # whose debt it takes over
    payouts: Sequence[Payout]  # newest first
    verbs: tuple[Step[Any], ...]


def statement(session: Session, actor: Actor, statement_id: uuid.UUID) -> StatementView:
    """For those who look after the money, and from the day it is issued for the supplier's staff.
    Raises Missing."""
    found = row(session, statement_id)
    roles = roles_for(actor, found)
    if not roles & (OVERSEERS | {Role.SUPPLIER_STAFF}):
        raise Missing(statement_id=statement_id)
    payouts = select(Payout).where(Payout.statement_id == found.id)
    return StatementView(
        statement=found,
        supplier=found.supplier,
        lines=lines_of(session, found.id),
        carries=session.get(SupplierStatement, found.carries_id) if found.carries_id else None,
        payouts=session.scalars(payouts.order_by(Payout.proposed_at.desc())).all(),
        verbs=STATEMENT.open_verbs(found.state, roles),
    )


def roles_for(actor: Actor, found: SupplierStatement) -> frozenset[Role]:
    """The actor's roles that count for this statement: a draft is not the supplier's to see, and
    whoever is its staff does not look after the money too."""
    is_staff = found.supplier.organisation_id in actor.organisations(Role.SUPPLIER_STAFF)
    if not is_staff:
        return actor.roles & (OVERSEERS | {Role.SYSTEM})
    return frozenset() if found.state is _S.DRAFT else frozenset({Role.SUPPLIER_STAFF})


def row(
    session: Session, statement_id: uuid.UUID, *, for_change: bool = False
) -> SupplierStatement:
    """The bare statement with its supplier, for everybody. Raises Missing."""
    asked = (
        select(SupplierStatement)
        .where(SupplierStatement.id == statement_id)
        .options(joinedload(SupplierStatement.supplier))
    )
    if for_change:
        asked = asked.with_for_update(of=SupplierStatement).execution_options(
            populate_existing=True
        )
    found = session.scalar(asked)
    if found is None:
        raise Missing(statement_id=statement_id)
    return found


def lines_of(session: Session, statement_id: uuid.UUID) -> Sequence[StatementLine]:
    """By instant and order."""
    asked = select(StatementLine).where(StatementLine.statement_id == statement_id)
    return session.scalars(
        asked.order_by(StatementLine.at, StatementLine.number, StatementLine.kind)
    ).all()


def content_of(found: SupplierStatement, lines: Sequence[StatementLine]) -> object:
    """What of a statement never changes, as its hash is taken."""
    return {
        "number": found.number,
        "supplier": str(found.supplier_id),
        "from": found.starts_on.isoformat(),
        "to": found.ends_on.isoformat(),
        "sums": [found.orders.fen, found.fees.fen, found.carried.fen, found.total.fen],
        "carries": str(found.carries_id or ""),
        "lines": sorted(
            [
                str(line.posting_id), str(line.order_id), line.number, line.kind.value,
                line.at.isoformat(), line.delivered_at.isoformat(), line.supply.fen,
                line.freight.fen, line.basis_points, line.fee.fen, line.amount.fen,
            ]
            for line in lines
        ),
    }  # fmt: skip


def statements(session: Session, state: StatementState | None, number: int) -> Page[Any]:
    """Of all suppliers, the newest period first; of one state or all."""
    asked = _listed()
    return paged(session, asked.where(SupplierStatement.state == state) if state else asked, number)


def own_statements(session: Session, actor: Actor, number: int) -> Page[Any]:
    """Of the supplier whose staff the actor is, drafts apart."""
    own = suppliers.own(session, actor)
    asked = _listed().where(
        SupplierStatement.supplier_id == (own.id if own else None),
        SupplierStatement.state != _S.DRAFT,
    )
    return paged(session, asked, number)


def _listed() -> Select[SupplierStatement]:
    return (
        select(SupplierStatement)
        .options(joinedload(SupplierStatement.supplier))
        .order_by(SupplierStatement.ends_on.desc(), SupplierStatement.number)
    )


def newest_of(session: Session, supplier_id: uuid.UUID) -> date | None:
    """The last day that a statement of this supplier covers."""
    asked = select(func.max(SupplierStatement.ends_on)).where(
        SupplierStatement.supplier_id == supplier_id
    )
    return session.scalar(asked)


def last_statement(session: Session, supplier_id: uuid.UUID) -> SupplierStatement | None:
    """The newest, whatever its state."""
    asked = select(SupplierStatement).where(SupplierStatement.supplier_id == supplier_id)
    return session.scalars(asked.order_by(SupplierStatement.ends_on.desc()).limit(1)).first()


def to_carry(session: Session, supplier_id: uuid.UUID) -> SupplierStatement | None:
    """The oldest confirmed statement below zero that no later one has taken over."""
    asked = select(SupplierStatement).where(
        SupplierStatement.supplier_id == supplier_id,
        SupplierStatement.state == _S.CONFIRMED,
        SupplierStatement.total < ZERO,
    )
    return session.scalars(asked.order_by(SupplierStatement.ends_on).limit(1)).first()


def overdue_drafts(session: Session, made_before: datetime) -> Sequence[uuid.UUID]:
    """Drafts that a manager had long enough to look at."""
    asked = select(SupplierStatement.id).where(
        SupplierStatement.state == _S.DRAFT, SupplierStatement.made_at <= made_before
    )
    return session.scalars(asked.order_by(SupplierStatement.id)).all()


def overdue_answers(session: Session, issued_before: datetime) -> Sequence[uuid.UUID]:
    """Statements that the supplier had long enough to look at."""
    asked = select(SupplierStatement.id).where(
        SupplierStatement.state == _S.ISSUED, SupplierStatement.issued_at <= issued_before
    )
    return session.scalars(asked.order_by(SupplierStatement.id)).all()


def to_confirm(actor: Actor, at: datetime) -> Select[uuid.UUID]:
    """Statements about which the actor's supplier is asked."""
    return select(SupplierStatement.id).where(
        SupplierStatement.state == StatementState.ISSUED,
        SupplierStatement.supplier_id.in_(suppliers.own_ids(actor)),
    )
