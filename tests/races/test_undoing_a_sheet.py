"""A sheet is taken back while somebody buys its goods: exactly one of the two comes through."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from marketplace.catalog import queries, service
from marketplace.catalog.models import Listing
from marketplace.catalog.queries import Upload
from marketplace.catalog.states import AbsentGoods, ListingState
from marketplace.kernel.clock import SetClock
from marketplace.orders import service as orders
from marketplace.suppliers.models import Supplier
from tests.fixtures import People
from tests.makers.catalog import a_sheet
from tests.makers.orders import a_placement, an_address
from tests.makers.suppliers import an_approved_supplier
from tests.races.storm import all_is_well, doing, in_any_order

ROUNDS = 8


def take_in(people: People, supplier: Supplier, *rows: dict[str, str]) -> uuid.UUID:
    with people.runtime.reading() as session:
        now = people.runtime.clock.now()
        checked = queries.check_sheet(session, supplier.id, Upload(a_sheet(*rows), "a.csv"), now)
    with people.runtime.work(people.actor("supplier")) as w:
        return service.accept(w, supplier.id, checked, absent_goods=AbsentGoods.LEAVE).id


def on_sale(people: People, sku: str) -> Listing:
    with people.runtime.work(people.actor("supplier")) as w:
        service.submit_all(w)
        found = w.session.scalars(select(Listing).where(Listing.sku == sku)).one()
    with people.runtime.work(people.actor("reviewer")) as w:
        return service.approve(w, found.id, found.fingerprint)


def stock(people: People, listing: Listing) -> tuple[ListingState, int, int]:
    """State, pieces offered in all, pieces held."""
    with people.runtime.reading() as session:
        found = session.get_one(Listing, listing.id)
        return found.state, found.received, found.reserved


def test_of_an_undo_and_a_sale_of_what_the_sheet_brought_or_changed_exactly_one_wins(
    people: People, clock: SetClock
) -> None:
    supplier, address = an_approved_supplier(people), an_address(people)
    staff, buyer = people.actor("supplier"), people.actor("employee")
    for place in range(ROUNDS):
        row = {"货号": f"SL-{place}"}
        if is_known := place % 2 == 1:  # there before, and the sheet only offers more of it
            take_in(people, supplier, {**row, "库存": "10"})
            listing = on_sale(people, row["货号"])
        clock.advance(seconds=1)
        sheet = take_in(people, supplier, {**row, "库存": "20"})
        if not is_known:
            listing = on_sale(people, row["货号"])
        undone = doing(people, staff, service.undo, sheet)
        bought = doing(people, buyer, orders.place, a_placement(address, listing))
        outcomes = in_any_order([undone, bought], place)
        state, received, held = stock(people, listing)
        if "import_sold" in outcomes:
            assert (state, received, held) == (ListingState.ON_SALE, 20, 2)
        elif is_known:  # what was there before the sheet may be bought after the undo as well
            assert (state, received, held) == (ListingState.ON_SALE, 10, 2)
        else:
            assert (state, received, held) == (ListingState.WITHDRAWN, 20, 0)
        wins = 2 if is_known and "import_sold" not in outcomes else 1
        assert outcomes.count("done") == wins, outcomes
    all_is_well(people)


def test_what_is_sold_before_the_undo_is_told_to_it(people: People) -> None:
    supplier, address = an_approved_supplier(people), an_address(people)
    sheet = take_in(people, supplier, {"库存": "20"})
    listing = on_sale(people, "SL-0001")
    with people.runtime.work(people.actor("employee")) as w:
        orders.place(w, a_placement(address, listing))
    undone = doing(people, people.actor("supplier"), service.undo, sheet)
    assert in_any_order([undone], 0) == ["import_sold"]
    assert stock(people, listing) == (ListingState.ON_SALE, 20, 2)
