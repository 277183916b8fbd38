"""What the direct-train clock says of everything: figures, and the entries that each is made of.

Entries are read a part at a time. What a month came to is kept as long as nothing more ends in it,
so a page reads the month that goes on, and of the others no more than how many they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from heapq import nsmallest
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from marketplace.catalog.models import ClockEntry, Listing
from marketplace.catalog.queries.clock import IN_PARTS
from marketplace.catalog.rules import Figure, Spread, figure
from marketplace.catalog.states import ClockStep, Desk
from marketplace.kernel.clock import end_of_day, local_month, start_of_day
from marketplace.kernel.workdays import calendar
from marketplace.work.kept import KeptOf

MONTHS = 12  # shown beside each other
MOST_KEPT = 200  # months, by what was asked of them
AT_DESK = tuple(step for step in ClockStep if step.desk is Desk.REVIEWER)
E = ClockEntry


@dataclass(frozen=True, slots=True)
class AskedTime:
    """Which closed entries are meant; empty means all."""

    month: str = ""  # "2026-11", by the end of the step; empty: the last MONTHS
    step: ClockStep | None = None
    reviewer: str = ""
    county: str = ""
    late: bool = False  # only what took longer than promised


@dataclass(frozen=True, slots=True)
class TimeRow:
    """One closed entry with its listing's title."""

    entry: ClockEntry
    title: str
    worked: timedelta

    @property
    def is_late(self) -> bool:
        due, closed = self.entry.due_at, self.entry.closed_at
        return due is not None and closed is not None and closed > due


class TimeGroup(NamedTuple):
    """The figures of one step, reviewer, county or month."""

    key: str
    figure: Figure


class TimeGroups(NamedTuple):
    """Medians and 90th percentiles: of each step, in the order of the way; and of what lay on the
    reviewers' desk by whoever decided it (not of what its supplier took back or changed), by county
    of origin, and by the month of the decision."""

    step: tuple[TimeGroup, ...]
    reviewer: tuple[TimeGroup, ...]
    county: tuple[TimeGroup, ...]
    month: tuple[TimeGroup, ...]


Spreads = dict[tuple[str, str], Spread]  # (a field of TimeGroups, key) → what it is made of


class _Month(NamedTuple):
    """What is asked of one month, and what tells whether it is as it was."""

    asked: AskedTime
    ended: int
    last: datetime | None


def time_groups(session: Session, asked: AskedTime, at: datetime) -> TimeGroups:
    """The figures of every closed entry that is meant."""
    found: dict[tuple[str, str], list[Spread]] = {}
    for month in [asked.month] if asked.month in months(at) else months(at):
        of_month = _as_it_is(session, replace(asked, month=month))
        for place, spread in _spreads(session, of_month).items() if of_month.ended else ():
            found.setdefault(place, []).append(spread)
    order = [step.value for step in ClockStep]
    groups = {name: _groups(found, name) for name in TimeGroups._fields}
    groups["step"] = tuple(sorted(groups["step"], key=lambda group: order.index(group.key)))
    return TimeGroups(**groups)


def times(
    session: Session, asked: AskedTime, at: datetime, rows: slice
) -> tuple[tuple[TimeRow, ...], int]:
    """Some of the closed entries that are meant, longest first; and how many there are in all."""
    count = 0

    def ranked() -> Iterator[tuple[timedelta, str, UUID]]:
        nonlocal count
        for entry_id, opened_at, closed_at in _in_parts(session, asked, at, E.id):
            count += 1
            yield -calendar().elapsed(opened_at, closed_at), str(entry_id), entry_id

    shown = nsmallest(rows.stop, ranked())[rows]
    listed = select(E, Listing.name).join(Listing, E.listing_id == Listing.id)
    listed = listed.where(E.id.in_([entry_id for *_order, entry_id in shown]))
    known = {entry.id: (entry, title) for entry, title in session.execute(listed)}
    return tuple(TimeRow(*known[entry_id], -worked) for worked, _, entry_id in shown), count


def months(at: datetime) -> tuple[str, ...]:
    """The last MONTHS, newest first."""
    year, month = (int(part) for part in local_month(at).split("-"))
    count = year * 12 + month - 1
    return tuple(f"{n // 12}-{n % 12 + 1:02d}" for n in range(count, count - MONTHS, -1))


def _as_it_is(session: Session, asked: AskedTime) -> _Month:
    """Steps end and never begin anew: their number and the last end tell whether more did."""
    number = select(func.count(), func.max(E.closed_at)).where(*_ended(asked.month))
    return _Month(asked, *session.execute(number).one())


def _read(session: Session, month: _Month) -> Spreads:
    asked = month.asked
    found: dict[tuple[str, str], list[int]] = {}
    late: dict[tuple[str, str], int] = {}
    what = (E.step, E.closed_by, E.county_code, E.due_at)
    at = start_of_day(date.fromisoformat(f"{asked.month}-01"))
    for step, by, county, due_at, opened_at, closed_at in _in_parts(session, asked, at, *what):
        worked = calendar().elapsed(opened_at, closed_at) // timedelta(microseconds=1)
        for place in _places(step, by, county, asked.month):
            found.setdefault(place, []).append(worked)
            late[place] = late.get(place, 0) + (due_at is not None and closed_at > due_at)
    return {place: Spread.of(spans, late[place]) for place, spans in found.items()}


_spreads = KeptOf(_read, most=MOST_KEPT)


def _places(step: ClockStep, by: str | None, county: str, month: str) -> Iterator[tuple[str, str]]:
    """The groups that an entry belongs to."""
    yield "step", step.value
    if step.desk is Desk.REVIEWER:
        if by:
            yield "reviewer", by
        yield "county", county
        yield "month", month


def _groups(found: dict[tuple[str, str], list[Spread]], name: str) -> tuple[TimeGroup, ...]:
    keys = sorted(key for one, key in found if one == name)
    return tuple(TimeGroup(key, figure(found[name, key])) for key in keys)


def _in_parts(
    session: Session, asked: AskedTime, at: datetime, *what: Any
) -> Iterator[Sequence[Any]]:
    """These columns of what is meant, with its beginning and its end behind them."""
    question: Select[Any] = select(*what, E.opened_at, E.closed_at)
    if asked.month in months(at):
        question = question.where(*_ended(asked.month))
    else:
        question = question.where(*_ended(months(at)[-1], months(at)[0]))
    if asked.step is not None:
        question = question.where(E.step == asked.step)
    if asked.reviewer:
        question = question.where(E.closed_by == asked.reviewer, E.step.in_(AT_DESK))
    if asked.county:
        question = question.where(E.county_code == asked.county)
    if asked.late:
        question = question.where(E.closed_at > E.due_at)
    yield from session.execute(question, execution_options=IN_PARTS)


def _ended(first: str, last: str = "") -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """In these months, both included."""
    beyond = (date.fromisoformat(f"{last or first}-28") + timedelta(days=4)).replace(day=1)
    return (
        E.closed_at >= start_of_day(date.fromisoformat(f"{first}-01")),
        E.closed_at < end_of_day(beyond - timedelta(days=1)),
    )
