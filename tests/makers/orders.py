"""Makers of purchases: address → place → pay → ship → receive, as people would."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.catalog.models import Listing
from marketplace.kernel.actor import Actor
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import Money
from marketplace.orders import queries, service
from marketplace.orders.models import Address, Order, Purchase
from marketplace.payments import queries as payments_queries
from marketplace.payments import service as payments
from marketplace.payments.models import Discrepancy, Payment, Tender
from marketplace.ports.payments import Charge, ChargeState
from tests.makers.batches import batches_for

if TYPE_CHECKING:
    from tests.fixtures import People


def an_address(people: People, name: str = "employee", **changes: object) -> Address:
    said: dict[str, object] = {
        "recipient": "示例收件人",
        "mobile": "13800000000",
        "county": "653129",
        "street": "示例路 1 号",
    }
    given = service.NewAddress(**{**said, **changes})  # type: ignore[arg-type]  # named by the caller
    with people.runtime.work(people.actor(name)) as w:
        return service.add_address(w, given)


def a_placement(address: Address, *listings: Listing, **changes: object) -> service.Placement:
    """A wish for two pieces of each listing, by bank transfer, with an employee's own money."""
    said: dict[str, object] = {
        "lines": tuple((listing.id, 2) for listing in listings),
        "address_id": address.id,
        "tender": Tender.TRANSFER,
        "source": FundSource.PERSONAL,
        "key": uuid.uuid4().hex,
        "no_return": None,
    }
    return service.Placement(**{**said, **changes})  # type: ignore[arg-type]  # named by the caller


def a_purchase(
    people: People, *listings: Listing, name: str = "employee", **changes: object
) -> Purchase:
    """Placed and not paid: two pieces of each listing."""
    address = an_address(people, name)
    with people.runtime.work(people.actor(name)) as w:
        return service.place(w, a_placement(address, *listings, **changes))


def the_payment(people: People, purchase: Purchase) -> Payment:
    with people.runtime.reading() as session:
        found = payments_queries.of_purchase(session, purchase.id)
    assert found is not None
    return found


def paid(people: People, purchase: Purchase) -> Purchase:
    """The manager saw the money on the account; of a card, the gateway took it."""
    payment = the_payment(people, purchase)
    bank_ref = f"示例流水 {payment.reference}"
    if payment.tender is Tender.CARD:
        payments.pay(people.runtime, Actor(payment.payer_id, ""), payment.id, back="")
        return purchase
    with people.runtime.work(people.actor("manager")) as w:
        payments.confirm_transfer(w, payment.id, payment.amount, bank_ref)
    return purchase


def the_orders(people: People, purchase: Purchase) -> tuple[Order, ...]:
    with people.runtime.reading() as session:
        return queries.orders_of(session, purchase.id)


def the_order(people: People, purchase: Purchase) -> Order:
    (found,) = the_orders(people, purchase)
    return found


def shipped(
    people: People,
    order: Order,
    name: str = "supplier",
    batches: Mapping[uuid.UUID, uuid.UUID] | None = None,
) -> Order:
    """On its way; lines that need a batch leave from the given one, else from one that is good."""
    chosen = batches_for(people, order, name) if batches is None else batches
    with people.runtime.work(people.actor(name)) as w:
        return service.ship(w, order.id, "顺丰速运", "SF0000000001", batches=chosen)


def a_discrepancy(people: People) -> str:
    """The gateway told of money that nobody asked for; answers the id."""
    with people.runtime.work() as w:
        payments.note(w, Charge("cs_9", "示例", ChargeState.TAKEN, Money(1_00)))
        return str(w.session.scalars(select(Discrepancy.id)).one())
