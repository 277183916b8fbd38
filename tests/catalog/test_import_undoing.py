"""The last sheet can be taken back, exactly, while nothing of it was sold."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from marketplace.catalog import queries, service
from marketplace.catalog.models import (
    CatalogImport,
    ChangeSet,
    ImportedBefore,
    Listing,
    ListingVillage,
)
from marketplace.catalog.queries import Upload
from marketplace.catalog.states import AbsentGoods, ChangeState, ImportState, ListingState
from marketplace.kernel.errors import Missing, Refused, WrongState
from marketplace.kernel.money import Money
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.service import accept_paper, hand_in
from marketplace.suppliers.states import PaperKind
from tests.fixtures import People
from tests.makers.catalog import (
    a_draft_listing,
    a_listing,
    a_sheet,
    a_submitted_listing,
    some_goods,
)
from tests.makers.suppliers import a_draft_supplier, a_paper, an_approved_supplier

MOVES_ON = {"version"}


@pytest.fixture
def supplier(people: People) -> Supplier:
    return an_approved_supplier(people)


def take_in(
    people: People,
    supplier: Supplier,
    data: bytes,
    absent_goods: AbsentGoods = AbsentGoods.LEAVE,
) -> CatalogImport:
    with people.runtime.reading() as session:
        now = people.runtime.clock.now()
        checked = queries.check_sheet(session, supplier.id, Upload(data, "目录.csv"), now)
        told = queries.foretell(session, supplier.id, checked, now)
    with people.runtime.work(people.actor("supplier")) as w:
        taken = service.accept(w, supplier.id, checked, told=told, absent_goods=absent_goods)
    while people.runtime.deliver():
        pass
    return taken


def undo(people: People, import_id: uuid.UUID, name: str = "supplier") -> CatalogImport:
    with people.runtime.work(people.actor(name)) as w:
        return service.undo(w, import_id)


def content(people: People) -> dict[str, tuple[Any, ...]]:
    """Everything about every listing, with its villages, by stock number."""
    columns = [one for one in Listing.__table__.c if one.name not in MOVES_ON]
    with people.runtime.reading() as session:
        found = {row.sku: (tuple(row), row.id) for row in session.execute(select(*columns))}
        return {
            sku: (
                said,
                tuple(
                    session.scalars(
                        select(ListingVillage.village_id)
                        .where(ListingVillage.listing_id == listing_id)
                        .order_by(ListingVillage.village_id)
                    )
                ),
            )
            for sku, (said, listing_id) in found.items()
        }


def test_an_undone_sheet_leaves_everything_as_it_was_and_withdraws_what_it_brought(
    people: People, supplier: Supplier
) -> None:
    a_listing(people, sku="SL-0001")
    a_listing(people, sku="SL-0002", stock=9)
    a_listing(people, sku="旧", stock=8)
    a_draft_listing(people, sku="SL-0004")
    before = content(people)
    changes = {"售价": "66.00", "品名": "示例 改过的瓜", "类目": "干果", "库存": "90"}
    sheet = a_sheet(changes, {"库存": "70"}, {"货号": "新"}, changes)
    taken = take_in(people, supplier, sheet, AbsentGoods.WITHDRAW)
    after = content(people)
    assert all(after[sku] != before[sku] for sku in before)
    assert undo(people, taken.id).state is ImportState.UNDONE
    undone = content(people)
    assert {sku: undone[sku] for sku in before} == before
    with people.runtime.reading() as session:
        new = session.scalars(select(Listing).where(Listing.sku == "新")).one()
        assert new.state is ListingState.WITHDRAWN
        assert session.scalars(select(ImportedBefore)).all() == []
        proposed = session.scalars(select(ChangeSet.state)).all()
        assert set(proposed) == {ChangeState.SUPERSEDED}  # what it would have made of goods on sale


def test_what_waited_for_a_reviewer_before_the_sheet_waits_again(
    people: People, supplier: Supplier
) -> None:
    waiting = a_submitted_listing(people, sku="SL-0001")
    taken = take_in(people, supplier, a_sheet({"售价": "66.00"}))
    undo(people, taken.id)
    with people.runtime.reading() as session:
        found = session.get_one(Listing, waiting.id)
        assert (found.state, found.sale_price) == (ListingState.SUBMITTED, waiting.sale_price)
        assert list(queries.clock_faults(session)) == []
    with people.runtime.work(people.actor("reviewer")) as w:
        assert service.approve(w, waiting.id, waiting.fingerprint).state is ListingState.ON_SALE


def test_an_undone_sheet_can_be_taken_in_again(people: People, supplier: Supplier) -> None:
    sheet = a_sheet({}, {})
    taken = take_in(people, supplier, sheet)
    undo(people, taken.id)
    again = take_in(people, supplier, sheet)
    assert (again.created, again.updated, again.unchanged) == (0, 2, 0)
    with people.runtime.reading() as session:
        states = session.scalars(select(Listing.state)).all()
    assert states == [ListingState.DRAFT, ListingState.DRAFT]


@pytest.mark.parametrize("sku", ["SL-0001", "新"])
def test_what_is_held_or_sold_of_a_sheet_keeps_all_of_it(
    people: People, supplier: Supplier, sku: str
) -> None:
    """Guarded in the statement itself: a buyer who comes first wins."""
    a_listing(people, sku="SL-0001")
    taken = take_in(people, supplier, a_sheet({"库存": "70"}, {"货号": "新"}))
    with people.runtime.work(people.actor("supplier")) as w:
        service.submit_all(w)
    with people.runtime.reading() as session:
        listing = session.scalars(select(Listing).where(Listing.sku == sku)).one()
    if listing.state is not ListingState.ON_SALE:
        with people.runtime.work(people.actor("reviewer")) as w:
            service.approve(w, listing.id, listing.fingerprint)
    with people.runtime.work() as w:
        service.hold(w, listing.id, 1, w.now.replace(year=2027))
    before = content(people)
    with pytest.raises(Refused) as refused:
        undo(people, taken.id)
    assert refused.value.code == "import_sold"
    assert content(people) == before


def test_pieces_promised_before_the_sheet_do_not_hinder(people: People, supplier: Supplier) -> None:
    old = a_listing(people, sku="SL-0001", stock=50)
    with people.runtime.work() as w:
        kept = service.hold(w, old.id, 5, w.now.replace(year=2027))
    taken = take_in(people, supplier, a_sheet({"库存": "70"}))
    with people.runtime.work() as w:
        service.sell(w, kept.id)
    undo(people, taken.id)
    with people.runtime.reading() as session:
        found = session.get_one(Listing, old.id)
        assert (found.received, found.available, found.sold) == (50, 45, 5)


def test_goods_that_were_changed_by_hand_since_keep_the_sheet(
    people: People, supplier: Supplier
) -> None:
    old = a_listing(people, sku="SL-0001")
    taken = take_in(people, supplier, a_sheet({"售价": "66.00"}))
    people.runtime.clock.advance(seconds=1)  # type: ignore[attr-defined]  # the clock of tests
    with people.runtime.work(people.actor("supplier")) as w:
        service.revise(w, old.id, some_goods("SL-0001", sale_price=Money(70_00)))
    with pytest.raises(Refused) as refused:
        undo(people, taken.id)
    assert refused.value.code == "import_changed"


@pytest.mark.parametrize("absent_goods", [AbsentGoods.LEAVE, AbsentGoods.EMPTY])
def test_what_a_reviewer_took_out_of_the_zone_does_not_come_back_by_an_undo(
    people: People, supplier: Supplier, absent_goods: AbsentGoods
) -> None:
    """P23: named by the sheet or not, its words are those that the sheet left, its state is not."""
    old = a_listing(people, sku="SL-0001")
    row = {"库存": "70"} if absent_goods is AbsentGoods.LEAVE else {"货号": "新"}
    taken = take_in(people, supplier, a_sheet(row), absent_goods)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.withdraw(w, old.id, "示例：有害")
    with pytest.raises(Refused) as refused:
        undo(people, taken.id)
    assert refused.value.code == "import_changed"
    with people.runtime.reading() as session:
        assert session.get_one(Listing, old.id).state is ListingState.WITHDRAWN


def test_pieces_that_were_counted_by_hand_since_keep_the_sheet(
    people: People, supplier: Supplier
) -> None:
    old = a_listing(people, sku="SL-0001")
    taken = take_in(people, supplier, a_sheet({"库存": "70"}))
    with people.runtime.work(people.actor("supplier")) as w:
        service.set_stock(w, old.id, 0)  # the store is empty
    with pytest.raises(Refused) as refused:
        undo(people, taken.id)
    assert refused.value.code == "import_changed"


def test_goods_come_back_to_the_place_at_the_gate_that_they_have_now(
    people: People, supplier: Supplier
) -> None:
    """A paper of its own was accepted after the sheet."""
    old = a_listing(people, sku="SL-0001")
    taken = take_in(people, supplier, a_sheet({"库存": "70"}))
    with people.runtime.work(people.actor("supplier")) as w:
        paper = hand_in(w, supplier.id, a_paper(PaperKind.ORGANIC, goods_id=old.id))
    with people.runtime.work(people.actor("reviewer")) as w:
        accept_paper(w, paper.id)
    undo(people, taken.id)
    with people.runtime.reading() as session:
        assert session.get_one(Listing, old.id).standing == old.id.hex
        assert list(queries.gate_faults(session)) == []


def test_only_the_last_sheet_can_be_undone_and_only_once(
    people: People, supplier: Supplier
) -> None:
    first = take_in(people, supplier, a_sheet({}))
    people.runtime.clock.advance(seconds=1)  # type: ignore[attr-defined]  # the clock of tests
    second = take_in(people, supplier, a_sheet({"售价": "66.00"}))
    with pytest.raises(Refused) as refused:
        undo(people, first.id)
    assert refused.value.code == "import_not_last"
    undo(people, second.id)
    with pytest.raises(WrongState):
        undo(people, second.id)


def test_a_strangers_sheet_is_missing(people: People, supplier: Supplier) -> None:
    """P18"""
    taken = take_in(people, supplier, a_sheet({}))
    a_draft_supplier(people, "second_supplier", serial=2)
    with pytest.raises(Missing):
        undo(people, taken.id, "second_supplier")
