"""Makers of sales: an address, a purchase, its money on the account, and what is called off."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.catalog.models import Listing
from marketplace.kernel.actor import Role
from marketplace.kernel.funds import FundSource
from marketplace.orders import queries as orders
from marketplace.orders import service
from marketplace.orders.models import Order, Purchase
from marketplace.payments import queries as payment_queries
from marketplace.payments import service as payments
from marketplace.payments.models import Tender
from tests.makers.catalog import a_listing
from tests.makers.suppliers import an_approved_supplier

if TYPE_CHECKING:
    from tests.fixtures import People

WUDU = "武都区"  # on the list of 832; not in Xinjiang


@dataclass(frozen=True)
class Goods:
    """Three goods of two suppliers from two counties."""

    melons: Listing
    peppers: Listing
    nuts: Listing


def some_goods_on_sale(people: People) -> Goods:
    an_approved_supplier(people, "supplier", 1)
    an_approved_supplier(people, "second_supplier", 2)
    return Goods(
        melons=a_listing(people, "supplier", "SL-0001"),
        peppers=a_listing(people, "supplier", "SL-0002", title="示例 花椒", county=WUDU),
        nuts=a_listing(people, "second_supplier", "SL-0003", title="示例 核桃"),
    )


def a_placed_purchase(
    people: People,
    lines: Mapping[Listing, int],
    buyer: str = "employee",
    *,
    source: FundSource = FundSource.PERSONAL,
) -> Purchase:
    """By bank transfer; `buyer` union_buyer buys for the union with another source."""
    actor = people.actor(buyer)
    with people.runtime.work(actor) as w:
        address = service.add_address(
            w, service.NewAddress("示例员工", "13900000002", "天河区", "示例路 1 号")
        )
        organisation = None
        if source is not FundSource.PERSONAL:
            (organisation,) = actor.organisations(Role.UNION_BUYER)
        return service.place(
            w,
            service.Placement(
                lines=tuple((listing.id, quantity) for listing, quantity in lines.items()),
                address_id=address.id,
                tender=Tender.TRANSFER,
                source=source,
                no_return=None,
                key=str(uuid.uuid4()),
                organisation_id=organisation,
            ),
        )


def paid(people: People, purchase: Purchase) -> tuple[Order, ...]:
    """The money is on the account; answers the paid orders, by number."""
    with people.runtime.work(people.actor("manager")) as w:
        payment = payment_queries.of_purchase(w.session, purchase.id)
        assert payment is not None
        payments.confirm_transfer(w, payment.id, payment.amount, f"B{uuid.uuid4().hex[:12]}")
    with people.runtime.reading() as session:
        return orders.orders_of(session, purchase.id)


def a_sale(
    people: People,
    lines: Mapping[Listing, int],
    buyer: str = "employee",
    *,
    source: FundSource = FundSource.PERSONAL,
) -> tuple[Order, ...]:
    """Placed and paid."""
    return paid(people, a_placed_purchase(people, lines, buyer, source=source))


def called_off(people: People, order: Order, buyer: str = "employee") -> None:
    with people.runtime.work(people.actor(buyer)) as w:
        service.cancel(w, order.id, "示例：不需要了")
