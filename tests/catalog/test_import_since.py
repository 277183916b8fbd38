"""What people changed by hand while a sheet waited for its yes is not written over."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from catalog_import import Wanted, open_table
from marketplace.catalog import queries, service
from marketplace.catalog.models import CatalogImport, Listing
from marketplace.catalog.queries import Upload
from marketplace.catalog.states import AbsentGoods, ListingState
from marketplace.kernel.money import Money
from marketplace.suppliers.models import Supplier
from tests.fixtures import People, post
from tests.makers.catalog import a_draft_listing, a_listing, a_sheet, some_goods
from tests.makers.suppliers import an_approved_supplier

SOLD, REWORDED, RECOUNTED, PROPOSED, SUBMITTED, RENAMED, NEW, APPROVED = (
    f"SL-{n:04d}" for n in range(1, 9)
)
KEPT = {REWORDED, RECOUNTED, PROPOSED, SUBMITTED, RENAMED, NEW}
SHEET = a_sheet(*({"售价": "58.00", "库存": "90"} for _ in range(8)))


@pytest.fixture
def supplier(people: People) -> Supplier:
    return an_approved_supplier(people)


def look(people: People, supplier: Supplier, data: bytes) -> CatalogImport:
    """The preview, which waits for its yes."""
    with people.runtime.reading() as session:
        now = people.runtime.clock.now()
        checked = queries.check_sheet(session, supplier.id, Upload(data, "目录.csv"), now)
        told = queries.foretell(session, supplier.id, checked, now)
    shelf = service.shelved(people.runtime.tools.storage, (checked, told), data)
    with people.runtime.work(people.actor("supplier")) as w:
        taken = service.look(w, supplier.id, checked, told, shelf)
    service.forget_marked(people.runtime.tools.storage, supplier.id)
    return taken


def confirm(people: People, taken: CatalogImport, absent: AbsentGoods = AbsentGoods.LEAVE) -> None:
    with people.runtime.work(people.actor("supplier")) as w:
        service.confirm(w, taken.id, absent)
    while people.runtime.deliver():
        pass


def now(people: People, import_id: uuid.UUID) -> CatalogImport:
    with people.runtime.reading() as session:
        return session.get_one(CatalogImport, import_id)


def goods(people: People) -> dict[str, Listing]:
    with people.runtime.reading() as session:
        return {one.sku: one for one in session.scalars(select(Listing))}


def stock_the_shelf(people: People) -> dict[str, Listing]:
    made = {sku: a_listing(people, sku=sku) for sku in (SOLD, PROPOSED)}
    drafts = (REWORDED, RECOUNTED, SUBMITTED, RENAMED, APPROVED)
    return {**made, **{sku: a_draft_listing(people, sku=sku) for sku in drafts}}


def change_by_hand(people: People, there: dict[str, Listing]) -> None:
    """One of each: words, pieces, a proposal, a submission, another number, a new good; beside
    them a sale and an approval, which are no changes of the supplier's."""
    with people.runtime.work(people.actor("supplier")) as w:
        service.revise(w, there[REWORDED].id, some_goods(REWORDED, title="示例 手工改名的瓜"))
        service.set_stock(w, there[RECOUNTED].id, 77)
        service.revise(w, there[PROPOSED].id, some_goods(PROPOSED, title="示例 提议的瓜"))
        service.submit(w, there[SUBMITTED].id)
        service.revise(w, there[RENAMED].id, some_goods("SL-9999"))
    a_draft_listing(people, sku=NEW, stock=5)
    with people.runtime.work() as w:
        service.sell(w, service.hold(w, there[SOLD].id, 2, w.now.replace(year=2027)).id)


def test_rows_of_goods_that_a_person_changed_since_the_preview_are_left_alone_and_named(
    people: People, supplier: Supplier
) -> None:
    """P23: the counts add up, and nothing typed by hand is lost."""
    there = stock_the_shelf(people)
    with people.runtime.work(people.actor("supplier")) as w:
        waiting = service.submit(w, there[APPROVED].id)
    taken = look(people, supplier, SHEET)
    change_by_hand(people, there)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.approve(w, waiting.id, waiting.fingerprint)
    confirm(people, taken)
    done, found = now(people, taken.id), goods(people)
    assert (done.created, done.updated, done.unchanged, done.refused) == (0, 2, 0, len(KEPT))
    assert {said["value"] for code, said in done.refusals.values()} == KEPT
    assert {code for code, _said in done.refusals.values()} == {"changed_since_preview"}
    assert found[REWORDED].title == "示例 手工改名的瓜"
    assert (found[RECOUNTED].received, found[NEW].received) == (77, 5)
    assert found[SUBMITTED].state is ListingState.SUBMITTED
    assert {found[sku].received for sku in (SOLD, APPROVED)} == {90}
    with people.runtime.reading() as session:
        waits = queries.open_change(session, there[PROPOSED].id)
        assert waits is not None
        assert waits.content["title"] == "示例 提议的瓜"


