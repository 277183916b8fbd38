"""Placing: the server's prices, held stock, frozen eligibility, once per key."""

from __future__ import annotations

import hashlib
import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from marketplace.catalog import service as catalog
from marketplace.catalog.models import Listing, Reservation
from marketplace.catalog.states import ReservationState
from marketplace.kernel.clock import SetClock, end_of_day
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import ZERO, Money
from marketplace.kernel.workdays import calendar
from marketplace.orders import queries, rules, service
from marketplace.orders.models import Order, OrderLine, Purchase
from marketplace.payments.models import Tender
from marketplace.suppliers import service as suppliers
from marketplace.work import Runtime
from marketplace.work.trail import canonical
from tests.fixtures import NOON, People
from tests.makers.catalog import a_listing
from tests.makers.orders import a_placement, a_purchase, an_address, the_orders, the_payment
from tests.makers.suppliers import an_approved_supplier


def stock_of(runtime: Runtime, listing: Listing) -> tuple[int, int, int]:
    with runtime.reading() as session:
        found = session.get_one(Listing, listing.id)
        return found.available, found.reserved, found.sold


def how_many(runtime: Runtime, kind: type) -> int:
    with runtime.reading() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def test_one_order_per_supplier_with_exact_amounts(
    people: People, melon: Listing, walnut: Listing
) -> None:
    """P5: lines, freight and totals are those of the server, to the fen."""
    purchase = a_purchase(people, melon, walnut)
    orders = the_orders(people, purchase)
    assert [order.goods for order in orders] == [Money(118_00), Money(60_00)]
    assert [order.supply for order in orders] == [Money(90_00), Money(44_00)]
    assert purchase.total == Money(178_00)
    assert the_payment(people, purchase).amount == purchase.total
    assert [order.number for order in orders] == [f"{purchase.number}-1", f"{purchase.number}-2"]
    assert purchase.number.startswith("P20261123-")


def test_stock_is_held_until_the_money_should_be_there(
    people: People, runtime: Runtime, melon: Listing
) -> None:
    purchase = a_purchase(people, melon)
    assert stock_of(runtime, melon) == (98, 2, 0)
    assert purchase.hold_ends_at == calendar().plus(NOON, 15)


def test_a_card_holds_the_stock_for_minutes_only(people: People, melon: Listing) -> None:
    purchase = a_purchase(people, melon, tender=Tender.CARD)
    assert purchase.hold_ends_at == NOON + timedelta(minutes=30)


def test_two_lines_of_one_listing_are_one(people: People, melon: Listing) -> None:
    """P10: two lines of one good are summed before there is asked whether enough is left."""
    purchase = a_purchase(people, melon, lines=((melon.id, 2), (melon.id, 3)))
    (order,) = the_orders(people, purchase)
    with people.runtime.reading() as session:
        (line,) = queries.lines_of(session, order.id)
    assert (line.quantity, line.amount) == (5, Money(295_00))


def test_the_evidence_is_frozen_and_hashed(people: People, melon: Listing) -> None:
    purchase = a_purchase(people, melon)
    (order,) = the_orders(people, purchase)
    with people.runtime.reading() as session:
        (line,) = queries.lines_of(session, order.id)
    assert line.eligibility["county"]["name"] == "伽师县"
    assert line.eligibility["papers"]
    assert line.designations
    told = canonical(line.eligibility).encode()
    assert line.eligibility_hash == hashlib.sha256(told).hexdigest()


def test_the_same_key_again_gives_the_same_purchase(
    people: People, runtime: Runtime, melon: Listing
) -> None:
    """P31: a repeated post finds what the first one made."""
    wanted = a_placement(an_address(people), melon)
    ids = set()
    for _time in range(20):
        with runtime.work(people.actor("employee")) as w:
            ids.add(service.place(w, wanted).id)
    assert len(ids) == 1
    assert (how_many(runtime, Purchase), how_many(runtime, Order)) == (1, 1)
    assert stock_of(runtime, melon) == (98, 2, 0)


def test_the_same_key_with_another_body_is_refused(people: People, melon: Listing) -> None:
    """P31: a key stands for one wish."""
    address = an_address(people)
    with people.runtime.work(people.actor("employee")) as w:
        service.place(w, a_placement(address, melon, key="the same key"))
    other = a_placement(address, melon, key="the same key", lines=((melon.id, 3),))
    with (
        pytest.raises(Refused, match="key_reused"),
        people.runtime.work(people.actor("employee")) as w,
    ):
        service.place(w, other)


def test_two_people_may_use_the_same_key(people: People, melon: Listing) -> None:
    first = a_purchase(people, melon, key="the same key")
    second = a_purchase(people, melon, name="second_employee", key="the same key")
    assert first.id != second.id


def test_another_total_than_was_seen_is_refused(
    people: People, runtime: Runtime, melon: Listing
) -> None:
    """P5: nothing that a browser sends is a price; what differs is told."""
    with pytest.raises(Refused, match="price_changed"):
        a_purchase(people, melon, total=Money(117_00))
    assert how_many(runtime, Purchase) == 0
    assert stock_of(runtime, melon) == (100, 0, 0)


