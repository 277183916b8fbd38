"""Clearing accounts: what passes through them must be gone again after a stated time (P9)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import rules as books
from marketplace.ledger.models import JournalEntry, JournalTransaction, LedgerAccount
from marketplace.ledger.states import AccountKind
from marketplace.orders.models import Order


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Money of one cause that stands on a clearing account; `cause_id` is the purchase, order or
    payout, `amount` debit positive."""

    kind: AccountKind
    cause_id: uuid.UUID
    amount: Money
    since: datetime

    @property
    def until(self) -> datetime:
        """When it must be gone."""
        return self.since + timedelta(days=books.CLEARED_WITHIN[self.kind])


def open_items(session: Session) -> Sequence[OpenItem]:
    """Everything that has come and not gone, the oldest first. What a buyer paid is looked at by
    purchase, since it leaves order by order."""
    cause = func.coalesce(Order.purchase_id, JournalTransaction.subject_id)
    is_buyers = LedgerAccount.kind == AccountKind.BUYER_CREDIT
    asked = (
        select(
            LedgerAccount.kind,
            cause.label("cause"),
            func.sum(JournalEntry.amount).label("amount"),
            func.min(JournalTransaction.at).label("since"),
        )
        .join(JournalEntry, JournalEntry.account_id == LedgerAccount.id)
        .join(JournalTransaction, JournalEntry.transaction_id == JournalTransaction.id)
        .outerjoin(Order, (JournalTransaction.subject_id == Order.id) & is_buyers)
        .where(LedgerAccount.kind.in_(books.CLEARED_WITHIN))
        .group_by(LedgerAccount.kind, cause)
        .having(func.sum(JournalEntry.amount) != ZERO)
        .order_by("since")
    )
    return [OpenItem(row.kind, row.cause, row.amount, row.since) for row in session.execute(asked)]


def late(session: Session, at: datetime) -> Sequence[OpenItem]:
    """Those whose time is over."""
    return [item for item in open_items(session) if item.until < at]
