"""Pieces: held, sold and given back exactly once; never more than there are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from marketplace.catalog import queries, service
from marketplace.catalog.models import Listing, Reservation
from marketplace.kernel.errors import Invalid, Missing, Refused, WrongState
from marketplace.suppliers import service as suppliers
from marketplace.work import Runtime
from tests.fixtures import People
from tests.makers.catalog import a_draft_listing, a_listing
from tests.makers.suppliers import an_approved_supplier


@pytest.fixture
def listing(people: People) -> Listing:
    an_approved_supplier(people)
    return a_listing(people, stock=10)


def held(people: People, listing: Listing, quantity: int = 3) -> Reservation:
    with people.runtime.work(people.actor("employee")) as w:
        return service.hold(w, listing.id, quantity, w.now + timedelta(minutes=30))


def pieces(runtime: Runtime, listing_id: UUID) -> tuple[int, int, int]:
    """Available, reserved, sold."""
    with runtime.reading() as session:
        found = session.get_one(Listing, listing_id)
        assert list(queries.stock_faults(session)) == []
        return found.available, found.reserved, found.sold


def test_held_pieces_are_gone_for_others(people: People, listing: Listing) -> None:
    held(people, listing)
    assert pieces(people.runtime, listing.id) == (7, 3, 0)


def test_more_than_there_is_cannot_be_held(people: People, listing: Listing) -> None:
    held(people, listing, 8)
    with pytest.raises(service.OutOfStock) as refusal:
        held(people, listing, 3)
    assert refusal.value.data["available"] == 2
    assert pieces(people.runtime, listing.id) == (2, 8, 0)


@pytest.mark.parametrize("quantity", [-1, 0, 10_000, 10**18])
def test_a_quantity_beyond_reason_is_refused(
    people: People, listing: Listing, quantity: int
) -> None:
    with pytest.raises(Invalid):
        held(people, listing, quantity)


def test_a_sold_piece_is_sold_once(people: People, listing: Listing) -> None:
    """P11: a reservation ends once."""
    kept = held(people, listing)
    with people.runtime.work() as w:
        service.sell(w, kept.id)
    assert pieces(people.runtime, listing.id) == (7, 0, 3)
    with pytest.raises(WrongState), people.runtime.work() as w:
        service.sell(w, kept.id)
    with pytest.raises(WrongState), people.runtime.work() as w:
        service.release(w, kept.id)
    assert pieces(people.runtime, listing.id) == (7, 0, 3)


def test_a_released_piece_is_released_once(people: People, listing: Listing) -> None:
    """P11: a reservation ends once."""
    kept = held(people, listing)
    with people.runtime.work() as w:
        service.release(w, kept.id)
    with pytest.raises(WrongState), people.runtime.work() as w:
        service.release(w, kept.id)
    assert pieces(people.runtime, listing.id) == (10, 0, 0)


def test_sold_pieces_come_back_once_after_a_cancelled_order(
    people: People, listing: Listing
) -> None:
    """P11: and only while they are sold."""
    kept = held(people, listing)
    with people.runtime.work() as w:
        service.sell(w, kept.id)
        service.restock(w, kept.id)
    with pytest.raises(WrongState), people.runtime.work() as w:
        service.restock(w, kept.id)
    assert pieces(people.runtime, listing.id) == (10, 0, 0)


def test_an_unknown_reservation_is_missing(people: People) -> None:
    with pytest.raises(Missing), people.runtime.work() as w:
        service.sell(w, uuid4())


def test_a_draft_cannot_be_held(people: People) -> None:
    """Though its supplier and its origin are in order."""
    an_approved_supplier(people)
    with pytest.raises(service.NotForSale):
        held(people, a_draft_listing(people))


def test_goods_of_a_suspended_supplier_cannot_be_held(people: People, listing: Listing) -> None:
    """P16: the hold asks again what the page asked."""
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.suspend(w, listing.supplier_id, "抽检不合格")
    with pytest.raises(service.NotForSale):
        held(people, listing)


def test_stock_is_changed_at_once_and_stays_on_sale(people: People, listing: Listing) -> None:
    held(people, listing)
    with people.runtime.work(people.actor("supplier")) as w:
        changed = service.set_stock(w, listing.id, 25)
    assert changed.state == "on_sale"
    assert pieces(people.runtime, listing.id) == (22, 3, 0)


def test_stock_is_never_less_than_what_is_promised(people: People, listing: Listing) -> None:
    """P10: available + reserved + sold = received."""
    held(people, listing)
    with pytest.raises(Refused) as refusal, people.runtime.work(people.actor("supplier")) as w:
        service.set_stock(w, listing.id, 2)
    assert refusal.value.code == "stock_below_promised"
    assert refusal.value.data["least"] == 3
    assert pieces(people.runtime, listing.id) == (7, 3, 0)


def test_nobody_sets_the_stock_of_a_stranger(people: People, listing: Listing) -> None:
    for name in ("second_supplier", "reviewer"):
        with pytest.raises(Missing), people.runtime.work(people.actor(name)) as w:
            service.set_stock(w, listing.id, 1)


def test_thirty_two_threads_get_exactly_the_ten_pieces_there_are(
    people: People, listing: Listing
) -> None:
    buyer = people.actor("employee")

    def buy(_: int) -> bool:
        try:
            with people.runtime.work(buyer) as w:
                service.hold(w, listing.id, 1, w.now + timedelta(minutes=30))
        except service.OutOfStock:
            return False
        return True

    with ThreadPoolExecutor(32) as crowd:
        answers = list(crowd.map(buy, range(32)))
    assert sum(answers) == 10
    assert pieces(people.runtime, listing.id) == (0, 10, 0)
