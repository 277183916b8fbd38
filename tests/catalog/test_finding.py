"""Finding goods: the index proposes, the database decides, and neither can stop the other."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from marketplace.catalog import queries, service
from marketplace.commands.serving import once
from marketplace.kernel.clock import SetClock, end_of_day
from marketplace.kernel.money import Money
from marketplace.ports.search import Found, Question, SearchBusy, Sort
from marketplace.suppliers import service as suppliers
from marketplace.work import Runtime
from tests.fixtures import People
from tests.makers.catalog import a_draft_listing, a_listing, a_submitted_listing
from tests.makers.suppliers import an_approved_supplier

LAST_DAY = date(2026, 11, 24)


def looked_for(runtime: Runtime, words: str = "伽师", **more: object) -> queries.Finding:
    question = Question(words, **more)  # type: ignore[arg-type]  # named by the caller
    with runtime.reading() as session:
        return queries.find(session, runtime.tools.search, question, runtime.clock.now())


def lose_the_index(runtime: Runtime) -> None:
    shutil.rmtree(runtime.tools.config.data / "search")


@contextmanager
def counted(runtime: Runtime) -> Iterator[list[str]]:
    """The questions that reach the database meanwhile."""
    asked: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(runtime.engine, "before_cursor_execute", note)
    yield asked
    event.remove(runtime.engine, "before_cursor_execute", note)


def test_at_the_last_second_it_counts_and_at_the_next_it_does_not(
    people: People, clock: SetClock
) -> None:
    """P16: totals and counts are those of the instant, though nobody told the index."""
    an_approved_supplier(people, until=LAST_DAY)
    listing = a_listing(people)
    once(people.runtime)
    clock.at = end_of_day(LAST_DAY) - timedelta(seconds=1)
    before = looked_for(people.runtime)
    assert (before.listings[0].id, before.total, before.by_index) == (listing.id, 1, True)
    assert (before.categories, before.counties) == ({"fruit": 1}, {"653129": 1})
    clock.at = end_of_day(LAST_DAY)
    after = looked_for(people.runtime)
    assert (after.listings, after.total, after.by_index) == ((), 0, True)
    assert (after.categories, after.counties) == ({}, {})


def test_goods_of_a_paper_that_begins_later_are_found_when_it_begins(
    people: People, clock: SetClock
) -> None:
    """The index holds what is on sale, whatever the hour it was written at."""
    an_approved_supplier(people, until=LAST_DAY)
    a_listing(people)
    clock.at = end_of_day(LAST_DAY) + timedelta(days=1)
    once(people.runtime)
    service.rebuild_search(people.runtime.tools.search, people.runtime.reading)
    assert looked_for(people.runtime).total == 0
    clock.at = end_of_day(LAST_DAY) - timedelta(days=1)
    assert looked_for(people.runtime).total == 1


@pytest.mark.parametrize("make", [a_draft_listing, a_submitted_listing])
def test_what_nobody_approved_is_not_in_the_index(
    people: People, make: Callable[..., object]
) -> None:
    an_approved_supplier(people)
    make(people)
    once(people.runtime)
    assert people.runtime.tools.search.find(Question()).total == 0


def test_a_hit_that_was_withdrawn_a_second_ago_is_off_the_page_and_the_total(
    people: People,
) -> None:
    """P16: the index still has both; no outbox was delivered."""
    an_approved_supplier(people)
    gone, stays = a_listing(people, sku="A"), a_listing(people, sku="B")
    once(people.runtime)
    with people.runtime.work(people.actor("supplier")) as w:
        service.withdraw(w, gone.id)
    assert people.runtime.tools.search.find(Question("伽师")).total == 2
    found = looked_for(people.runtime)
    assert ([one.id for one in found.listings], found.total) == ([stays.id], 1)


def test_a_suspended_suppliers_goods_are_gone_before_the_index_hears_of_it(
    people: People,
) -> None:
    supplier = an_approved_supplier(people)
    a_listing(people)
    once(people.runtime)
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.suspend(w, supplier.id, "抽检不合格")
    assert looked_for(people.runtime).total == 0


def test_without_an_index_the_database_looks_into_titles(people: People) -> None:
    """P32: the same filters, orders and pages; no counts."""
    an_approved_supplier(people)
    for n, price in enumerate((30_00, 10_00, 20_00)):
        a_listing(people, sku=f"S{n}", title=f"Hami 瓜 {n}", sale_price=Money(price),
                  supply_price=Money(5_00))  # fmt: skip
    once(people.runtime)
    lose_the_index(people.runtime)
    found = looked_for(people.runtime, "hami 瓜", sort=Sort.CHEAPEST, limit=2)
    assert [one.sale_price.fen for one in found.listings] == [10_00, 20_00]
    assert (found.total, found.by_index, found.categories) == (3, False, {})
    for more, total in (
        ({"price_from": 20_00}, 2),
        ({"price_to": 10_00}, 1),
        ({"category": "fruit"}, 3),
        ({"category": "tea"}, 0),
        ({"counties": frozenset({"653129"})}, 3),
        ({"counties": frozenset[str]()}, 0),
        ({"start": 10**9}, 3),
    ):
        assert looked_for(people.runtime, "瓜", **more).total == total  # type: ignore[arg-type]  # of the table
    for asked in ("100%_", "%", "_", "h%i"):  # no sign stands for others
        assert looked_for(people.runtime, asked).total == 0


def test_a_backend_that_breaks_its_word_stops_no_page(
    people: People, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def find(self, question: Question) -> Found:
            raise RuntimeError("not what the port says")

    an_approved_supplier(people)
    a_listing(people)
    with people.runtime.reading() as session, caplog.at_level(logging.ERROR):
        index: Any = Broken()
        found = queries.find(session, index, Question("伽师"), people.runtime.clock.now())
    assert (found.total, found.by_index) == (1, False)
    assert "did not answer" in caplog.text


def test_one_change_after_the_index_was_lost_builds_all_of_it_anew(people: People) -> None:
    """Failure 40: a part is never taken for the whole."""
    an_approved_supplier(people)
    a_listing(people, sku="A")
    once(people.runtime)
    lose_the_index(people.runtime)
    listing = a_listing(people, sku="B")
    service.reindex(people.runtime.tools.search, people.runtime.reading, [listing.id])
    assert looked_for(people.runtime).total == 2


def test_the_worker_heals_a_lost_index_without_any_change(people: People) -> None:
    """P32: recovery needs no hand."""
    an_approved_supplier(people)
    a_listing(people)
    once(people.runtime)
    lose_the_index(people.runtime)
    assert not looked_for(people.runtime).by_index
    once(people.runtime)
    assert looked_for(people.runtime).by_index


def test_a_living_index_is_left_alone(people: People) -> None:
    once(people.runtime)
    before = people.runtime.tools.search.status()
    assert service.tend_search(people.runtime.tools.search, people.runtime.reading) is False
    assert people.runtime.tools.search.status() == before


def test_an_index_that_somebody_else_writes_is_tended_later(people: People) -> None:
    class Busy:
        def status(self) -> Any:
            return people.runtime.tools.search.status()

        def rebuild(self, documents: object) -> int:
            raise SearchBusy

    index: Any = Busy()
    assert not index.status().ready
    assert service.tend_search(index, people.runtime.reading) is False


def test_how_much_other_questions_would_find_is_asked_of_the_index_alone(
    people: People, clock: SetClock
) -> None:
    """P16: at the instant; without an index there is no answer."""
    an_approved_supplier(people, until=LAST_DAY)
    a_listing(people)
    once(people.runtime)
    questions = [Question("伽师"), Question("手机"), Question(category="fruit")]
    counts = []
    for lost in (False, True):
        if lost:
            lose_the_index(people.runtime)
        with people.runtime.reading() as session, counted(people.runtime) as asked:
            search = people.runtime.tools.search
            counts.append(list(queries.totals(session, search, questions, clock.at)))
        told = [one for one in asked if not one.startswith(("BEGIN", "SET"))]
    assert len(told) == 1  # which suppliers are out of force
    assert counts == [[1, 0, 1], [0, 0, 0]]
    service.rebuild_search(people.runtime.tools.search, people.runtime.reading)
    clock.at = end_of_day(LAST_DAY)
    with people.runtime.reading() as session:
        assert list(queries.totals(session, search, questions, clock.at)) == [0, 0, 0]


def test_the_index_knows_village_supplier_place_and_kind_of_a_good(people: People) -> None:
    an_approved_supplier(people)
    a_listing(people)
    once(people.runtime)
    for words in ("示例合作社1", "喀什", "新疆", "瓜果", "Fruit", "伽师县 瓜"):
        assert looked_for(people.runtime, words).total == 1, words


def test_twenty_goods_are_read_with_as_many_questions_as_one(people: People) -> None:
    an_approved_supplier(people)
    ids = [a_listing(people, sku=f"S{n}").id for n in range(20)]
    asked = []
    for some in (ids[:1], ids):
        with people.runtime.reading() as session, counted(people.runtime) as questions:
            assert len(list(queries.documents(session, some))) == len(some)
        asked.append(len(questions))
    assert asked[0] == asked[1]


@pytest.mark.parametrize("batch", [1, 2, 5, 6])
def test_a_rebuild_reads_every_good_once(people: People, batch: int) -> None:
    an_approved_supplier(people)
    ids = {a_listing(people, sku=f"S{n}").id for n in range(5)}
    with people.runtime.reading() as session:
        read = [one.listing_id for one in queries.all_documents(session, batch)]
    assert (len(read), set(read)) == (5, ids)


@pytest.mark.parametrize(
    ("backend", "listings", "says"),
    [("whoosh", 20_000, ""), ("whoosh", 20_001, "20001 listings: MARKETPLACE_SEARCH=sqlite"),
     ("sqlite", 10**6, "")],
)  # fmt: skip
def test_many_goods_are_better_kept_by_sqlite(backend: str, listings: int, says: str) -> None:
    told = service.advice(backend, listings)
    assert told.startswith(says)
    assert bool(told) == bool(says)
