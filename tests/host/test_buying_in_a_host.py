"""A purchase in a mall, from the good's page to the parcel received, all below /aid."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.orders.models import Order
from marketplace.payments.models import Payment
from marketplace.work import trail
from marketplace.work.models import TrailEntry
from tests.fixtures import post
from tests.host.conftest import IDS, PREFIX, MallPeople
from tests.makers.batches import batch_fields
from tests.makers.catalog import a_listing
from tests.makers.suppliers import an_approved_supplier

HIDDEN = re.compile(r'name="(key|total|lines|final)" type="hidden" value="([^"]*)"')
CHOICE = re.compile(r'name="address"[^>]* value="([^"]*)"')


def test_a_purchase_is_made_paid_sent_and_received_in_the_mall(
    mounted: Flask, mall_people: MallPeople, enter: Callable[[str], FlaskClient]
) -> None:
    an_approved_supplier(mall_people)  # type: ignore[arg-type]  # people of the mall
    listing = a_listing(mall_people)  # type: ignore[arg-type]  # the same
    shopper, seller, cashier = enter("employee"), enter("supplier"), enter("manager")
    page = f"{PREFIX}/listings/{listing.id}"
    assert "商城 reviewer" in shopper.get(page).get_data(as_text=True), "who looked at it, by name"

    put = post(shopper, f"{PREFIX}/basket/{listing.id}", on=page, quantity="2")
    assert put.headers["Location"] == f"{PREFIX}/basket"
    where = {"recipient": "示例", "mobile": "13800000000", "county": "653129", "street": "示例路"}
    assert post(shopper, f"{PREFIX}/addresses", **where).status_code == 303
    bill = shopper.get(f"{PREFIX}/checkout").get_data(as_text=True)
    chosen = {"address": CHOICE.search(bill).group(1), "tender": "transfer", "no_return": "y"}  # type: ignore[union-attr]  # it is there
    placed = post(shopper, f"{PREFIX}/checkout", **dict(HIDDEN.findall(bill)), **chosen)
    assert placed.status_code == 303

    with mall_people.runtime.reading() as session:
        order = session.scalars(select(Order)).one()
        payment = session.scalars(select(Payment)).one()
    assert payment.payer_id == IDS["employee"], "the mall's id, to the last sign"
    money = f"{PREFIX}/payments/{payment.id}"
    paid = {"amount": payment.amount.yuan, "bank_ref": "示例流水 1"}
    assert post(cashier, f"{money}/confirm", on=money, **paid).status_code == 303
    way = f"{PREFIX}/orders/{order.id}"
    parcel = {"carrier": "sf", "tracking": "SF0000000001"}
    parcel |= batch_fields(mall_people, order)
    assert post(seller, f"{way}/ship", on=way, **parcel).status_code == 303
    assert post(shopper, f"{way}/receive", on=way).status_code == 303
    assert "SF0000000001" in shopper.get(way).get_data(as_text=True)
    assert enter("second_employee").get(way).status_code == 404

    with mall_people.runtime.reading() as session:
        actors = set(session.scalars(select(TrailEntry.actor)))
        assert list(trail.faults(session)) == []
    assert {IDS["employee"], IDS["supplier"], IDS["manager"], IDS["reviewer"]} <= actors
