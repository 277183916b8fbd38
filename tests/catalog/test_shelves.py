"""What is counted of the zone is kept, and yet always true at the instant it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from marketplace.catalog import queries
from marketplace.catalog import service as catalog
from marketplace.catalog.models import Listing
from marketplace.catalog.states import ListingState
from marketplace.extension import make_runtime
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.clock import SetClock, end_of_day, local_day, start_of_day
from marketplace.regions import queries as regions
from marketplace.regions import service as region_facts
from marketplace.suppliers import queries as supplier_queries
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.states import PaperKind
from marketplace.work import Runtime, Work
from marketplace.work.kept import KeptOf, newest
from tests.databases import Place
from tests.fixtures import People
from tests.makers.catalog import a_draft_listing, a_listing, some_goods
from tests.makers.suppliers import COUNTY, a_paper, an_approved_supplier

LAST_DAY = date(2026, 11, 24)


def counted(runtime: Runtime) -> tuple[int, int]:
    """Goods as the shelves have them, and as the one predicate finds them."""
    at = runtime.clock.now()
    with runtime.reading() as session:
        told = queries.shelves(session, at).goods
        seen = select(func.count()).select_from(queries.on_sale(at).subquery())
        return told, session.scalar(seen) or 0


@contextmanager
def heard(runtime: Runtime) -> Iterator[list[str]]:
    """The questions that reach the database meanwhile."""
    asked: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(runtime.engine, "before_cursor_execute", note)
    yield asked
    event.remove(runtime.engine, "before_cursor_execute", note)


def test_at_the_last_second_it_is_counted_and_at_the_next_it_is_not(
    people: People, clock: SetClock
) -> None:
    """P16: nothing that is kept outlives the end of a paper, and the clock may go back too."""
    an_approved_supplier(people, until=LAST_DAY)
    a_listing(people)
    assert counted(people.runtime) == (1, 1)
    clock.at = end_of_day(LAST_DAY) - timedelta(microseconds=1)
    assert counted(people.runtime) == (1, 1)
    clock.at = end_of_day(LAST_DAY)
    assert counted(people.runtime) == (0, 0)
    clock.at -= timedelta(microseconds=1)
    assert counted(people.runtime) == (1, 1)


def test_goods_of_a_paper_that_begins_later_are_counted_when_it_begins(
    people: People, clock: SetClock
) -> None:
    """P16: nor does it outlive the beginning of one."""
    supplier = an_approved_supplier(people, until=LAST_DAY)
    a_listing(people)
    with people.runtime.work(people.actor("supplier")) as w:
        begins = LAST_DAY + timedelta(days=3)
        later = a_paper(
            PaperKind.INSPECTION_REPORT, valid_from=begins, valid_until=begins + timedelta(days=9)
        )
        paper = suppliers.hand_in(w, supplier.id, later)
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.accept_paper(w, paper.id)
    starts = end_of_day(begins - timedelta(days=1))
    for at, goods in ((end_of_day(LAST_DAY), 0), (starts - timedelta(seconds=1), 0), (starts, 1)):
        clock.at = at
        assert counted(people.runtime) == (goods, goods)


def test_a_renewed_paper_counts_as_soon_as_it_is_accepted(people: People, clock: SetClock) -> None:
    """P16: without waiting for any instant to come."""
    supplier = an_approved_supplier(people, until=LAST_DAY)
    a_listing(people)
    clock.at = end_of_day(LAST_DAY)
    with people.runtime.work(people.actor("supplier")) as w:
        paper = suppliers.hand_in(w, supplier.id, a_paper(PaperKind.INSPECTION_REPORT))
    assert counted(people.runtime) == (0, 0)
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.accept_paper(w, paper.id)
    assert counted(people.runtime) == (1, 1)


def test_every_deed_counts_at_once_also_one_of_another_process(
    people: People, place: Place, clock: SetClock
) -> None:
    """P16: a process asks whether anything happened before it tells what it kept."""
    supplier = an_approved_supplier(people)
    first = a_listing(people)
    other = make_runtime(place.config, clock=clock)
    assert counted(people.runtime) == counted(other) == (1, 1)
    a_listing(people, sku="SL-0002")
    assert counted(people.runtime) == counted(other) == (2, 2)
    with people.runtime.work(people.actor("supplier")) as w:
        catalog.withdraw(w, first.id)
    assert counted(people.runtime) == counted(other) == (1, 1)
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.suspend(w, supplier.id, "抽检不合格")
    assert counted(people.runtime) == counted(other) == (0, 0)
    other.engine.dispose()


def test_what_is_kept_is_not_asked_again(people: People) -> None:
    an_approved_supplier(people)
    a_listing(people)
    counted(people.runtime)
    at = people.runtime.clock.now()
    with heard(people.runtime) as asked, people.runtime.reading() as session:
        queries.shelves(session, at)
        queries.shelves(session, at)
    questions = [one for one in asked if not one.startswith(("BEGIN", "SET"))]
    assert len(questions) == 1, asked  # whether a deed was done


def test_the_papers_of_a_ticket_are_those_of_the_instant(people: People, clock: SetClock) -> None:
    """P16: they are kept by deeds; whether they are valid is asked of their dates each time."""
    supplier = an_approved_supplier(people, until=LAST_DAY)

    def told() -> list[PaperKind]:
        with people.runtime.reading() as session:
            found = supplier_queries.papers_in_force(session, supplier.id, clock.now())
        return sorted(paper.kind for paper in found)

    both = [PaperKind.INSPECTION_REPORT, PaperKind.LICENCE]
    assert told() == both
    clock.at = end_of_day(LAST_DAY)
    assert told() == [PaperKind.LICENCE]
    with people.runtime.work(people.actor("supplier")) as w:
        paper = suppliers.hand_in(w, supplier.id, a_paper(PaperKind.INSPECTION_REPORT))
    assert told() == [PaperKind.LICENCE]
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.accept_paper(w, paper.id)
    assert told() == both


def test_the_villages_of_a_good_are_those_that_it_says_now(people: People) -> None:
    an_approved_supplier(people)
    with people.runtime.work() as w:
        for name in ("示例村甲", "示例村乙"):
            region_facts.add_village(
                w, COUNTY, name, households=None, story="", craft="", is_example=True
            )
    listing = a_draft_listing(people, villages=("示例村甲",))

    def told() -> list[str]:
        with people.runtime.reading() as session:
            return [village.name for village in queries.villages(session, listing.id)]

    assert told() == ["示例村甲"]
    with people.runtime.work(people.actor("supplier")) as w:
        catalog.revise(w, listing.id, some_goods(villages=("示例村乙",)))
    assert told() == ["示例村乙"]


def test_only_so_many_answers_are_kept(runtime: Runtime) -> None:
    asked: list[int] = []

    def ask(_session: Session, key: int) -> int:
        asked.append(key)
        return key * 2

    double = KeptOf(ask, newest(Listing), most=2)
    with runtime.reading() as session:
        assert [double(session, key) for key in (1, 2, 1, 2, 3, 3, 1)] == [2, 4, 2, 4, 6, 6, 2]
    assert asked == [1, 2, 3, 1]


def test_a_unit_of_work_sees_its_own_changes(
    people: People, work: Callable[..., AbstractContextManager[Work]]
) -> None:
    an_approved_supplier(people)
    listing = a_listing(people)
    counted(people.runtime)
    with work(SYSTEM) as w:
        assert queries.shelves(w.session, w.now).goods == 1
        w.session.get_one(Listing, listing.id).state = ListingState.WITHDRAWN
        w.session.flush()
        assert queries.shelves(w.session, w.now).goods == 0
        w.session.rollback()


@pytest.mark.parametrize("wait", [0, 2])
def test_a_newer_list_is_told_from_its_instant_on(
    people: People, clock: SetClock, wait: int
) -> None:
    """P16: at once when it begins today, else at its first instant, and not a moment before."""

    def told() -> int:
        with people.runtime.reading() as session:
            return regions.atlas(session, clock.now()).list_named("832").version.number

    assert told() == 1
    day = local_day(clock.now()) + timedelta(days=wait)
    with people.runtime.work(people.actor("manager")) as w:
        again = region_facts.propose_again(w, "832", region_facts.Proposal("示例文件", day))
    assert told() == 1
    with people.runtime.work(people.actor("second_manager")) as w:
        region_facts.confirm(w, again.id)
    if wait:
        assert told() == 1
        clock.at = start_of_day(day) - timedelta(microseconds=1)
        assert told() == 1
        clock.at = start_of_day(day)
    assert told() == 2


def test_the_atlas_tells_of_each_county_what_the_plain_questions_tell(runtime: Runtime) -> None:
    at = runtime.clock.now()
    with runtime.reading() as session:
        atlas = regions.atlas(session, at)
        assert atlas.on_lists == regions.lists_by_county(session, at)
        assert atlas.facts[COUNTY] == regions.designations_of(session, COUNTY, at)
        assert atlas.places[COUNTY] == regions.county(session, COUNTY)
        for code in (COUNTY, "622926", "520323"):
            plain = regions.undetermined(session, code, at)
            assert [one.slug for one in atlas.undetermined(code)] == [one.slug for one in plain]
        for slug in ("832", "three-regions"):
            assert (
                atlas.list_named(slug).version.id
                == regions.list_in_force(session, slug, at).version.id
            )


@pytest.mark.parametrize("until", [LAST_DAY, date(2027, 3, 31)])
def test_the_proof_is_the_same_with_and_without_what_an_offer_carries(
    people: People, until: date
) -> None:
    an_approved_supplier(people, until=until)
    listing = a_listing(people)
    at = people.runtime.clock.now()
    with people.runtime.reading() as session:
        offer = queries.offer(session, listing.id, at)
        plain = queries.evidence(session, offer.listing, offer.supplier, at)
        assert queries.evidence_of(session, offer, at).as_json() == plain.as_json()
