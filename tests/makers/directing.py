"""Makers of orders that a union pays to each supplier's own account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from marketplace.catalog.models import Listing
from marketplace.orders import service
from marketplace.orders.models import Order
from marketplace.payments import queries as payments
from marketplace.payments.models import Payment, Refund
from marketplace.purchasing.models import Plan
from tests.makers.orders import shipped
from tests.makers.purchasing import a_plan, ordered

if TYPE_CHECKING:
    from tests.fixtures import People


@contextmanager
def paying_directly(people: People) -> Iterator[None]:
    """As if MARKETPLACE_COLLECTION said so, with no basis on which to collect ourselves."""
    before = people.runtime.tools
    config = replace(before.config, collection="direct", demo=False)
    people.runtime.tools = replace(before, config=config)
    try:
        yield
    finally:
        people.runtime.tools = before


def a_direct_plan(people: People, *listings: Listing, count: int = 2) -> Plan:
    """Ordered: one piece of each for so many people; one order and one payment per supplier."""
    with paying_directly(people):
        return ordered(people, a_plan(people, tuple((one.id, 1) for one in listings), count=count))


def payment_of(people: People, order: Order) -> Payment:
    with people.runtime.reading() as session:
        found = payments.of_order(session, order.purchase_id, order.id)
    assert found is not None
    return found


def received(people: People, order: Order, supplier: str = "supplier") -> Order:
    """The supplier sees the money on his account."""
    asked = payment_of(people, order)
    with people.runtime.work(people.actor(supplier)) as w:
        service.confirm_receipt(w, order.id, asked.amount, f"示例到账 {asked.reference}")
    return order


def completed(people: People, order: Order, supplier: str = "supplier") -> Order:
    """Paid, shipped and accepted."""
    shipped(people, received(people, order, supplier), supplier)
    with people.runtime.work(people.actor("union_buyer")) as w:
        return service.receive(w, order.id)


def refunds_of(people: People, order: Order) -> list[Refund]:
    with people.runtime.reading() as session:
        return list(payments.refunds_of(session, order.id))


def sent_back(people: People, refund: Refund, supplier: str = "supplier") -> None:
    with people.runtime.work(people.actor(supplier)) as w:
        service.send_refund(w, refund.id, f"示例退款 {refund.id}")
