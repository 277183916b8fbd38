"""Orders of the union that are paid to their supplier's own account, at each stage of theirs."""

from __future__ import annotations

import uuid

from marketplace.catalog.models import Listing
from marketplace.kernel.actor import Role
from marketplace.kernel.funds import FundSource
from marketplace.orders import service as buying
from marketplace.orders.models import Address, Order
from marketplace.payments.models import Tender
from marketplace.suppliers.models import Supplier
from tests.fixtures import People
from tests.makers.directing import paying_directly, payment_of, received, refunds_of, sent_back
from tests.makers.onboarding import a_confirmed_account
from tests.makers.orders import a_placement, the_order

SELLER, OTHER_NUMBER = "second_supplier", "104610120000099999"


def pay_directly(people: People, things: dict[str, str]) -> None:
    """To the second supplier, which is given an account."""
    with people.runtime.reading() as session:
        supplier = session.get_one(Supplier, uuid.UUID(things["other_supplier"]))
    a_confirmed_account(people, supplier, SELLER, OTHER_NUMBER)
    for stage in ("asked", "arrived", "owed_back", "given_back"):
        order = _placed(people, things)
        things[f"{stage}_order"], things[f"{stage}_number"] = str(order.id), order.number
        things[f"{stage}_yuan"] = payment_of(people, order).amount.yuan
        if stage == "asked":
            continue
        received(people, order, SELLER)
        if stage == "arrived":
            continue
        with people.runtime.work(people.actor("union_buyer")) as w:
            buying.cancel(w, order.id, "示例：不需要了")
        (refund,) = refunds_of(people, order)
        things[f"{stage}_refund"] = str(refund.id)
        if stage == "given_back":
            sent_back(people, refund, SELLER)


def _placed(people: People, things: dict[str, str]) -> Order:
    buyer = people.actor("union_buyer")
    (office,) = buyer.organisations(Role.UNION_BUYER)
    with people.runtime.reading() as session:
        goods = session.get_one(Listing, uuid.UUID(things["other_listing"]))
        address = session.get_one(Address, uuid.UUID(things["plan_address"]))
    wanted = a_placement(
        address, goods, tender=Tender.DIRECT, source=FundSource.UNION, organisation_id=office
    )
    with paying_directly(people), people.runtime.work(buyer) as w:
        purchase = buying.place(w, wanted)
    return the_order(people, purchase)
