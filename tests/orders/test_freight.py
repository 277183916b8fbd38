"""What sending costs: by province and weight, versioned, shown before, frozen in the order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from marketplace.catalog.models import Listing
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.kernel.money import ZERO, Money
from marketplace.orders import queries
from marketplace.orders import service as orders
from marketplace.orders.models import Order, Purchase
from marketplace.suppliers import service
from marketplace.suppliers.models import FreightTariff
from marketplace.suppliers.rules.freight import (
    FreightGroup,
    Load,
    Terms,
    fee,
    kept,
    tariff_of,
    terms_of,
)
from marketplace.work.models import TrailEntry
from tests.fixtures import People, post
from tests.makers.catalog import a_listing
from tests.makers.orders import a_placement, a_purchase, an_address, the_order
from tests.makers.suppliers import an_approved_supplier
from tests.orders.test_buying_pages import hidden, put, submit, text_of

SignIn = Callable[[str], FlaskClient]
REST = FreightGroup((), Money(8_00), Money(2_00), Money(99_00))
FAR = FreightGroup(("65", "54"), Money(20_00), Money(5_00))
NOWHERE = FreightGroup(("62",), refused=True)
GANSU = "620102"


@pytest.fixture
def prunes(people: People) -> Listing:
    """¥59.00 a piece, 2.5 kg packed; its supplier asks by weight, more for 新疆, none to 甘肃."""
    supplier = an_approved_supplier(people)
    made = a_listing(people, gross_weight="2.5kg")
    with people.runtime.work(people.actor("supplier")) as w:
        service.set_freight(w, supplier.id, [FAR, NOWHERE], REST)
    return made


@given(
    goods=st.integers(0, 10**7), grams=st.integers(0, 10**6), base=st.integers(0, 10**6),
    per_kg=st.integers(0, 10**5), free_from=st.none() | st.integers(0, 10**7),
)  # fmt: skip
def test_freight_is_whole_fen_and_never_falls_with_weight(
    goods: int, grams: int, base: int, per_kg: int, free_from: int | None
) -> None:
    """P5: also as an order and as a supplier keep it."""
    limit = None if free_from is None else Money(free_from)
    price = FreightGroup((), Money(base), Money(per_kg), limit)
    load = Load(Money(goods), grams, all_included=False)
    asked = fee(load, price)
    is_free = free_from is not None and goods >= free_from
    assert asked.fen == (0 if is_free else base + per_kg * ((grams + 999) // 1000))
    assert fee(replace(load, grams=grams + 1), price) >= asked
    assert fee(replace(load, all_included=True), price) == ZERO
    terms = Terms(3, load, price)
    assert terms_of(load.goods, terms.as_json()) == terms
    tariff = tariff_of(price.base, limit, {"per_kg": per_kg, "version": 3})
    assert tariff_of(price.base, limit, kept(tariff)) == tariff
    assert tariff.at("650000") == price


def test_an_order_keeps_what_its_freight_was_reckoned_by(people: People, prunes: Listing) -> None:
    """P5: two pieces are 5 kg, to 新疆 20 + 5 × 5; a new version changes no order."""
    order = the_order(people, a_purchase(people, prunes))
    assert order.freight == Money(45_00)
    with people.runtime.work(people.actor("supplier")) as w:
        service.set_freight(w, prunes.supplier_id, [], FreightGroup())
    with people.runtime.reading() as session:
        found = session.get_one(Order, order.id)
        assert found.freight == Money(45_00)
        assert found.freight_terms == {
            "tariff": 1, "grams": 5000, "base": 20_00, "per_kg": 5_00, "free_from": None,
            "all_included": False,
        }  # fmt: skip
        assert list(queries.faults(session)) == []
    assert the_order(people, a_purchase(people, prunes)).freight == ZERO
    with people.runtime.work() as w:
        w.session.execute(update(Order).values(freight_terms=found.freight_terms))
    with people.runtime.reading() as session:
        (fault, *_others) = queries.faults(session)
    assert "freight ¥0.00, its terms come to ¥45.00" in fault


def test_what_includes_its_freight_is_not_weighed(people: People, prunes: Listing) -> None:
    """P5: a good that says so costs nothing more, whatever is sent beside it."""
    sack = a_listing(
        people, sku="N-2", title="示例 大米", gross_weight="10kg", freight_included=True
    )
    address, buyer = an_address(people), people.actor("employee")
    wanted = a_placement(address, prunes)
    both = replace(wanted, lines=(*wanted.lines, (sack.id, 1)))
    with people.runtime.work(buyer) as w:
        bought = orders.place(w, both)
    order = the_order(people, bought)
    assert (order.freight, order.freight_terms["grams"]) == (Money(45_00), 5000)


def test_nothing_is_sold_to_where_nothing_is_sent(people: People, prunes: Listing) -> None:
    address = an_address(people, county=GANSU)
    with (
        pytest.raises(Refused, match="not_sent_there"),
        people.runtime.work(people.actor("employee")) as w,
    ):
        orders.place(w, a_placement(address, prunes))


def test_rules_are_kept_in_versions_and_the_same_again_is_none(
    people: People, prunes: Listing
) -> None:
    """P29: one row of the trail for each; what the application says later is a version too."""
    with people.runtime.work(people.actor("supplier")) as w:
        service.set_freight(w, prunes.supplier_id, [FAR, NOWHERE], REST)
        service.set_freight(w, prunes.supplier_id, [FAR], REST)
        service.save(w, prunes.supplier_id, service.Story("示例", Money(9_00), None))
    with people.runtime.reading() as session:
        made = session.scalars(select(FreightTariff).order_by(FreightTariff.version)).all()
        asked = select(TrailEntry.actor).where(TrailEntry.verb == "set_freight")
        actors = session.scalars(asked).all()
    assert [(one.version, one.base) for one in made] == [
        (1, Money(8_00)), (2, Money(8_00)), (3, Money(9_00)),
    ]  # fmt: skip
    assert {one.by for one in made} == {people.actor("supplier").person_id}
    assert actors == [people.actor("supplier").person_id] * 3
    with pytest.raises(DBAPIError, match="append-only"), people.runtime.work() as w:
        w.session.execute(text("UPDATE mp_freight_tariff SET base = 0"))
    for wrong in ([FAR, FAR], [FreightGroup()], [replace(FAR, base=Money(-1))]):
        with pytest.raises(Invalid), people.runtime.work(people.actor("supplier")) as w:
            service.set_freight(w, prunes.supplier_id, wrong, REST)
    an_approved_supplier(people, "second_supplier", 2)
    with pytest.raises(Missing), people.runtime.work(people.actor("second_supplier")) as w:
        service.set_freight(w, prunes.supplier_id, [], REST)


def test_a_buyer_sees_freight_before_and_agrees_to_that_of_another_address(
    people: People, client_as: SignIn, prunes: Listing
) -> None:
    """P5: one piece, to 新疆 20 + 3 × 5, to 北京 8 + 3 × 2; what was not shown is not ordered."""
    buyer = client_as("employee")
    an_address(people)
    parents = an_address(people, recipient="示例父母", county="110101")
    nowhere = an_address(people, recipient="示例兰州", county=GANSU)
    put(buyer, prunes)
    page = text_of(buyer, "/basket")
    assert "¥35.00" in page
    assert "起步 ¥20.00 + 3 公斤 × ¥5.00" in page
    fields = hidden(buyer)
    assert fields["total"] == "9400"
    refused = submit(buyer, fields, nowhere.id)
    assert refused.status_code == 409
    assert "不发往" in refused.get_data(as_text=True)
    asked = submit(buyer, fields, parents.id)
    assert asked.status_code == 409
    page = asked.get_data(as_text=True)
    assert "¥73.00" in page
    assert "再买 ¥40.00" not in page
    counted = buyer.post(
        "/checkout",
        data={**fields, "address": str(nowhere.id), "recount": "1"},
        headers={"Sec-Fetch-Site": "same-origin"},
    ).get_data(as_text=True)
    assert "不发往所选地址" in counted
    assert "提交订单" not in counted
    with people.runtime.reading() as session:
        assert session.scalars(select(Purchase)).all() == []
    again = dict(
        re.findall(r'name="(csrf_token|key|total|lines|final)" type="hidden" value="([^"]*)"', page)
    )
    assert submit(buyer, again, parents.id).status_code == 303
    with people.runtime.reading() as session:
        assert session.scalars(select(Purchase.total)).all() == [Money(73_00)]


def test_a_supplier_names_his_freight_on_his_page(
    people: People, client_as: SignIn, prunes: Listing
) -> None:
    """A good whose gross weight is not plain is named to him, and each piece counts as 1 kg."""
    vague = a_listing(people, sku="N-1", title="示例 没有毛重", gross_weight="约两三斤")
    supplier = client_as("supplier")
    page = text_of(supplier, "/supplier/freight")
    assert "新疆维吾尔自治区、西藏自治区" in page
    assert "1 件在售商品没有写清毛重" in page
    assert "N-1" in page
    fields = {"base": "6.50", "per_kg": "1", "provinces1": "新疆", "base1": "18", "per_kg1": "3"}
    for wrong in (
        {"provinces1": "火星"}, {"base": "-1"}, {"base": "1.234"}, {"base": "NaN"},
        {"provinces2": "新疆"}, {"per_kg": "99999"},
    ):  # fmt: skip
        answer = post(supplier, "/supplier/freight", **{**fields, **wrong})
        assert answer.status_code == 422, wrong
    assert post(supplier, "/supplier/freight", **fields).status_code == 303
    assert "历次版本" in text_of(supplier, "/supplier/freight")
    assert the_order(people, a_purchase(people, vague)).freight == Money(18_00 + 2 * 3_00)
