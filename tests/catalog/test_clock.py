"""The time of each step is kept by the verbs, in working days that are data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from marketplace.catalog import queries, rules, service
from marketplace.catalog.models import ClockEntry, Listing
from marketplace.catalog.states import ClockStep
from marketplace.desk.models import ReviewTask
from marketplace.kernel.clock import SetClock
from marketplace.kernel.money import Money
from tests.fixtures import People
from tests.makers.catalog import (
    a_draft_listing,
    a_listing,
    a_sheet,
    a_submitted_listing,
    some_goods,
)
from tests.makers.suppliers import a_draft_supplier, an_approved_supplier

ALL = slice(0, 50)
MONDAY = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


def entries(people: People, listing: Listing) -> list[ClockEntry]:
    with people.runtime.reading() as session:
        return list(session.scalars(queries.entries_of(listing.id)))


def steps(people: People, listing: Listing) -> list[tuple[str, bool]]:
    """Each step with whether it is over."""
    return [(one.step.value, one.closed_at is not None) for one in entries(people, listing)]


def test_the_way_of_a_listing_is_timed_step_by_step(people: People, clock: SetClock) -> None:
    an_approved_supplier(people)
    clock.at = MONDAY
    listing = a_draft_listing(people)
    staff, reviewer = people.actor("supplier"), people.actor("reviewer")
    clock.advance(hours=5)
    with people.runtime.work(staff) as w:
        service.submit(w, listing.id)
    clock.advance(hours=7)
    with people.runtime.work(reviewer) as w:
        service.send_back(w, listing.id, "规格不清")
    clock.advance(days=1)
    with people.runtime.work(staff) as w:
        service.revise(w, listing.id, some_goods(spec="3个/箱"))
        service.submit(w, listing.id)
    clock.advance(hours=3)
    with people.runtime.work(reviewer) as w:
        found = w.session.get_one(Listing, listing.id)
        service.approve(w, listing.id, found.fingerprint)
    assert steps(people, listing) == [
        ("draft", True), ("submitted", True), ("returned", True), ("submitted", True),
    ]  # fmt: skip  # the way
    with people.runtime.reading() as session:
        found = session.get_one(Listing, listing.id)
        told = queries.time_spent(session, found, clock.at)
    assert [one.worked for one in told] == [timedelta(hours=h) for h in (5, 7, 24, 3)]
    assert [one.entry.step.desk for one in told] == ["supplier", "reviewer", "supplier", "reviewer"]
    assert told[1].entry.closed_by == people.ids["reviewer"]


def test_a_draft_that_was_never_handed_in_is_timed_as_well(people: People, clock: SetClock) -> None:
    a_draft_supplier(people)
    clock.at = MONDAY
    listing = a_draft_listing(people)
    clock.advance(hours=30)
    assert entries(people, listing) == []
    with people.runtime.reading() as session:
        found = session.get_one(Listing, listing.id)
        (only,) = queries.time_spent(session, found, clock.at)
        stands = queries.stands(session, [found], clock.at)
    assert (only.entry.step, only.worked) == (ClockStep.DRAFT, timedelta(hours=30))
    assert stands[listing.id].since == MONDAY


def test_withdrawing_and_changing_what_waits_end_its_review(
    people: People, clock: SetClock
) -> None:
    a_draft_supplier(people)
    changed = a_submitted_listing(people, sku="A")
    gone = a_submitted_listing(people, sku="B")
    clock.advance(hours=1)
    with people.runtime.work(people.actor("supplier")) as w:
        service.revise(w, changed.id, some_goods("A", spec="3个/箱"))
        service.withdraw(w, gone.id)
    assert steps(people, changed) == [("draft", True), ("submitted", True), ("draft", False)]
    assert steps(people, gone) == [("draft", True), ("submitted", True)]


def test_a_sheet_that_changes_what_waits_ends_its_review(people: People, clock: SetClock) -> None:
    supplier = an_approved_supplier(people)
    listing = a_submitted_listing(people)
    clock.advance(hours=1)
    with people.runtime.work(people.actor("supplier")) as w:
        service.import_sheet(w, supplier.id, a_sheet({"品名": "示例 瓜"}), "商品.csv")
    assert steps(people, listing) == [("draft", True), ("submitted", True), ("draft", False)]


def test_an_edit_of_what_is_on_sale_is_timed_for_itself(people: People, clock: SetClock) -> None:
    an_approved_supplier(people)
    listing = a_listing(people)
    staff = people.actor("supplier")
    with people.runtime.work(staff) as w:
        service.revise(w, listing.id, some_goods(title="示例 甲"))
    clock.advance(hours=1)
    with people.runtime.work(staff) as w:
        change = service.revise(w, listing.id, some_goods(title="示例 乙"))
        assert change is not None
        service.reprice(w, listing.id, Money(40_00), Money(50_00))
    assert steps(people, listing)[2:] == [("change", True), ("change", False)]
    with people.runtime.work(staff) as w:
        service.withdraw_change(w, change.id)
    assert steps(people, listing)[2:] == [("change", True), ("change", True)]


def test_a_thing_is_at_one_step_at_a_time(people: People) -> None:
    a_draft_supplier(people)
    listing = a_submitted_listing(people)
    with pytest.raises(IntegrityError), people.runtime.work() as w:
        w.session.add(
            ClockEntry(
                subject_id=listing.id,
                listing_id=listing.id,
                supplier_id=listing.supplier_id,
                county_code=listing.county_code,
                step=ClockStep.DRAFT,
                opened_at=w.now,
            )
        )


@pytest.mark.parametrize(
    ("county", "due"),
    [
        ("会泽县", datetime(2026, 12, 2, 2, 0, tzinfo=UTC)),  # two working days
        ("653129", datetime(2026, 12, 1, 2, 0, tzinfo=UTC)),  # green channel: one
    ],
)
def test_what_is_handed_in_is_promised_in_working_days(
    people: People, clock: SetClock, county: str, due: datetime
) -> None:
    a_draft_supplier(people)
    clock.at = MONDAY
    listing = a_submitted_listing(people, county=county)
    assert entries(people, listing)[-1].due_at == due
    with people.runtime.reading() as session:
        task = session.scalars(select(ReviewTask).where(ReviewTask.subject_id == listing.id)).one()
    assert task.due_at == due


def test_late_is_what_was_promised_earlier(people: People, clock: SetClock) -> None:
    a_draft_supplier(people)
    clock.at = MONDAY
    listing = a_submitted_listing(people)
    due = entries(people, listing)[-1].due_at
    assert due is not None
    for at, late in ((due, False), (due + timedelta(seconds=1), True)):
        with people.runtime.reading() as session:
            found = session.get_one(Listing, listing.id)
            assert queries.time_spent(session, found, at)[-1].is_overdue is late


def test_what_is_overdue_stands_above_the_inbox(
    people: People, clock: SetClock, client_as: Callable[[str], FlaskClient]
) -> None:
    a_draft_supplier(people)
    clock.at = MONDAY
    listing = a_submitted_listing(people)
    due = entries(people, listing)[-1].due_at
    assert due is not None
    clock.at = due - timedelta(seconds=1)
    client = client_as("reviewer")
    assert "超过了承诺的时间" not in client.get("/desk").text
    clock.at = due
    assert "有 1 件超过了承诺的时间" in client.get("/desk").text
    assert listing.title in client.get("/desk?overdue=1").text


def test_figures_are_recounted_from_their_entries(people: People, clock: SetClock) -> None:
    """P28: the median and the 90th percentile are those of the entries they open to."""
    an_approved_supplier(people)
    clock.at = MONDAY
    hours = (1, 2, 3, 4, 30)
    for n in range(len(hours)):
        a_submitted_listing(people, sku=f"A-{n}")
    for n, hour in enumerate(hours):
        clock.at = MONDAY + timedelta(hours=hour)
        with people.runtime.work(people.actor("reviewer")) as w:
            listing = w.session.scalars(select(Listing).where(Listing.sku == f"A-{n}")).one()
            service.approve(w, listing.id, listing.fingerprint)
    asked = queries.AskedTime(step=ClockStep.SUBMITTED)
    with people.runtime.reading() as session:
        rows, count = queries.times(session, asked, clock.at, ALL)
        second, _ = queries.times(session, asked, clock.at, slice(1, 3))
        nobodys = queries.times(session, queries.AskedTime(reviewer="nobody"), clock.at, ALL)
        elsewhere = queries.times(session, queries.AskedTime(month="2026-10"), clock.at, ALL)
        late, _ = queries.times(session, queries.AskedTime(late=True), clock.at, ALL)
        found = queries.time_groups(session, asked, clock.at)
        everything = queries.time_groups(session, queries.AskedTime(), clock.at)
    assert [row.worked // timedelta(hours=1) for row in rows] == [30, 4, 3, 2, 1]
    assert (second, count) == (rows[1:3], 5)
    assert [row.entry.id for row in late] == [rows[0].entry.id]
    (group,) = found.step
    assert group.figure == rules.Figure(5, timedelta(hours=3), timedelta(hours=30), 1)
    assert [one.key for one in found.month] == ["2026-11", "2026-12"]
    assert [one.key for one in found.county] == ["653129"]
    assert [one.key for one in everything.reviewer] == [people.ids["reviewer"]]
    assert [one.key for one in everything.step] == ["draft", "submitted"]
    assert nobodys == elsewhere == ((), 0)


@pytest.mark.parametrize(
    ("count", "median", "p90"), [(1, 1, 1), (2, 1, 2), (10, 5, 9), (11, 6, 10)]
)
def test_a_figure_is_the_time_of_one_real_thing(count: int, median: int, p90: int) -> None:
    hours = [timedelta(hours=n) for n in range(count, 0, -1)]
    spans = [one // timedelta(microseconds=1) for one in hours]
    for parts in ([spans], [spans[::3], [], spans[1::3], spans[2::3]]):  # kept whole, or by month
        told = rules.figure([rules.Spread.of(part) for part in parts])
        assert (told.median, told.p90) == (timedelta(hours=median), timedelta(hours=p90))
    with pytest.raises(ValueError, match="no durations"):
        rules.figure([])


def test_what_a_month_came_to_is_kept_until_something_more_ends_in_it(
    people: People, clock: SetClock
) -> None:
    """P28: figures that are kept say what a recount says, month by month."""
    an_approved_supplier(people)
    for n, days in enumerate((0, 1, 35)):
        clock.at = MONDAY + timedelta(days=days)
        a_listing(people, sku=f"A-{n}")
        with people.runtime.reading() as session:
            told = queries.time_groups(session, queries.AskedTime(), clock.at)
            only = queries.time_groups(session, queries.AskedTime(month="2026-11"), clock.at)
        assert sum(one.figure.number for one in told.month) == n + 1
        assert [one.figure.number for one in only.month] == [1]


def test_a_month_ends_at_midnight_in_shanghai_and_takes_what_is_written_late(
    people: People, clock: SetClock
) -> None:
    """A unit of work that began before midnight may be written after a look in December."""
    an_approved_supplier(people)
    midnight = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    found: list[list[int]] = []
    for n, at in enumerate((midnight, midnight - timedelta(microseconds=1), midnight)):
        clock.at = at
        a_listing(people, sku=f"A-{n}")
        found.append([])
        with people.runtime.reading() as session:
            for month in ("2026-11", "2026-12"):
                asked = queries.AskedTime(month=month, step=ClockStep.SUBMITTED)
                groups = queries.time_groups(session, asked, midnight).month
                count = sum(one.figure.number for one in groups)
                assert count == queries.times(session, asked, midnight, ALL)[1]
                found[-1].append(count)
    assert found == [[0, 1], [1, 1], [1, 2]]


def test_nothing_waits_without_its_time(people: People) -> None:
    a_draft_supplier(people)
    listing = a_submitted_listing(people)
    with people.runtime.reading() as session:
        assert list(queries.clock_faults(session)) == []
    with people.runtime.work() as w:
        entry = w.session.scalars(queries.entries_of(listing.id)).all()[-1]
        entry.closed_at = w.now
    with people.runtime.reading() as session:
        assert list(queries.clock_faults(session)) == [
            f"clock: listing {listing.id} waits and no time is taken"
        ]


def test_an_edit_does_not_wait_without_its_time_either(people: People) -> None:
    an_approved_supplier(people)
    listing = a_listing(people)
    with people.runtime.work(people.actor("supplier")) as w:
        change = service.revise(w, listing.id, some_goods(title="示例 甲"))
        assert change is not None
    with people.runtime.work() as w:
        entry = w.session.scalars(queries.entries_of(listing.id)).all()[-1]
        entry.closed_at = w.now
    with people.runtime.reading() as session:
        assert list(queries.clock_faults(session)) == [
            f"clock: edit {change.id} waits and no time is taken"
        ]


def test_what_a_supplier_takes_back_is_no_reviewers_time(people: People, clock: SetClock) -> None:
    an_approved_supplier(people)
    gone, decided = (a_submitted_listing(people, sku=sku) for sku in "AB")
    clock.advance(hours=5)
    with people.runtime.work(people.actor("supplier")) as w:
        service.withdraw(w, gone.id)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.send_back(w, decided.id, "示例")
    with people.runtime.reading() as session:
        asked = queries.AskedTime(step=ClockStep.SUBMITTED)
        found = queries.time_groups(session, asked, clock.at)
    (group,), (step,) = found.reviewer, found.step
    assert (group.key, group.figure.number) == (people.ids["reviewer"], 1)
    assert step.figure.number == 2  # the time at the step is real


def test_supplier_and_management_see_the_clock(
    people: People, clock: SetClock, client_as: Callable[[str], FlaskClient]
) -> None:
    an_approved_supplier(people)
    clock.at = MONDAY
    a_listing(people, sku="A")
    waits = a_submitted_listing(people, sku="B")
    clock.advance(hours=5)
    supplier, manager = client_as("supplier"), client_as("manager")
    told = supplier.get("/supplier/listings").text
    assert "2026-11-30 10:00 起，已用 5 小时" in told
    assert "承诺 2026-12-01 10:00 前" in told
    assert "直通计时" in supplier.get(f"/supplier/listings/{waits.id}").text
    page = manager.get("/desk/clock").text
    assert "不到 1 小时" in page
    assert "国务院办公厅关于2026年" in page
    opened = manager.get("/desk/clock/entries?step=submitted").text
    assert "示例 伽师瓜 2 个装" in opened
    assert "没有符合条件" in manager.get("/desk/clock/entries?month=2026-01").text
    assert manager.get("/desk/clock?month=x&step=y&county=%27&reviewer=%27").status_code == 200


def test_a_year_that_is_not_known_is_told(
    people: People, clock: SetClock, client_as: Callable[[str], FlaskClient]
) -> None:
    clock.at = datetime(2027, 3, 1, 2, 0, tzinfo=UTC)
    assert "暂按周一到周五计算" in client_as("manager").get("/desk/clock").text
