"""The three ways of an order side by side: what was ordered, accepted and invoiced."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.invoices import rules
from marketplace.invoices.models import Invoice, InvoiceRequest
from marketplace.invoices.queries.requests import OPEN, invoices_of
from marketplace.invoices.queries.shares import shares_of_all
from marketplace.invoices.states import Difference, InvoiceState, RequestState
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import local_day
from marketplace.kernel.money import Money, total
from marketplace.orders import queries as orders
from marketplace.orders.models import Delivery, Order, OrderLine

OfOrder = TypeVar("OfOrder", OrderLine, InvoiceRequest)


@dataclass(frozen=True, slots=True)
class Ways:
    """One order with what was accepted of it and what is invoiced; `requests` live ones only."""

    order: Order
    delivery: Delivery
    lines: tuple[OrderLine, ...]
    paid: Money
    refunded: Money
    requests: tuple[InvoiceRequest, ...]
    invoices: tuple[Invoice, ...]  # all that came in, refused ones too
    differences: tuple[Difference, ...]

    @property
    def due(self) -> Money:
        """Paid and not given back: what is to be invoiced."""
        return self.paid - self.refunded

    @property
    def invoiced(self) -> Money:
        return total(one.invoiced for one in self.requests)

    @property
    def counted(self) -> tuple[Invoice, ...]:
        return tuple(one for one in self.invoices if one.state is InvoiceState.COUNTED)


def ways_of_order(session: Session, actor: Actor, order_id: uuid.UUID, at: datetime) -> Ways:
    """For everybody who may see the order. Raises Missing."""
    found = orders.order(session, actor, order_id).order
    return ways(session, [found], at)[0]


def ways_of_purchase(
    session: Session, actor: Actor, purchase_id: uuid.UUID, at: datetime
) -> tuple[Ways, ...]:
    """Every order of a purchase, for whoever may see the purchase. Raises Missing."""
    orders.purchase(session, actor, purchase_id)
    return ways(session, orders.orders_of(session, purchase_id), at)


def ways(session: Session, found: Sequence[Order], at: datetime) -> tuple[Ways, ...]:
    """These orders, in few questions for all of them."""
    ids = [one.id for one in found]
    deliveries = {
        one.id: one
        for one in session.scalars(
            select(Delivery).where(Delivery.id.in_([order.delivery_id for order in found]))
        )
    }
    lines = _by_order(session.scalars(select(OrderLine).where(OrderLine.order_id.in_(ids))))
    asked = select(InvoiceRequest).where(
        InvoiceRequest.order_id.in_(ids), InvoiceRequest.state != RequestState.WITHDRAWN
    )
    requests = _by_order(session.scalars(asked))
    of_request = {one.id: one.order_id for some in requests.values() for one in some}
    invoices: dict[uuid.UUID, list[Invoice]] = {}
    for one in invoices_of(session, list(of_request)):
        invoices.setdefault(of_request[one.request_id], []).append(one)
    shares = shares_of_all(session, found)
    return tuple(
        _ways(
            Ways(
                order=one,
                delivery=deliveries[one.delivery_id],
                lines=tuple(sorted(lines.get(one.id, ()), key=lambda line: line.title)),
                paid=total(share.paid for share in shares[one.id]),
                refunded=total(share.returned for share in shares[one.id]),
                requests=tuple(requests.get(one.id, ())),
                invoices=tuple(invoices.get(one.id, ())),
                differences=(),
            ),
            at,
        )
        for one in found
    )


def _ways(bare: Ways, at: datetime) -> Ways:
    return Ways(
        bare.order, bare.delivery, bare.lines, bare.paid, bare.refunded, bare.requests,
        bare.invoices, tuple(_differences(bare, at)),
    )  # fmt: skip


def _differences(bare: Ways, at: datetime) -> Iterable[Difference]:
    if bare.due and not bare.requests:
        yield Difference.NOT_ASKED
    if bare.requests and bare.invoiced < bare.due:
        yield Difference.TO_ISSUE
    if bare.invoiced > bare.due:
        yield Difference.RED_DUE
    if any(one.state in OPEN and one.due_on < local_day(at) for one in bare.requests):
        yield Difference.LATE
    if any(one.state is InvoiceState.WAITING for one in bare.invoices):
        yield Difference.WAITS
    if bare.invoiced and bare.delivery.received_at is None:
        yield Difference.NOT_ACCEPTED
    if _other_rate(bare):
        yield Difference.TAX_RATE


def _other_rate(bare: Ways) -> bool:
    """An invoice names a rate that no goods of the order were listed with."""
    listed = {rules.rate_of(line.tax_rate) for line in bare.lines if line.tax_rate}
    said = {rules.rate_of(str(item["rate"])) for one in bare.counted for item in one.items}
    return bool(listed and said - listed)


def _by_order(rows: Iterable[OfOrder]) -> dict[uuid.UUID, list[OfOrder]]:
    found: dict[uuid.UUID, list[OfOrder]] = {}
    for one in rows:
        found.setdefault(one.order_id, []).append(one)
    return found
