"""The address book, and how long anybody's address is known."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace import wiring
from marketplace.catalog.models import Listing
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Busy, Invalid, Missing
from marketplace.orders import queries, service
from marketplace.orders.models import Address, Purchase
from marketplace.work import Work
from marketplace.work.models import TrailEntry
from marketplace.work.sweeps import sweep
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
    assert 'value="653129" selected' in shown or 'selected value="653129"' in shown
    changed = {**FORM, "recipient": "示例母亲", "county": "653129"}
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


def test_a_place_is_chosen_step_by_step_without_a_script(people: People, client_as: SignIn) -> None:
    """Province, prefecture, county by GB/T 2260; a city without counties and a district directly
    under its province are whole; of another province nothing is left of what was chosen."""
    buyer = client_as("employee")
    said = {**FORM, "county": ""}

    def step(**chosen: str) -> str:
        answer = post(buyer, "/addresses", **said, further="1", **chosen)
        assert answer.status_code == 200
        return str(answer.get_data(as_text=True))

    assert "新疆维吾尔自治区" in step()
    page = step(province="650000")
    assert "喀什地区" in page
    assert "石河子市" in page
    assert 'value="示例村 2 号"' in page
    assert "伽师县" in step(province="650000", city="653100")
    assert "继续选市和区县" in step(province="650000", city="653100")
    page = step(province="440000", city="653100")
    assert "东莞市" in page
    assert "伽师县" not in page
    for chosen in ({}, {"province": "650000"}, {"province": "440000", "county": "653129"},
                   {"province": "650000", "city": "653100", "county": "110101"}):  # fmt: skip
        answer = post(buyer, "/addresses", **{**said, **chosen})
        assert answer.status_code == 422, chosen
    whole = [
        ("653129", {"province": "650000", "city": "653100", "county": "653129"}),
        ("441900", {"province": "440000", "city": "441900"}),
        ("110101", {"province": "110000", "city": "110101"}),
        ("659001", {"province": "650000", "city": "659001"}),
    ]
    for code, chosen in whole:
        assert post(buyer, "/addresses", **{**said, **chosen}).status_code == 303, chosen
        with people.runtime.reading() as session:
            kept = queries.addresses(session, people.actor("employee"))
        assert code in {one.county_code for one in kept}
        (made,) = [one for one in kept if one.county_code == code]
        assert f'value="{code}"' in buyer.get(f"/addresses/{made.id}").get_data(as_text=True)


def test_what_a_carrier_cannot_use_is_refused_and_what_people_mean_is_kept(
    people: People, client_as: SignIn
) -> None:
    buyer = client_as("employee")
    for wrong in ({"mobile": "1380000000"}, {"mobile": "23800000001"}, {"street": "12-3"},
                  {"street": "路"}, {"recipient": " "}):  # fmt: skip
        assert post(buyer, "/addresses", **{**FORM, **wrong}).status_code == 422, wrong
    for wide in ("650000", "653100", "440000"):
        with pytest.raises(Invalid, match="county_too_wide"):
            an_address(people, county=wide)
    for said in ("+86 138-0000-0001", "138 0000 0001", "8613800000001"):
        assert post(buyer, "/addresses", **{**FORM, "mobile": said}).status_code == 303, said
    with people.runtime.reading() as session:
        kept = queries.addresses(session, people.actor("employee"))
    assert [one.mobile for one in kept] == ["13800000001"] * 3
    assert [one.is_default for one in kept] == [True, False, False]


def test_an_address_added_during_checkout_is_chosen_there_and_the_basket_is_whole(
    people: People, client_as: SignIn, melon: Listing
) -> None:
    an_address(people)
    buyer = client_as("employee")
    post(buyer, f"/basket/{melon.id}", on="/basket", quantity="2")
    answer = post(buyer, "/addresses?next=checkout", **FORM)
    assert answer.status_code == 303
    page = buyer.get(answer.location).get_data(as_text=True)
    assert re.search(r"checked[^>]*>\s*<span><b>示例父亲", page)
    assert "× 2" in page
    stranger = buyer.get("/checkout?address=nonsense").get_data(as_text=True)
    assert re.search(r"checked[^>]*>\s*<span><b>示例收件人", stranger)


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


def test_who_was_to_get_what_was_never_paid_is_forgotten_too(
    people: People, melon: Listing, clock: SetClock
) -> None:
    """Counted from the lapse, which comes with the worker, not from the purchase."""
    purchase = a_purchase(people, melon)
    clock.advance(days=30)
    with people.runtime.work() as w:
        assert service.lapse_due(w) == 1
    clock.advance(days=people.runtime.tools.config.address_days, seconds=-1)
    assert forget(people) == 0
    clock.advance(seconds=1)
    assert forget(people) == 1
    with people.runtime.reading() as session:
        assert session.get_one(Purchase, purchase.id).deliver_to["mobile"] == ""


def test_addresses_are_forgotten_in_batches_of_a_transaction_each(
    people: People, clock: SetClock
) -> None:
    """A batch that fails undoes itself, none before it; the rest waits until it is due again."""
    addresses = [an_address(people) for _ in range(3)]
    with people.runtime.work(people.actor("employee")) as w:
        for one in addresses:
            service.remove_address(w, one.id)
    clock.advance(days=people.runtime.tools.config.address_days)
    is_down = True

    def one_at_a_time(w: Work) -> int:
        with pytest.MonkeyPatch.context() as bounds:
            bounds.setattr("marketplace.orders.service.addresses.MOST_FORGOTTEN", 1)
            done = service.forget_addresses(w)
        if is_down and len(known(people)) == 1:
            raise Busy
        return done

    def known(people: People) -> list[str]:
        with people.runtime.reading() as session:
            return list(session.scalars(select(Address.mobile).where(Address.mobile != "")))

    hourly = next(one for one in wiring.SWEEPS if one.batch is service.forget_addresses)
    small = replace(hourly, batch=one_at_a_time)
    assert sweep(people.runtime, small)
    assert len(known(people)) == 1
    is_down = False
    assert not sweep(people.runtime, small)
    clock.advance(hours=1)
    assert sweep(people.runtime, small)
    assert known(people) == []