def test_a_row_that_says_what_was_typed_since_is_unchanged(
    people: People, supplier: Supplier
) -> None:
    draft = a_draft_listing(people, sku="SL-0001")
    taken = look(people, supplier, a_sheet({"库存": "90"}))
    confirm(people, look(people, supplier, a_sheet({"库存": "90"})))
    assert now(people, taken.id).ended_at is not None  # the second sheet took its place
    taken = look(people, supplier, a_sheet({"库存": "91"}))
    with people.runtime.work(people.actor("supplier")) as w:
        service.set_stock(w, draft.id, 91)
    confirm(people, taken)
    assert (now(people, taken.id).unchanged, now(people, taken.id).refused) == (1, 0)


def test_goods_beside_the_sheet_that_a_person_changed_since_stay_and_are_named(
    people: People, supplier: Supplier
) -> None:
    made = {sku: a_draft_listing(people, sku=sku) for sku in ("B-1", "B-2")}
    taken = look(people, supplier, a_sheet({}))
    with people.runtime.work(people.actor("supplier")) as w:
        service.set_stock(w, made["B-1"].id, 33)
    confirm(people, taken, AbsentGoods.EMPTY)
    done, found = now(people, taken.id), goods(people)
    assert (found["B-1"].available, found["B-2"].available, done.absent) == (33, 0, 1)
    assert done.refusals == {"absent:B-1": ["absent_changed", {"value": "B-1"}]}


def test_what_an_earlier_sheet_wrote_while_this_one_waited_is_written_over(
    people: People, supplier: Supplier
) -> None:
    """The queue: the later sheet says how it shall be, but for what a person typed between."""
    skus = ("SL-0001", "SL-0002", "SL-0003")
    shown = a_listing(people, sku=skus[0])
    typed = a_draft_listing(people, sku=skus[1])
    long = a_sheet(
        *({"货号": f"L-{n}"} for n in range(service.SMALL)), *({"货号": s} for s in skus)
    )
    with people.runtime.reading() as session:
        at = people.runtime.clock.now()
        checked = queries.check_sheet(session, supplier.id, Upload(long, "目录.csv"), at)
        told = queries.foretell(session, supplier.id, checked, at)
    with people.runtime.work(people.actor("supplier")) as w:
        service.accept(w, supplier.id, checked, told=told)
    taken = look(people, supplier, a_sheet(*({"货号": s, "售价": "57.00"} for s in skus)))
    with people.runtime.work(people.actor("supplier")) as w:
        service.confirm(w, taken.id)
    people.runtime.deliver()  # the first part of the long sheet
    with people.runtime.work(people.actor("supplier")) as w:
        service.revise(w, typed.id, some_goods(skus[1], title="示例 手工改名的瓜"))
    while people.runtime.deliver():
        pass
    done, found = now(people, taken.id), goods(people)
    assert (done.updated, done.refused) == (2, 1)
    assert found[skus[1]].title == "示例 手工改名的瓜"
    assert found[skus[2]].sale_price == Money(57_00)
    with people.runtime.reading() as session:
        waits = queries.open_change(session, shown.id)
        assert waits is not None
        assert waits.content["sale_price"] == 57_00


@pytest.mark.sqlite_only
def test_the_page_names_the_rows_and_hands_the_sheet_back_with_them_marked(
    people: People, supplier: Supplier, client_as: Callable[[str], FlaskClient]
) -> None:
    draft = a_draft_listing(people, sku="SL-0002")
    taken = look(people, supplier, a_sheet({}, {"售价": "58.00"}))
    with people.runtime.work(people.actor("supplier")) as w:
        service.set_stock(w, draft.id, 77)
    client, here = client_as("supplier"), f"/supplier/import/{taken.id}"
    assert post(client, f"{here}/confirm", on=here).status_code == 303
    while people.runtime.deliver():
        pass
    page = client.get(here).get_data(as_text=True)
    assert "预演之后有人改过这件商品" in page
    assert f"{here}/marked" in page
    answer = client.get(f"{here}/marked")
    table = open_table(answer.data, Wanted("listing"))
    assert "预演之后有人改过" not in "".join(next(iter(table.rows)).cells)
    (second,) = [row for row in open_table(answer.data, Wanted("listing")).rows if row.row == 3]
    assert "预演之后有人改过" in second.cells[-1]
    again = look(people, supplier, a_sheet({}))
    assert client.get(f"{here}/marked").status_code == 404
    assert "marked" not in client.get(f"/supplier/import/{again.id}").get_data(as_text=True)
