"""A recount: the facts against the order lines, one by one, and against the ledger, to the fen."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kernel.clock import local_month
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import queries as ledger
from marketplace.orders.models import LineRefund, Order, OrderLine, Purchase
from marketplace.orders.states import OrderState
from marketplace.statistics.models import FactDesignation, FactKind, SalesFact
from marketplace.statistics.queries.facts import Key

UNDONE = frozenset({OrderState.CANCELLED, OrderState.TAKEN_BACK})


@dataclass(frozen=True, slots=True)
class _Counted:
    """What must be the same in a fact and in the order line that it counts."""

    order: str
    at: datetime | None  # None: the order does not say when
    month: str
    supplier: uuid.UUID
    organisation: uuid.UUID | None
    source: str
    county: str
    quantity: int
    amount: Money
    lists: frozenset[str]


def faults(session: Session) -> Iterator[str]:
    """Every fact that is missing, too many or different from its order line, and every order whose
    facts and ledger disagree, in words; nothing when all is well."""
    counted = _counted(session)
    for key, due in _due(session):
        name = f"statistics: {key[1]} of order {due.order}, line {key[0]}"
        found = counted.pop(key, None)
        if found is None:
            yield f"{name}, is not counted"
        elif found != due:
            yield f"{name}, is counted differently: {_difference(found, due)}"
    for (line_id, kind, _cause), fact in counted.items():
        yield f"statistics: {kind} of order {fact.order}, line {line_id}, is counted without cause"
    yield from _untied(session)


def _counted(session: Session) -> dict[Key, _Counted]:
    """What stands in the facts."""
    lists: dict[uuid.UUID, set[str]] = {}
    for row in session.scalars(select(FactDesignation)):
        lists.setdefault(row.fact_id, set()).add(row.slug)
    return {
        (fact.order_line_id, fact.kind, fact.cause): _Counted(
            order=fact.order_number,
            at=fact.at,
            month=fact.month,
            supplier=fact.supplier_id,
            organisation=fact.organisation_id,
            source=fact.source,
            county=fact.county_code,
            quantity=fact.quantity,
            amount=fact.amount,
            lists=frozenset(lists.get(fact.id, ())),
        )
        for fact in session.scalars(select(SalesFact))
    }


def _due(session: Session) -> Iterator[tuple[Key, _Counted]]:
    """What must stand there: a sale per line of every order that was ever paid, what of it went
    back in parts, and a refund of the rest per line of those called off afterwards."""
    parts: dict[uuid.UUID, list[LineRefund]] = {}
    for part in session.scalars(select(LineRefund)):
        parts.setdefault(part.order_line_id, []).append(part)
    paid = (
        select(Order, OrderLine, Purchase.source)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Purchase, Order.purchase_id == Purchase.id)
        .where(Order.paid_at.is_not(None))
        .order_by(Order.number, OrderLine.title, OrderLine.id)
    )
    for order, line, source in session.execute(paid):
        sale = _of_line(order, line, source)
        yield (line.id, FactKind.SALE, ""), sale
        for part in parts.get(line.id, ()):
            cause = str(part.refund_id)
            # what was taken off before it was paid counts from then
            at = max(part.at, order.paid_at or part.at)
            yield (line.id, FactKind.PART, cause), _back(sale, at, part.pieces, part.amount)
        if order.state in UNDONE:
            left, kept = line.amount - line.refunded, line.quantity - line.returned
            yield (line.id, FactKind.REFUND, ""), _back(sale, order.cancelled_at, kept, left)


def _back(sale: _Counted, at: datetime | None, pieces: int, amount: Money) -> _Counted:
    month = local_month(at) if at else ""
    return replace(sale, at=at, month=month, quantity=-pieces, amount=-amount)


def _of_line(order: Order, line: OrderLine, source: str) -> _Counted:
    return _Counted(
        order=order.number,
        at=order.paid_at,
        month=local_month(order.paid_at) if order.paid_at else "",
        supplier=order.supplier_id,
        organisation=order.organisation_id,
        source=str(source),
        county=line.county_code,
        quantity=line.quantity,
        amount=line.amount,
        lists=frozenset(line.designations),
    )


def _difference(found: _Counted, due: _Counted) -> str:
    return ", ".join(
        f"{field.name} {getattr(found, field.name)} instead of {getattr(due, field.name)}"
        for field in fields(_Counted)
        if getattr(found, field.name) != getattr(due, field.name)
    )


def _untied(session: Session) -> Iterator[str]:
    """Orders whose facts do not sum to what the ledger has for them."""
    sums = select(SalesFact.order_id, func.sum(SalesFact.amount).label("amount"))
    counted = {row.order_id: row.amount for row in session.execute(sums.group_by("order_id"))}
    booked = ledger.sales_by_order(session)
    for order_id in sorted(counted.keys() | booked.keys()):
        here, there = counted.get(order_id, ZERO), booked.get(order_id, ZERO)
        if here != there:
            yield f"statistics: order {order_id} is counted with {here}, the ledger has {there}"
