"""The address book, and how long anybody's address is known."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalog.models import Listing
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Missing
from marketplace.orders import queries, service
from marketplace.orders.models import Address, Purchase
from marketplace.work.models import TrailEntry
from tests.fixtures import People, post
from tests.makers.orders import a_purchase, an_address, paid, shipped, the_order

SignIn = Callable[[str], FlaskClient]
FORM = {
    "recipient": "示例父亲",
    "mobile": "13800000001",
    "county": "653129",
    "street": "示例村 2 号",
}


def own(people: People, name: str = "employee") -> list[tuple[str, bool]]:
    with people.runtime.reading() as session:
        found = queries.addresses(session, people.actor(name))
    return [(one.recipient, one.is_default) for one in found]


def forget(people: People) -> int:
    with people.runtime.work() as w:
        return service.forget_addresses(w)


def test_addresses_are_kept_corrected_and_removed(people: People, client_as: SignIn) -> None:
    first = an_address(people)
    buyer = client_as("employee")
    assert "保存即表示您同意" in buyer.get("/addresses").get_data(as_text=True)
    assert post(buyer, "/addresses", **FORM).status_code == 303
    assert own(people) == [("示例收件人", True), ("示例父亲", False)]
    path = f"/addresses/{first.id}"
    shown = buyer.get(path).get_data(as_text=True)
    place = re.search(r'name="county"[^>]*value="([^"]*)"', shown)
    assert place is not None
    changed = {**FORM, "recipient": "示例母亲", "county": place[1]}
    assert post(buyer, path, **changed).status_code == 303
    assert own(people) == [("示例母亲", True), ("示例父亲", False)]
    assert post(buyer, path, on="/addresses", **changed).status_code == 404
    with people.runtime.reading() as session:
        usual, other = queries.addresses(session, people.actor("employee"))
    assert post(buyer, f"/addresses/{usual.id}/remove", on="/addresses").status_code == 303
    assert own(people) == [("示例父亲", True)]
    wrong = {**FORM, "mobile": "12345678901"}
    assert post(buyer, f"/addresses/{other.id}", **wrong).status_code == 422
    assert post(buyer, f"/addresses/{other.id}", **{**FORM, "county": "无此县"}).status_code == 422
    assert own(people) == [("示例父亲", True)]


def test_nobody_corrects_or_removes_what_is_not_his(people: People) -> None:
    """P18"""
    address = an_address(people)
    given = service.NewAddress("示例", "13800000002", "653129", "示例路 3 号")
    with pytest.raises(Missing), people.runtime.work(people.actor("second_employee")) as w:
        service.change_address(w, address.id, given)
    with pytest.raises(Missing), people.runtime.work(people.actor("second_employee")) as w:
        service.remove_address(w, address.id)


def test_consent_is_kept_with_its_words_and_time(people: People, clock: SetClock) -> None:
    address = an_address(people)
    assert (address.consent, address.consented_at) == ("2026-11", clock.now())


def test_who_got_what_is_forgotten_long_after_the_last_order_ended(
    people: People, melon: Listing, clock: SetClock
) -> None:
    """A second before it is known, and while anything goes on; the county stays for figures."""
    done = the_order(people, paid(people, a_purchase(people, melon)))
    open_one = a_purchase(people, melon)
    paid(people, open_one)
    shipped(people, done)
    with people.runtime.work(people.actor("employee")) as w:
        service.receive(w, done.id)
        (first, *_others) = queries.addresses(w.session, w.actor)
        service.remove_address(w, first.id)
    clock.advance(days=people.runtime.tools.config.address_days, seconds=-1)
    assert forget(people) == 0
    clock.advance(seconds=1)
    assert forget(people) == 2
    assert forget(people) == 0
    with people.runtime.reading() as session:
        told = {one.id: one.deliver_to for one in session.scalars(select(Purchase))}
        view = queries.order(session, people.actor("auditor"), done.id)
        kept = session.get_one(Address, first.id)
        assert list(queries.faults(session)) == []
    assert told[open_one.id]["mobile"] == "13800000000"
    assert told[done.purchase_id] == {
        "recipient": "",
        "mobile": "",
        "street": "",
        "county_code": "653129",
        "region": view.purchase.deliver_to["region"],
    }
    assert (kept.recipient, kept.mobile, kept.street) == ("", "", "")


def test_the_page_of_an_old_order_says_that_its_address_is_gone(
    people: People, melon: Listing, clock: SetClock, client_as: SignIn
) -> None:
    """P29: with a row of the trail."""
    order = the_order(people, paid(people, a_purchase(people, melon)))
    with people.runtime.work(people.actor("employee")) as w:
        service.cancel(w, order.id, "示例")
    clock.advance(days=people.runtime.tools.config.address_days)
    forget(people)
    page = client_as("employee").get(f"/orders/{order.id}").get_data(as_text=True)
    assert "收货人和地址已删除" in page
    with people.runtime.reading() as session:
        verbs = session.scalars(select(TrailEntry.verb)).all()
    assert verbs.count("forget_address") == 1
