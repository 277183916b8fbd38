"""What people got, by source of funds, for the payroll."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kernel.clock import start_of_day
from marketplace.kernel.money import ZERO, Money
from marketplace.orders.models import LineRefund, Order, OrderLine, Purchase
from marketplace.purchasing import rules
from marketplace.purchasing.models import Plan, Recipient
from marketplace.purchasing.queries.plans import PAID, recipients


@dataclass(frozen=True, slots=True)
class Value:
    """What one person got of one plan: goods and a share of the freight."""

    plan: Plan
    purchase: Purchase
    recipient: Recipient
    amount: Money
    paid_at: datetime


def values(session: Session, union_id: uuid.UUID, year: int) -> tuple[Value, ...]:
    """What each person got of the plans whose orders were paid in that year (Shanghai), by the day
    and by the name; of a plan the values sum to what was paid and not given back. Whether the actor
    may see it, its caller has asked."""
    first, last = (start_of_day(date(each, 1, 1)) for each in (year, year + 1))
    sums = (
        select(
            Order.purchase_id,
            func.min(Order.paid_at).label("paid_at"),
            func.sum(Order.goods).label("goods"),
            func.sum(Order.freight).label("freight"),
        )
        .where(Order.state.in_(PAID), Order.paid_at >= first, Order.paid_at < last)
        .group_by(Order.purchase_id)
        .subquery()
    )
    asked = (
        select(Plan, Purchase, sums.c.paid_at, sums.c.goods, sums.c.freight)
        .join(Purchase, Purchase.id == Plan.purchase_id)
        .join(sums, sums.c.purchase_id == Purchase.id)
        .where(Plan.union_id == union_id)
        .order_by(sums.c.paid_at, Plan.id)
    )
    found: list[Value] = []
    for plan, purchase, paid_at, goods, freight in session.execute(asked):
        people = recipients(session, plan.id)
        kept = goods + freight - _given_back(session, purchase.id)
        for one, amount in zip(people, rules.shared(kept, len(people)), strict=True):
            found.append(Value(plan, purchase, one, amount, paid_at))
    return tuple(found)


def _given_back(session: Session, purchase_id: uuid.UUID) -> Money:
    """Parts of what was bought that went back, of orders that stand."""
    asked = (
        select(func.sum(LineRefund.amount))
        .join(OrderLine, OrderLine.id == LineRefund.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.purchase_id == purchase_id, Order.state.in_(PAID))
    )
    return session.scalar(asked) or ZERO
