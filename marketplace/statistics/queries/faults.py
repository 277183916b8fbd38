"""A recount: the facts against the order lines, one by one, and against the ledger, to the fen."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kernel.clock import local_month
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import queries as ledger
from marketplace.orders.models import Order, OrderLine, Purchase
from marketplace.orders.states import OrderState
from marketplace.statistics.models import FactDesignation, FactKind, SalesFact

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


Key = tuple[uuid.UUID, FactKind]  # order line, kind


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
    for (line_id, kind), fact in counted.items():
        yield f"statistics: {kind} of order {fact.order}, line {line_id}, is counted without cause"
    yield from _untied(session)


def _counted(session: Session) -> dict[Key, _Counted]:
    """What stands in the facts."""
    lists: dict[uuid.UUID, set[str]] = {}
    for row in session.scalars(select(FactDesignation)):
        lists.setdefault(row.fact_id, set()).add(row.slug)
    return {
        (fact.order_line_id, fact.kind): _Counted(
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
    """What must stand there: a sale per line of every order that was ever paid, and a refund per
    line of those called off afterwards."""
    paid = (
        select(Order, OrderLine, Purchase.source)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Purchase, Order.purchase_id == Purchase.id)
        .where(Order.paid_at.is_not(None))
        .order_by(Order.number, OrderLine.title, OrderLine.id)
    )
    for order, line, source in session.execute(paid):
        yield (line.id, FactKind.SALE), _of_line(order, line, source, order.paid_at, 1)
        if order.state in UNDONE:
            yield (line.id, FactKind.REFUND), _of_line(order, line, source, order.cancelled_at, -1)


def _of_line(
    order: Order, line: OrderLine, source: str, at: datetime | None, sign: int
) -> _Counted:
    return _Counted(
        order=order.number,
        at=at,
        month=local_month(at) if at else "",
        supplier=order.supplier_id,
        organisation=order.organisation_id,
        source=str(source),
        county=line.county_code,
        quantity=line.quantity * sign,
        amount=line.amount * sign,
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
