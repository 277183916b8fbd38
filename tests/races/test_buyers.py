"""Thirty-two people want the same ten pieces at the same moment, again and again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from marketplace.catalog import service as catalog
from marketplace.catalog.models import Listing, Reservation
from marketplace.catalog.states import ReservationState
from marketplace.kernel.actor import Actor
from marketplace.orders import service
from marketplace.orders.models import Address, BasketLine, Order
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.orders import a_placement
from tests.makers.sales import some_goods_on_sale
from tests.makers.suppliers import COUNTY, an_approved_supplier
from tests.races.storm import a_crowd, all_is_well, at_once, doing, tally

BUYERS, PIECES, ROUNDS = 32, 10, 50
Buyer = tuple[Actor, Address]


@pytest.fixture
def crowd(people: People) -> list[Buyer]:
    """Thirty-two people, each with an address."""

    def settled(actor: Actor) -> Buyer:
        told = service.NewAddress("示例收件人", "13800000000", COUNTY, "示例路 1 号")
        with people.runtime.work(actor) as w:
            return actor, service.add_address(w, told)

    return [settled(actor) for actor in a_crowd(people, BUYERS)]


def buys(people: People, buyer: Buyer, *lines: tuple[Listing, int]) -> Callable[[], object]:
    actor, address = buyer
    asked = tuple((listing.id, pieces) for listing, pieces in lines)
    return doing(people, actor, service.place, a_placement(address, lines=asked))


def stock(people: People, listing: Listing) -> tuple[int, int, int]:
    with people.runtime.reading() as session:
        found = session.get_one(Listing, listing.id)
        return found.available, found.reserved, found.sold


def test_of_thirty_two_ten_buy_in_each_of_fifty_rounds(people: People, crowd: list[Buyer]) -> None:
    """P10, P11, P35: never oversold, never unsold, nobody sent away with a fault."""
    an_approved_supplier(people)
    melon = a_listing(people, stock=PIECES)
    supplier = people.actor("supplier")
    for ended in range(1, ROUNDS + 1):
        outcomes = at_once(*(buys(people, buyer, (melon, 1)) for buyer in crowd))
        assert tally(outcomes) == {"done": PIECES, "out_of_stock": BUYERS - PIECES}
        assert stock(people, melon) == (0, PIECES * ended, 0)
        with people.runtime.work(supplier) as w:
            catalog.set_stock(w, melon.id, PIECES * (ended + 1))
    with people.runtime.reading() as session:
        assert session.scalar(select(func.count(Order.id))) == PIECES * ROUNDS
        held = select(func.sum(Reservation.quantity)).where(
            Reservation.state == ReservationState.HELD
        )
        assert session.scalar(held) == PIECES * ROUNDS
    all_is_well(people)


def test_the_same_good_twice_in_one_cart_is_one_demand(people: People, crowd: list[Buyer]) -> None:
    """P10: two lines of two pieces are four; of eleven pieces two carts get theirs."""
    an_approved_supplier(people)
    melon = a_listing(people, stock=11)
    outcomes = at_once(*(buys(people, one, (melon, 2), (melon, 2)) for one in crowd[:16]))
    assert tally(outcomes) == {"done": 2, "out_of_stock": 14}
    assert stock(people, melon) == (3, 8, 0)
    all_is_well(people)


def test_one_person_in_eight_tabs_has_no_more_than_allowed(
    people: People, crowd: list[Buyer]
) -> None:
    """P10, P35: the limit per person is exact, with and without others who buy the same."""
    an_approved_supplier(people)
    melon = a_listing(people, stock=100, max_per_person=3)
    for ended in range(1, 4):
        tabs = [buys(people, crowd[ended], (melon, 1)) for _ in range(8)]
        others = [buys(people, crowd[ended + 10 * n], (melon, 1)) for n in (1, 2)]
        outcomes = at_once(*tabs, *others)
        assert tally(outcomes) == {"done": 5, "above_max_per_person": 5}
    assert stock(people, melon) == (85, 15, 0)
    all_is_well(people)


def test_carts_in_opposite_order_do_not_wait_for_each_other(
    people: People, crowd: list[Buyer]
) -> None:
    """P10, P11: everybody takes stock in one order, whatever the order of the cart."""
    goods = some_goods_on_sale(people)
    there = [(goods.melons, 1), (goods.peppers, 1), (goods.nuts, 1)]
    back = there[::-1]
    for _ in range(3):
        carts = (buys(people, one, *(there if n % 2 else back)) for n, one in enumerate(crowd[:8]))
        assert tally(at_once(*carts)) == {"done": 8}
    for listing in (goods.melons, goods.peppers, goods.nuts):
        assert stock(people, listing) == (76, 24, 0)
    all_is_well(people)


def test_stock_that_is_cut_while_people_buy_is_never_below_what_was_promised(
    people: People, crowd: list[Buyer]
) -> None:
    """P10: the supplier corrects the count in the middle of the rush, and then to too little."""
    an_approved_supplier(people)
    melon = a_listing(people, stock=100)
    supplier = people.actor("supplier")
    for received in (14, 20):
        cut = doing(people, supplier, catalog.set_stock, melon.id, received)
        outcomes = at_once(cut, *(buys(people, one, (melon, 1)) for one in crowd[:13]))
        assert outcomes[0] == "done"
        assert sum(stock(people, melon)) == received
    before = stock(people, melon)  # who came before the second count may have been turned away
    too_little = doing(people, supplier, catalog.set_stock, melon.id, before[1] - 1)
    assert at_once(*[too_little] * 4) == ["stock_below_promised"] * 4
    assert stock(people, melon) == before
    all_is_well(people)


def test_pieces_put_in_from_eight_tabs_are_all_in_the_basket(people: People) -> None:
    """P10: the first puts the line in, the others add to it; none is lost."""
    an_approved_supplier(people)
    melon = a_listing(people)
    buyer = people.actor("employee")
    assert tally(at_once(*[doing(people, buyer, service.put, melon.id, 1)] * 8)) == {"done": 8}
    with people.runtime.reading() as session:
        assert session.scalars(select(BasketLine.quantity)).all() == [8]
