"""What stands on suppliers' accounts and in no statement yet; what a buyer claims waits."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import rules as books
from marketplace.ledger.models import JournalEntry, JournalTransaction, LedgerAccount
from marketplace.ledger.states import AccountKind
from marketplace.orders.models import Delivery, Order
from marketplace.settlement.models import StatementLine
from marketplace.settlement.states import LineKind

KINDS = {books.DUE: LineKind.ORDER, books.DUE_BACK: LineKind.REFUND}


@dataclass(frozen=True, slots=True)
class OwedPosting:
    """One posting with its order; amounts as the supplier sees them: below zero when taken back."""

    posting_id: uuid.UUID
    order: Order
    kind: LineKind
    at: datetime
    completed_at: datetime  # the day whose fee counts, also when it is taken back
    supply: Money
    freight: Money


def suppliers_owed(session: Session, until: datetime, *, most: int) -> tuple[uuid.UUID, ...]:
    """Suppliers with postings before the instant that no statement holds."""
    asked = (
        select(LedgerAccount.owner_id)
        .join(JournalEntry, JournalEntry.account_id == LedgerAccount.id)
        .join(JournalTransaction, JournalEntry.transaction_id == JournalTransaction.id)
        .where(_open(until))
        .distinct()
        .order_by(LedgerAccount.owner_id)
        .limit(most)
    )
    return tuple(owner for owner in session.scalars(asked) if owner is not None)


def unstated(session: Session, supplier_id: uuid.UUID, until: datetime) -> Sequence[OwedPosting]:
    """Of one supplier, by instant and order."""
    received = select(Delivery.received_at).where(Delivery.id == Order.delivery_id)
    asked: Select[JournalTransaction, Order, datetime | None, Money, Money | None] = (
        select(
            JournalTransaction, Order, received.scalar_subquery(), JournalEntry.amount, _freight()
        )
        .join(JournalEntry, JournalEntry.transaction_id == JournalTransaction.id)
        .join(LedgerAccount, JournalEntry.account_id == LedgerAccount.id)
        .join(Order, JournalTransaction.subject_id == Order.id)
        .where(_open(until), LedgerAccount.owner_id == supplier_id)
        .order_by(JournalTransaction.at, Order.number, JournalTransaction.key)
    )
    return [_posting(*row) for row in session.execute(asked)]


def stated_supply(session: Session, orders: Collection[uuid.UUID]) -> dict[uuid.UUID, Money]:
    """What of each order stands in statements, net of what went back."""
    asked = (
        select(StatementLine.order_id, func.sum(StatementLine.supply))
        .where(StatementLine.order_id.in_(orders))
        .group_by(StatementLine.order_id)
    )
    return {row[0]: row[1] for row in session.execute(asked)}


def owed_before(session: Session, supplier_id: uuid.UUID, until: datetime) -> Money:
    """The sum of them, before fees."""
    asked = (
        select(func.sum(JournalEntry.amount))
        .join(JournalTransaction, JournalEntry.transaction_id == JournalTransaction.id)
        .join(LedgerAccount, JournalEntry.account_id == LedgerAccount.id)
        .where(_open(until), LedgerAccount.owner_id == supplier_id)
    )
    return -(session.scalar(asked) or ZERO)


def _open(until: datetime) -> ColumnElement[bool]:
    claimed = aliased(Order)  # the question around it may name the same table
    return and_(
        LedgerAccount.kind == AccountKind.DUE_TO_SUPPLIER,
        JournalTransaction.event.in_(KINDS),
        JournalTransaction.at < until,
        ~exists().where(StatementLine.posting_id == JournalTransaction.id),
        ~exists().where(claimed.id == JournalTransaction.subject_id, claimed.is_claimed),
    )


def _freight() -> ScalarSelect[Money]:
    """What of the posting is freight, as its supplier sees it."""
    entry, account = aliased(JournalEntry), aliased(LedgerAccount)
    return (
        select(entry.amount)
        .join(account, entry.account_id == account.id)
        .where(entry.transaction_id == JournalTransaction.id, account.kind == AccountKind.FREIGHT)
        .scalar_subquery()
    )


def _posting(
    posting: JournalTransaction,
    order: Order,
    received_at: datetime | None,
    due: Money,
    freight: Money | None,
) -> OwedPosting:
    """What is due stands as a credit."""
    travelled = freight or ZERO
    return OwedPosting(
        posting_id=posting.id,
        order=order,
        kind=KINDS[posting.event],
        at=posting.at,
        completed_at=received_at or posting.at,
        supply=-due - travelled,
        freight=travelled,
    )
