"""Days from delivery to money, as they were: of paid orders of the last year."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from marketplace.settlement import rules
from marketplace.settlement.models import Payout, StatementLine
from marketplace.settlement.states import LineKind, PayoutState
from marketplace.suppliers.models import Supplier

LOOK_BACK = timedelta(days=365)


def days_of_supplier(session: Session, supplier_id: uuid.UUID, at: datetime) -> rules.Days | None:
    """Of one supplier; None while nothing was paid."""
    asked = _asked(at).where(Payout.supplier_id == supplier_id)
    return rules.days_of(
        (there, paid) for _name, _id, there, paid in session.execute(asked) if paid
    )


def days_by_supplier(session: Session, at: datetime) -> list[tuple[str, uuid.UUID, rules.Days]]:
    """Name, id and days of each supplier that was paid, the longest wait first."""
    spans: dict[tuple[str, uuid.UUID], list[tuple[datetime, datetime]]] = {}
    for name, supplier_id, there, paid in session.execute(_asked(at)):
        if paid:
            spans.setdefault((name, supplier_id), []).append((there, paid))
    found = [(*whose, days) for whose, one in spans.items() if (days := rules.days_of(one))]
    return sorted(found, key=lambda row: (-row[2].median, -row[2].worst, row[0]))


def _asked(at: datetime) -> Select[str, uuid.UUID, datetime, datetime | None]:
    return (
        select(Supplier.legal_name, Supplier.id, StatementLine.delivered_at, Payout.answered_at)
        .join(Payout, Payout.statement_id == StatementLine.statement_id)
        .join(Supplier, Payout.supplier_id == Supplier.id)
        .where(
            StatementLine.kind == LineKind.ORDER,
            Payout.state == PayoutState.PAID,
            Payout.answered_at >= at - LOOK_BACK,
        )
    )
