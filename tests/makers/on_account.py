"""Makers of orders that an organisation pays once it has the goods."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.catalog.models import Listing
from marketplace.orders import service
from marketplace.orders.models import Order
from marketplace.payments import queries as payments_queries
from marketplace.payments import service as payments
from marketplace.payments.models import Payment
from marketplace.purchasing.models import Plan
from tests.makers.purchasing import a_plan, ordered

if TYPE_CHECKING:
    from tests.fixtures import People


@contextmanager
def paying_later(people: People, days: int = 10) -> Iterator[None]:
    """As if MARKETPLACE_AFTER_ACCEPTANCE_WORKDAYS said so."""
    before = people.runtime.tools
    config = replace(before.config, after_acceptance_workdays=days)
    people.runtime.tools = replace(before, config=config)
    try:
        yield
    finally:
        people.runtime.tools = before


def a_later_plan(people: People, *listings: Listing, count: int = 2) -> Plan:
    """Ordered: one piece of each for so many people, to be paid once it is accepted."""
    goods = tuple((one.id, 1) for one in listings)
    return ordered(people, a_plan(people, goods, count=count, on_account=True))


def orders_of(people: People, plan: Plan, *listings: Listing) -> list[Order]:
    """The order of the supplier of each listing."""
    with people.runtime.reading() as session:
        asked = select(Order).where(Order.purchase_id == plan.purchase_id)
        found = {order.supplier_id: order for order in session.scalars(asked)}
    return [found[one.supplier_id] for one in listings]


def asked_for(people: People, order: Order) -> Payment:
    with people.runtime.reading() as session:
        found = payments_queries.of_order(session, order.purchase_id, order.id)
    assert found is not None
    return found


def accepted(people: People, order: Order) -> Order:
    with people.runtime.work(people.actor("union_buyer")) as w:
        return service.receive(w, order.id)


def transferred(people: People, order: Order) -> Payment:
    """The manager sees what is asked on the account."""
    asked = asked_for(people, order)
    with people.runtime.work(people.actor("manager")) as w:
        return payments.confirm_transfer(w, asked.id, asked.amount, f"示例到账 {asked.reference}")
