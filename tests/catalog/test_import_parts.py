"""A long sheet is written part by part; wherever it is cut off, it goes on and ends the same."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from marketplace.catalog import queries, service
from marketplace.catalog.models import CatalogImport, Listing
from marketplace.catalog.queries import Checked, Upload
from marketplace.catalog.states import AbsentGoods, ImportState, ListingState
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Invalid, Missing, WrongState
from marketplace.kernel.money import Money
from marketplace.suppliers.models import Supplier
from marketplace.work.models import Parcel, TrailEntry
from marketplace.work.outbox import LEASE
from tests.catalog.killed_worker import killed
from tests.databases import Place
from tests.fixtures import People
from tests.makers.catalog import a_listing, a_sheet
from tests.makers.suppliers import a_draft_supplier, an_approved_supplier

PARTS = 3
LONG = 2 * queries.PART + 1  # rows: three parts
Counts = tuple[int, int, int, int]


@pytest.fixture
def supplier(people: People) -> Supplier:
    return a_draft_supplier(people)


def rows(count: int = LONG, **changes: str) -> bytes:
    return a_sheet(*({**changes, "货号": f"L-{number:05d}"} for number in range(count)))


def look_at(people: People, supplier: Supplier, data: bytes) -> Checked:
    with people.runtime.reading() as session:
        now = people.runtime.clock.now()
        return queries.check_sheet(session, supplier.id, Upload(data, "目录.csv"), now)


def hand_in(people: People, supplier: Supplier, data: bytes) -> CatalogImport:
    checked = look_at(people, supplier, data)
    with people.runtime.work(people.actor("supplier")) as w:
        return service.accept(w, supplier.id, checked)


def deliver_all(people: People) -> None:
    while people.runtime.deliver():
        pass


def now(people: People, import_id: uuid.UUID) -> CatalogImport:
    with people.runtime.reading() as session:
        return session.get_one(CatalogImport, import_id)


def counts(taken: CatalogImport) -> Counts:
    return taken.created, taken.updated, taken.unchanged, taken.refused


def test_a_long_sheet_is_written_by_the_outbox_part_by_part(
    people: People, supplier: Supplier
) -> None:
    """P23: rows read = created + updated + unchanged + refused."""
    taken = hand_in(people, supplier, rows())
    assert (taken.state, taken.parts, taken.written) == (ImportState.WRITING, PARTS, 0)
    people.runtime.deliver()
    assert now(people, taken.id).written == queries.PART
    deliver_all(people)
    done = now(people, taken.id)
    assert (done.state, counts(done), done.rows) == (ImportState.DONE, (LONG, 0, 0, 0), LONG)


def test_a_long_sheet_again_changes_nothing(people: People, supplier: Supplier) -> None:
    """P23: Failure 38: the same file twice."""
    hand_in(people, supplier, rows())
    deliver_all(people)
    before = content(people)
    again = hand_in(people, supplier, rows())
    deliver_all(people)
    assert counts(now(people, again.id)) == (0, 0, LONG, 0)
    assert content(people) == before


def content(people: People) -> list[tuple[object, ...]]:
    """All goods, without the ids that each makes anew."""
    columns = (Listing.sku, Listing.state, Listing.fingerprint, Listing.received, Listing.available)
    with people.runtime.reading() as session:
        return [tuple(row) for row in session.execute(select(*columns).order_by(Listing.sku))]


def test_a_part_that_is_delivered_twice_is_written_once(people: People, supplier: Supplier) -> None:
    """P23: parcels come at least once."""
    taken = hand_in(people, supplier, rows())
    for _ in range(3):
        with people.runtime.work() as w:
            service.write_part(w, taken.id, 0)
    assert counts(now(people, taken.id)) == (queries.PART, 0, 0, 0)


def test_every_listing_of_a_long_sheet_has_its_trail_row_by_who_handed_it_in(
    people: People, supplier: Supplier
) -> None:
    """P29"""
    hand_in(people, supplier, rows())
    deliver_all(people)
    with people.runtime.reading() as session:
        told = session.execute(
            select(TrailEntry.actor, func.count(TrailEntry.subject_id.distinct()), func.count())
            .where(TrailEntry.subject_kind == "Listing", TrailEntry.verb == "draft")
            .group_by(TrailEntry.actor)
        ).all()
        assert [tuple(row) for row in told] == [(people.ids["supplier"], LONG, LONG)]


SHEET = queries.PART + 1  # rows: two parts
KILLS = {  # where the process is killed → the statement that it does not run, and which of these
    "before the goods of the first part": ("INSERT INTO mp_listing (", 1),
    "between these goods and their trail": ("INSERT INTO mp_trail", 1),
    "when the second part begins": ("UPDATE mp_catalog_import SET part=", 2),
    "while absent goods are withdrawn": ("UPDATE mp_listing SET state=", 1),
    "in the sheet that waited behind it": ("UPDATE mp_imported_before SET", 1),
}


def test_sheets_that_are_killed_wherever_they_are_end_as_without(
    people: People, place: Place, clock: SetClock
) -> None:
    """P23: Failure 38: kill -9 at any time, then resume: rows, absent goods, the next sheet."""
    supplier = an_approved_supplier(people)
    old = [a_listing(people, sku=f"OLD-{n}") for n in range(2)]
    checked = look_at(people, supplier, rows(SHEET))
    with people.runtime.reading() as session:
        told = queries.foretell(session, supplier.id, checked, clock.now())
    with people.runtime.work(people.actor("supplier")) as w:
        withdraw = AbsentGoods.WITHDRAW
        first = service.accept(w, supplier.id, checked, told=told, absent_goods=withdraw)
    second = hand_in(people, supplier, rows(SHEET, 售价="69.00"))
    lease = int(LEASE.total_seconds())
    for number, (words, count) in enumerate(KILLS.values()):
        worker = killed(place, words, count, later=number * lease)
        assert worker.returncode == -9, (words, worker.stderr.decode())
        with people.runtime.reading() as session:
            known = session.scalar(select(func.count()).select_from(Listing))
        assert known == now(people, first.id).written + len(old), words
    clock.advance(seconds=len(KILLS) * lease)
    deliver_all(people)
    one, two = now(people, first.id), now(people, second.id)
    assert (one.state, counts(one), one.absent) == (ImportState.DONE, (SHEET, 0, 0, 0), len(old))
    assert (two.state, counts(two)) == (ImportState.DONE, (0, SHEET, 0, 0))
    with people.runtime.reading() as session:
        prices = select(Listing.sale_price, Listing.state, func.count()).group_by(
            Listing.sale_price, Listing.state
        )
        assert {tuple(row) for row in session.execute(prices)} == {
            (Money(69_00), ListingState.DRAFT, SHEET),
            (Money(59_00), ListingState.WITHDRAWN, len(old)),
        }
        told_once = select(TrailEntry.verb, func.count()).where(
            TrailEntry.subject_kind == "Listing"
        )
        verbs = {row[0]: row[1] for row in session.execute(told_once.group_by(TrailEntry.verb))}
        assert (verbs["draft"], verbs["revise"], verbs["withdraw"]) == (SHEET + 2, SHEET, 2)


def test_nothing_of_a_written_sheet_is_kept(people: People, supplier: Supplier, data: Path) -> None:
    """P24: the rows wait in a private file, which goes when they are in."""
    hand_in(people, supplier, rows())
    kept = data / "papers" / "imports"
    assert len([path for path in kept.rglob("*") if path.is_file()]) == 1
    deliver_all(people)
    assert [path for path in kept.rglob("*") if path.is_file()] == []


def test_a_bad_row_anywhere_in_a_long_sheet_writes_nothing(
    people: People, supplier: Supplier, data: Path
) -> None:
    """P24: no rows, no files, no parcels."""
    bad = rows() + '"L-99999","x","瓜果","镇江","1","2","箱","1","",""\r\n'.encode()
    checked = look_at(people, supplier, bad)
    assert checked.report.refused == 1
    with pytest.raises(Invalid), people.runtime.work(people.actor("supplier")) as w:
        service.accept(w, supplier.id, checked)
    assert checked.report.problems[0].row == LONG + 2
    assert content(people) == []
    assert not (data / "papers" / "imports").exists()
    with people.runtime.reading() as session:
        assert session.scalar(select(func.count()).select_from(Parcel)) == 0


def test_what_was_sold_meanwhile_is_refused_in_its_row_and_the_rest_is_written(
    people: People,
) -> None:
    """P23: a row that was good when read and is not when written is counted and told."""
    supplier = an_approved_supplier(people)
    sold = a_listing(people, sku="L-00000", stock=50)
    taken = hand_in(people, supplier, rows(600, 库存="10"))
    with people.runtime.work() as w:
        service.hold(w, sold.id, 20, w.now.replace(year=2027))
    deliver_all(people)
    done = now(people, taken.id)
    assert (done.state, counts(done)) == (ImportState.DONE, (599, 0, 0, 1))
    assert done.refusals == {
        "2": ["stock_below_promised", {"field": "stock", "value": "10", "least": "20"}]
    }


def test_an_edit_of_goods_on_sale_in_a_long_sheet_is_proposed_with_its_trail(
    people: People,
) -> None:
    """P29: also by the thousand."""
    supplier = an_approved_supplier(people)
    shown = a_listing(people, sku="L-00000", stock=100)
    hand_in(people, supplier, rows(600))
    deliver_all(people)
    taken = hand_in(people, supplier, rows(600, 售价="69.00", 库存="7"))
    deliver_all(people)
    assert counts(now(people, taken.id)) == (0, 600, 0, 0)
    with people.runtime.reading() as session:
        found = session.get_one(Listing, shown.id)
        assert (found.state, found.sale_price, found.available) == (
            ListingState.ON_SALE, Money(59_00), 7,
        )  # fmt: skip  # one row
        told = select(TrailEntry.verb).where(TrailEntry.subject_id == shown.id)
        verbs = session.scalars(told.order_by(TrailEntry.number)).all()
        assert verbs[-1] == "set_stock"
        edits = select(TrailEntry.verb).where(TrailEntry.subject_kind == "ChangeSet")
        assert session.scalars(edits.order_by(TrailEntry.number)).all() == [
            "propose", "supersede", "propose",
        ]  # fmt: skip  # one row


def test_two_sheets_of_one_supplier_are_written_one_after_the_other(
    people: People, supplier: Supplier
) -> None:
    """Failure 38: two at the same time made the same good twice."""
    first = hand_in(people, supplier, rows())
    second = hand_in(people, supplier, rows(售价="69.00"))
    third = hand_in(people, supplier, rows(3, 售价="79.00"))
    waiting = [now(people, one.id).state for one in (first, second, third)]
    assert waiting == [ImportState.WRITING, ImportState.WAITING, ImportState.WAITING]
    deliver_all(people)
    assert counts(now(people, first.id)) == (LONG, 0, 0, 0)
    assert counts(now(people, second.id)) == (0, LONG, 0, 0)
    assert counts(now(people, third.id)) == (0, 3, 0, 0)
    assert len(content(people)) == LONG


def test_a_sheet_that_waits_can_be_stopped_and_the_next_one_moves_up(
    people: People, supplier: Supplier
) -> None:
    first, second, third = (hand_in(people, supplier, rows(600 + n)) for n in range(3))
    with people.runtime.work(people.actor("supplier")) as w:
        service.stop(w, second.id)
        service.stop(w, first.id)
    assert now(people, third.id).state is ImportState.WRITING
    deliver_all(people)
    assert counts(now(people, third.id)) == (602, 0, 0, 0)
    assert now(people, second.id).written == 0


def test_a_stopped_sheet_keeps_what_is_written_and_is_taken_up_again(
    people: People, supplier: Supplier
) -> None:
    taken = hand_in(people, supplier, rows())
    people.runtime.deliver()
    with people.runtime.work(people.actor("supplier")) as w:
        service.stop(w, taken.id)
    deliver_all(people)
    assert now(people, taken.id).state is ImportState.STOPPED
    assert len(content(people)) == queries.PART
    again = hand_in(people, supplier, rows())
    deliver_all(people)
    assert counts(now(people, again.id)) == (LONG - queries.PART, 0, queries.PART, 0)


def in_gb18030(*changes: dict[str, str]) -> bytes:
    return a_sheet(*changes).decode("utf-8-sig").encode("gb18030")


def test_a_sheet_in_gb18030_waits_for_a_look_at_its_words(
    people: People, supplier: Supplier
) -> None:
    """P26: confirmed, never guessed silently."""
    taken = hand_in(people, supplier, in_gb18030({}))
    deliver_all(people)
    assert (now(people, taken.id).state, content(people)) == (ImportState.ASKED, [])
    (entry,) = service.preview(people.runtime.tools.storage, taken)
    assert entry.said["title"] == "示例 伽师瓜 2 个装"
    with people.runtime.work(people.actor("supplier")) as w:
        service.confirm(w, taken.id)
    deliver_all(people)
    assert counts(now(people, taken.id)) == (1, 0, 0, 0)


def test_an_unanswered_question_ends_with_the_next_sheet(
    people: People, supplier: Supplier
) -> None:
    asked = hand_in(people, supplier, in_gb18030({}))
    hand_in(people, supplier, rows(3))
    deliver_all(people)
    assert now(people, asked.id).state is ImportState.STOPPED
    with pytest.raises(WrongState), people.runtime.work(people.actor("supplier")) as w:
        service.confirm(w, asked.id)


def test_a_strangers_import_is_missing(people: People, supplier: Supplier) -> None:
    """P18"""
    taken = hand_in(people, supplier, rows())
    a_draft_supplier(people, "second_supplier", serial=2)
    for verb in (service.confirm, service.stop):
        with pytest.raises(Missing), people.runtime.work(people.actor("second_supplier")) as w:
            verb(w, taken.id)


def test_every_part_of_a_sheet_is_looked_up_by_a_plan_for_its_own_rows(
    people: People, supplier: Supplier
) -> None:
    """Kept for any rows, the plan made while the table was empty took five times as long."""
    checked = look_at(people, supplier, rows(2))
    with people.runtime.work(people.actor("supplier")) as w:
        for _ in range(8):  # psycopg prepares what it has seen five times
            queries.sort_out(w.session, supplier.id, queries.unpack(checked.parts[0]), w.now)
        if w.session.get_bind().dialect.name != "postgresql":
            return
        prepared = w.session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
        assert not [one for one in prepared if "mp_listing.sku IN" in one]
        assert prepared, "what is asked again and again is prepared otherwise"
