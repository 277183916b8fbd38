"""Working days and working time in mainland China; the days are data, see workdays.toml.

A working day counts with all its 24 hours in Shanghai, other days with none (decision 0020).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources

from marketplace.kernel.clock import SHANGHAI, local_day, start_of_day

DAY = timedelta(days=1)
SATURDAY = 5
FIRST = date(1992, 1, 1)  # since then a day in Shanghai has 24 hours; before it nothing counts


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days off and worked weekends of the years it knows, by whose word."""

    sources: dict[int, str]
    off: frozenset[date]
    worked: frozenset[date]
    # working days before FIRST, before the day after it, and so on, as far as somebody asked
    _known: list[list[int]] = field(default_factory=lambda: [[0]], repr=False, compare=False)

    def is_workday(self, day: date) -> bool:
        if day in self.off:
            return False
        return day.weekday() < SATURDAY or day in self.worked

    def knows(self, day: date) -> bool:
        """Whether the year's days are known; else only weekdays are."""
        return day.year in self.sources

    def elapsed(self, since: datetime, until: datetime) -> timedelta:
        """The working time between; nothing when `until` is not later."""
        return max(self._until(until) - self._until(since), timedelta())

    def _until(self, at: datetime) -> timedelta:
        """The working time from FIRST to the instant."""
        local = at.astimezone(SHANGHAI)
        day = local.date()
        whole = self._days_before(day) * DAY
        if day < FIRST or not self.is_workday(day):
            return whole
        into = timedelta(
            hours=local.hour,
            minutes=local.minute,
            seconds=local.second,
            microseconds=local.microsecond,
        )
        return whole + into

    def _days_before(self, day: date) -> int:
        place = max((day - FIRST).days, 0)
        known = self._known[0]
        if place >= len(known):  # whole lists change places: other threads read them meanwhile
            known = [*known]
            while len(known) <= place + 366:
                known.append(known[-1] + self.is_workday(FIRST + (len(known) - 1) * DAY))
            self._known[0] = known
        return known[place]

    def plus(self, at: datetime, days: int) -> datetime:
        """The instant so many working days later; from a day off it counts from the next working
        day's start."""
        day = local_day(at)
        if not self.is_workday(day):
            day = self._next(day)
            at = start_of_day(day)
        into = at - start_of_day(day)
        for _ in range(days):
            day = self._next(day)
        return start_of_day(day) + into

    def _next(self, day: date) -> date:
        day += DAY
        while not self.is_workday(day):
            day += DAY
        return day


def read_calendar(text: str) -> Calendar:
    """Raises ValueError, which names the year and what is wrong with it."""
    sources: dict[int, str] = {}
    off: set[date] = set()
    worked: set[date] = set()
    for row in tomllib.loads(text).get("year", ()):
        where = f"workdays.toml: {row.get('year')}"
        if set(row) != {"year", "source", "off", "worked"} or not row["source"].strip():
            raise ValueError(f"{where}: has {sorted(row)}, and needs a source")
        if row["year"] in sources:
            raise ValueError(f"{where}: stands twice")
        free = {day for first, last in row["off"] for day in _days(first, last)}
        instead = set(row["worked"])
        if any(day.year != row["year"] for day in free | instead):
            raise ValueError(f"{where}: holds days of another year")
        if free & instead or any(day.weekday() < SATURDAY for day in instead):
            raise ValueError(f"{where}: a worked day is no weekend, or a day off as well")
        sources[row["year"]] = row["source"]
        off |= free
        worked |= instead
    return Calendar(sources, frozenset(off), frozenset(worked))


@cache
def calendar() -> Calendar:
    """As packaged."""
    return read_calendar(
        resources.files("marketplace.kernel").joinpath("workdays.toml").read_text("utf-8")
    )


@cache
def calendar_before(year: int) -> Calendar:
    """As it was while the days of this year and later ones were not published."""
    whole = calendar()
    return Calendar(
        {known: source for known, source in whole.sources.items() if known < year},
        frozenset(day for day in whole.off if day.year < year),
        frozenset(day for day in whole.worked if day.year < year),
    )


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY
