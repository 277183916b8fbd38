"""Working days of mainland China, as the State Council published them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from marketplace.catalog.queries.clock import is_kept_promise
from marketplace.kernel.clock import SHANGHAI
from marketplace.kernel.workdays import calendar, read_calendar

GOOD = """
[[year]]
year = 2026
source = "示例"
off = [[2026-05-01, 2026-05-05]]
worked = [2026-05-09]
"""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "is_workday"),
    [
        ("2025-01-26", True), ("2025-01-28", False), ("2025-02-08", True), ("2025-10-08", False),
        ("2026-01-02", False), ("2026-01-04", True), ("2026-02-14", True), ("2026-02-23", False),
        ("2026-02-24", True), ("2026-05-09", True), ("2026-09-20", True), ("2026-10-07", False),
        ("2026-10-10", True), ("2026-11-21", False), ("2026-11-23", True), ("2027-01-01", True),
    ],
)  # fmt: skip  # a table
def test_a_day_is_worked_or_off(day: str, is_workday: bool) -> None:
    assert calendar().is_workday(date.fromisoformat(day)) is is_workday


def test_working_days_of_two_years_are_as_many_as_published() -> None:
    days = [date(2025, 1, 1) + timedelta(days=n) for n in range(730)]
    for year, worked in ((2025, 248), (2026, 248)):
        assert sum(calendar().is_workday(day) for day in days if day.year == year) == worked


def test_a_year_without_an_entry_goes_by_the_weekday_and_says_so() -> None:
    assert calendar().knows(date(2026, 12, 31))
    assert not calendar().knows(date(2027, 1, 1))
    assert not calendar().is_workday(date(2027, 1, 2))  # a Saturday


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("2026-11-23 10:00", "2026-11-23 15:00", 5),
        ("2026-11-20 18:00", "2026-11-23 06:00", 12),  # over a weekend
        ("2026-11-21 08:00", "2026-11-22 20:00", 0),
        ("2026-02-13 12:00", "2026-02-24 12:00", 48),  # over the spring festival, 14 Feb is worked
        ("2026-11-23 15:00", "2026-11-23 10:00", 0),
        ("2026-11-23 10:00", "2026-11-23 10:00", 0),
    ],
)
def test_only_working_days_count(since: str, until: str, hours: int) -> None:
    assert calendar().elapsed(at(since), at(until)) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-23 15:00", 2, "2026-11-25 15:00"),
        ("2026-11-20 15:00", 1, "2026-11-23 15:00"),
        ("2026-11-21 15:00", 2, "2026-11-25 00:00"),  # from a Saturday
        ("2026-09-30 23:00", 1, "2026-10-08 23:00"),
        ("2026-10-09 09:00", 1, "2026-10-10 09:00"),  # a worked Saturday
    ],
)
def test_a_promise_ends_at_an_instant(start: str, days: int, due: str) -> None:
    assert calendar().plus(at(start), days) == at(due)
    begun = max(at(start), calendar().plus(at(start), 0))
    assert calendar().elapsed(begun, at(due)) == timedelta(days=days)


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ('source = "示例"', 'source = ""', "source"),
        ("worked = [2026-05-09]", "", "has"),
        ("2026-05-09", "2026-05-08", "no weekend"),
        ("2026-05-09", "2026-05-03", "day off as well"),
        ("2026-05-05]", "2027-05-05]", "another year"),
        ("[[year]]", GOOD + "[[year]]", "twice"),
    ],
)
def test_a_broken_calendar_is_refused_with_its_year(was: str, now: str, told: str) -> None:
    assert read_calendar(GOOD)
    with pytest.raises(ValueError, match="2026") as refusal:
        read_calendar(GOOD.replace(was, now, 1))
    assert told in str(refusal.value)


@pytest.mark.parametrize(
    ("since", "due", "is_kept"),
    [
        ("2025-12-31 10:00", "2026-01-05 10:00", True),  # by the calendar of today
        ("2025-12-31 10:00", "2026-01-02 10:00", True),  # before the notice of 2026 was in it
        ("2025-12-31 10:00", "2026-01-06 10:00", False),
        ("2026-02-13 10:00", "2026-02-17 10:00", True),  # whoever had not installed it yet
        ("2026-02-13 10:00", "2026-02-18 10:00", False),
    ],
)
def test_a_promise_stands_that_was_made_before_the_days_of_a_year_were_published(
    since: str, due: str, is_kept: bool
) -> None:
    assert is_kept_promise(at(since), at(due), 2) is is_kept
