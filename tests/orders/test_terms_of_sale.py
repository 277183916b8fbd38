"""Least and most pieces, when orders are taken, and goods sold before they are there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event, update

from marketplace.catalog.models import Listing
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import SetClock, end_of_day, start_of_day
from marketplace.kernel.errors import Invalid, Refused
from marketplace.kernel.funds import FundSource
from marketplace.orders import queries, service
from marketplace.orders.models import OrderLine, Purchase
from marketplace.payments.models import Tender
from marketplace.work import Runtime
from tests.databases import NOON
from tests.fixtures import People
from tests.makers.catalog import sold_on
from tests.makers.orders import a_placement, a_purchase, an_address, paid, the_order, the_payment
from tests.orders.test_buying_pages import text_of
from tests.orders.test_final_sale import SignIn

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def problem(people: People) -> str:
    """What the basket says of its only line."""
    with people.runtime.reading() as session:
        filled = queries.basket(session, people.actor("employee"), people.runtime.clock.now())
    ((row,),) = (parcel.rows for parcel in filled.parcels)
    assert filled.is_ready == (not row.problem)
    return row.problem


def put(people: People, listing: Listing, pieces: int) -> None:
    with people.runtime.work(people.actor("employee")) as w:
        service.put(w, listing.id, pieces)


def refused(people: People, listing: Listing, pieces: int) -> str:
    """The code by which so many pieces cannot be bought; "": they were."""
    try:
        a_purchase(people, listing, lines=((listing.id, pieces),))
    except Refused as fault:
        return fault.code
    return ""


def cancel(people: People, purchase: Purchase) -> None:
    with people.runtime.work(people.actor("employee")) as w:
        service.cancel(w, the_order(people, purchase).id, "示例：不要了")


def line_of(people: People, purchase: Purchase) -> OrderLine:
    with people.runtime.reading() as session:
        (line,) = queries.lines_of(session, the_order(people, purchase).id)
    return line


def faults(people: People) -> str:
    with people.runtime.reading() as session:
        return " ".join(queries.limit_faults(session))


def test_one_person_buys_no_more_than_allowed_however_often(people: People, melon: Listing) -> None:
    """Failure 2: the second purchase counts the first; what was called off counts no more."""
    sold_on(people, melon, max_per_person=5)
    put(people, melon, 3)
    assert problem(people) == ""
    assert refused(people, melon, 6) == "above_max_per_person"
    first = a_purchase(people, melon, lines=((melon.id, 3),))
    put(people, melon, 3)
    assert problem(people) == "above_max_per_person"
    assert refused(people, melon, 3) == "above_max_per_person"
    cancel(people, first)
    assert problem(people) == ""
    assert refused(people, melon, 3) == ""
    assert faults(people) == ""
    assert line_of(people, first).terms == {"max_per_person": 5}


def test_what_was_sold_against_its_terms_is_found(people: People, melon: Listing) -> None:
    """A planted defect of each sort."""
    sold_on(people, melon, max_per_person=5)
    a_purchase(people, melon)
    assert faults(people) == ""
    for terms, told in (
        ({"max_per_person": 1}, "has 2 of"),
        ({"min_quantity": 3}, "below_min_quantity"),
        ({"orders_last": "2025-12-31"}, "orders_closed"),
    ):
        with people.runtime.work() as w:
            w.session.execute(update(OrderLine).values(terms=terms))
        assert told in faults(people)


def test_money_that_comes_late_buys_no_more_than_one_person_may_have(
    people: People, clock: SetClock, melon: Listing
) -> None:
    """What had lapsed counts no more, so its place may be taken; then the late money goes back."""
    sold_on(people, melon, max_per_person=3)
    first = a_purchase(people, melon, tender=Tender.CARD)
    clock.advance(minutes=31)
    with people.runtime.work() as w:
        service.lapse_due(w)
    second = a_purchase(people, melon, key="again")
    with people.runtime.work() as w:
        assert not service.revive(w, first.id, first.total)
    cancel(people, second)
    with people.runtime.work() as w:
        assert service.revive(w, first.id, first.total)
    assert the_payment(people, first).amount == first.total


def test_what_is_sold_by_fives_is_not_sold_by_fours(people: People, melon: Listing) -> None:
    sold_on(people, melon, min_quantity=5)
    put(people, melon, 4)
    assert problem(people) == "below_min_quantity"
    assert refused(people, melon, 4) == "below_min_quantity"
    assert refused(people, melon, 5) == ""


def test_orders_are_taken_from_the_first_second_to_before_the_last(
    people: People, clock: SetClock, client_as: SignIn, melon: Listing
) -> None:
    """P16: a second before the season, and at the second of its end, nothing is sold."""
    first = NOON.date() + DAY
    opens, ends = start_of_day(first), end_of_day(first + DAY)
    put(people, melon, 1)
    sold_on(people, melon, orders_from=first, orders_last=first + DAY)
    page = f"/listings/{melon.id}"
    buyer = client_as("employee")
    for at, found in ((opens - SECOND, "orders_closed"), (opens, ""), (ends - SECOND, ""),
                      (ends, "orders_closed")):  # fmt: skip
        clock.at = at
        put(people, melon, 1)  # what was bought left the basket
        assert problem(people) == found
        assert refused(people, melon, 1) == found
        told = text_of(buyer, page)
        assert f"{first} 至 {first + DAY}" in told
        assert ("现在不接单" in told, "加入购物车" in told) == (bool(found), not found)
    with people.runtime.work(people.actor("employee")) as w:
        assert service.leave_out(w) == 1


def test_a_union_buys_for_many_within_the_season_alone(people: People, melon: Listing) -> None:
    """A limit per person does not bind a union, whose plan counts its heads; the season does."""
    sold_on(people, melon, max_per_person=1)
    (union,) = people.actor("union_buyer").organisations(Role.UNION_BUYER)
    said = {"organisation_id": union, "source": FundSource.UNION}
    to, buyer = an_address(people, "union_buyer"), people.actor("union_buyer")
    with people.runtime.work(buyer) as w:
        service.place(w, a_placement(to, melon, **said))
    assert faults(people) == ""
    sold_on(people, melon, orders_last=NOON.date() - DAY)
    with pytest.raises(Refused, match="orders_closed"), people.runtime.work(buyer) as w:
        service.place(w, a_placement(to, melon, **said))


def test_what_is_sold_before_it_is_there_leaves_from_its_day_on(
    people: People, melon: Listing, client_as: SignIn
) -> None:
    """Day and hours are frozen in the line; what the supplier says later is for later orders."""
    sold_on(people, melon, ships_from=date(2026, 12, 20), dispatch_hours=48)
    put(people, melon, 2)
    buyer = client_as("employee")
    told = "预售，2026-12-20 起发货"
    for page in (f"/listings/{melon.id}", "/basket", "/checkout"):
        assert told in text_of(buyer, page)
    made = paid(people, a_purchase(people, melon))
    sold_on(people, melon, ships_from=date(2026, 12, 28))
    line = line_of(people, made)
    assert line.ships_from == date(2026, 12, 20)
    assert line.leaves_by(NOON) == start_of_day(date(2026, 12, 22))
    assert told in text_of(buyer, f"/orders/{line.order_id}")
    packing = text_of(client_as("supplier"), "/supplier/packing")
    assert "2026-12-22 00:00" in packing
    sold_on(people, melon, ships_from=NOON.date(), dispatch_hours=48)
    now = line_of(people, a_purchase(people, melon))
    assert (now.terms, now.leaves_by(NOON)) == (None, NOON + 2 * DAY)


def test_terms_by_which_nobody_could_buy_are_refused(people: People, melon: Listing) -> None:
    for said, code in (
        ({"min_quantity": 5, "max_per_person": 4}, "limit_below_minimum"),
        ({"orders_from": date(2026, 12, 2), "orders_last": date(2026, 12, 1)}, "season_reversed"),
    ):
        with pytest.raises(Invalid, match=code):
            sold_on(people, melon, **said)


def test_a_purchase_without_limits_asks_no_more_questions(
    people: People, runtime: Runtime, melon: Listing
) -> None:
    """The count per person is asked where there is one; every other purchase is as fast as ever."""
    asked: list[str] = []

    def keep(_c: object, _cursor: object, words: str, *_more: object) -> None:
        asked.append(words)

    event.listen(runtime.engine, "before_cursor_execute", keep)
    try:
        a_purchase(people, melon, key="free")
        free = sum("sum(mp_order_line.quantity" in words for words in asked)
        sold_on(people, melon, max_per_person=50)
        a_purchase(people, melon, key="limited")
    finally:
        event.remove(runtime.engine, "before_cursor_execute", keep)
    assert (free, sum("sum(mp_order_line.quantity" in words for words in asked)) == (0, 1)