def test_more_than_there_is_is_refused_with_the_title_and_nothing_is_kept(
    people: People, runtime: Runtime, melon: Listing, walnut: Listing
) -> None:
    """P10: never below nothing; nothing is half kept."""
    with pytest.raises(catalog.OutOfStock) as refusal:
        a_purchase(people, melon, walnut, lines=((walnut.id, 1), (melon.id, 101)))
    assert refusal.value.data["title"] == melon.title
    assert stock_of(runtime, walnut) == (100, 0, 0)
    assert how_many(runtime, OrderLine) == how_many(runtime, Reservation) == 0


def test_what_lay_in_the_basket_when_its_paper_ran_out_is_not_sold(
    people: People, runtime: Runtime, clock: SetClock
) -> None:
    """P16: at the second before it is sold, at the second it is not."""
    last_day = date(2026, 11, 30)
    an_approved_supplier(people, until=last_day)
    melon = a_listing(people)
    address = an_address(people)
    with runtime.work(people.actor("employee")) as w:
        service.put(w, melon.id, 1)
    clock.at = end_of_day(last_day) - timedelta(seconds=1)
    with runtime.reading() as session:
        assert queries.basket(session, people.actor("employee"), clock.now()).is_ready
    clock.at = end_of_day(last_day)
    with runtime.reading() as session:
        basket = queries.basket(session, people.actor("employee"), clock.now())
    assert [row.problem for row in basket.gone] == ["not_for_sale"]
    assert not basket.is_ready
    with (
        pytest.raises(catalog.NotForSale) as refusal,
        runtime.work(people.actor("employee")) as w,
    ):
        service.place(w, a_placement(address, melon))
    assert refusal.value.data["title"] == melon.title


def test_nothing_of_a_suspended_supplier_is_sold(people: People, melon: Listing) -> None:
    """P16: Failure 39: not to those either who had it in the basket."""
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.suspend(w, melon.supplier_id, "示例原因")
    with pytest.raises(catalog.NotForSale):
        a_purchase(people, melon)


def test_a_strangers_address_is_missing(people: People, melon: Listing) -> None:
    """P18: as if there were no such address."""
    foreign = an_address(people, "second_employee")
    with pytest.raises(Missing), people.runtime.work(people.actor("employee")) as w:
        service.place(w, a_placement(foreign, melon))


def test_an_employee_spends_only_his_own_money(people: People, melon: Listing) -> None:
    with pytest.raises(Invalid, match="source_not_yours"):
        a_purchase(people, melon, source=FundSource.UNION)


def test_a_supplier_buys_nothing(people: People, melon: Listing) -> None:
    address = an_address(people)
    with pytest.raises(Forbidden), people.runtime.work(people.actor("supplier")) as w:
        service.place(w, a_placement(address, melon))


def test_a_supplier_fills_no_basket(people: People, melon: Listing) -> None:
    """P18: by whatever way it comes, not by our pages alone."""
    with pytest.raises(Forbidden), people.runtime.work(people.actor("supplier")) as w:
        service.put(w, melon.id, 1)


def test_only_the_buyer_of_a_union_buys_for_it(people: People, melon: Listing) -> None:
    (grant,) = people.actor("union_buyer").grants
    wish = {"organisation_id": grant.organisation_id, "source": FundSource.UNION}
    purchase = a_purchase(people, melon, name="union_buyer", **wish)
    assert the_orders(people, purchase)[0].organisation_id == grant.organisation_id
    with pytest.raises(Missing):
        a_purchase(people, melon, **wish)
    with pytest.raises(Invalid, match="source_not_yours"):
        a_purchase(people, melon, name="union_buyer", **{**wish, "source": FundSource.PERSONAL})


@pytest.mark.parametrize("quantity", [-1, 0, 10_000, 10**18, True])
def test_a_quantity_that_is_none_is_refused(people: People, melon: Listing, quantity: int) -> None:
    with pytest.raises(Invalid, match="quantity"):
        a_purchase(people, melon, lines=((melon.id, quantity),))


def test_lines_that_sum_to_too_much_are_refused() -> None:
    listing_id = uuid.uuid4()
    with pytest.raises(Invalid, match="quantity"):
        rules.summed([(listing_id, 9999), (listing_id, 1)])


def test_what_was_ordered_leaves_the_basket(people: People, melon: Listing) -> None:
    with people.runtime.work(people.actor("employee")) as w:
        service.put(w, melon.id, 2)
    a_purchase(people, melon)
    with people.runtime.reading() as session:
        assert queries.basket_count(session, people.ids["employee"]) == 0
        assert queries.basket(session, people.actor("employee"), NOON).total == ZERO


def test_a_reservation_is_held_for_each_line(
    people: People, runtime: Runtime, melon: Listing
) -> None:
    a_purchase(people, melon)
    with runtime.reading() as session:
        (kept,) = session.scalars(select(Reservation))
    assert (kept.state, kept.quantity) == (ReservationState.HELD, 2)


def test_a_good_that_is_not_sent_to_the_address_is_refused_with_its_name(people: People) -> None:
    an_approved_supplier(people)
    listing = a_listing(people, no_delivery_to="西藏、新疆")
    address = an_address(people)  # in Xinjiang
    with (
        pytest.raises(Refused, match="not_delivered_there") as refusal,
        people.runtime.work(people.actor("employee")) as w,
    ):
        service.place(w, a_placement(address, listing))
    assert refusal.value.data["title"] == listing.title
    elsewhere = an_address(people, county="610112")
    with people.runtime.work(people.actor("employee")) as w:
        service.place(w, a_placement(elsewhere, listing))
