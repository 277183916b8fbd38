"""What the direct-train clock says: of one listing, of a page of them, and of all in figures."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from marketplace.catalog.models import ChangeSet, ClockEntry, Listing
from marketplace.catalog.rules import Figure, figure
from marketplace.catalog.states import ChangeState, ClockStep, Desk, ListingState
from marketplace.config import Config
from marketplace.kernel.clock import end_of_day, local_month, start_of_day
from marketplace.kernel.workdays import calendar
from marketplace.regions import queries as regions

MONTHS = 12  # shown beside each other
MOST_DAYS = 60  # working days that a promise can be made for


@dataclass(frozen=True, slots=True)
class Spent:
    """One step of a listing, with the working time spent at it so far."""

    entry: ClockEntry
    worked: timedelta
    is_overdue: bool


class Now(NamedTuple):
    """Where a listing stands: its step, since when, and by when it is promised, if it is."""

    step: ClockStep
    since: datetime
    due_at: datetime | None
    worked: timedelta


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


def due_at(session: Session, config: Config, county_code: str, at: datetime) -> datetime:
    """By when something from the county, handed in at the instant, is to be decided."""
    green = regions.is_green(session, county_code, at)
    days = config.green_review_workdays if green else config.review_workdays
    return calendar().plus(at, days)


def was_timed(session: Session, listing_id: uuid.UUID) -> bool:
    """Whether a step of the listing is on record; before it was ever handed in, none is."""
    return session.scalar(entries_of(listing_id).limit(1)) is not None


def entries_of(listing_id: uuid.UUID) -> Select[ClockEntry]:
    """The steps of the listing and of its edits, in their order."""
    asked = select(ClockEntry).where(ClockEntry.listing_id == listing_id)
    return asked.order_by(
        ClockEntry.opened_at, ClockEntry.closed_at.is_(None), ClockEntry.closed_at, ClockEntry.id
    )


def time_spent(session: Session, found: Listing, at: datetime) -> tuple[Spent, ...]:
    """Every step of the listing in its order; a draft that nobody handed in yet is one as well."""
    entries = list(session.scalars(entries_of(found.id)))
    if not entries and found.state is ListingState.DRAFT:
        entries = [_draft(found)]
    return tuple(_spent(entry, at) for entry in entries)


def stands(session: Session, found: Collection[Listing], at: datetime) -> dict[uuid.UUID, Now]:
    """Where each of the listings stands that is on its way, or has an edit that waits."""
    asked = select(ClockEntry).where(
        ClockEntry.listing_id.in_([one.id for one in found]), ClockEntry.closed_at.is_(None)
    )
    entries = {entry.listing_id: entry for entry in session.scalars(asked)}
    for one in found:
        if one.state is ListingState.DRAFT:
            entries.setdefault(one.id, _draft(one))
    return {
        listing_id: Now(
            entry.step, entry.opened_at, entry.due_at, calendar().elapsed(entry.opened_at, at)
        )
        for listing_id, entry in entries.items()
    }


def times(session: Session, asked: AskedTime, at: datetime) -> tuple[TimeRow, ...]:
    """Every closed entry that is meant, longest first."""
    first, last = _span(asked.month, at)
    question = (
        select(ClockEntry, Listing.name)
        .join(Listing, ClockEntry.listing_id == Listing.id)
        .where(ClockEntry.closed_at >= first, ClockEntry.closed_at < last)
    )
    if asked.step is not None:
        question = question.where(ClockEntry.step == asked.step)
    if asked.reviewer:
        at_desk = [step for step in ClockStep if step.desk is Desk.REVIEWER]
        question = question.where(
            ClockEntry.closed_by == asked.reviewer, ClockEntry.step.in_(at_desk)
        )
    if asked.county:
        question = question.where(ClockEntry.county_code == asked.county)
    elapsed = calendar().elapsed
    rows = [
        TimeRow(entry, title, elapsed(entry.opened_at, entry.closed_at))
        for entry, title in session.execute(question)
        if entry.closed_at is not None
    ]
    meant = [row for row in rows if row.is_late or not asked.late]
    return tuple(sorted(meant, key=lambda row: (-row.worked, str(row.entry.id))))


def by_step(rows: Iterable[TimeRow]) -> tuple[TimeGroup, ...]:
    """Medians and 90th percentiles of each step, in the order of the way."""
    groups = _grouped((row.entry.step.value, row) for row in rows)
    order = [step.value for step in ClockStep]
    return tuple(sorted(groups, key=lambda group: order.index(group.key)))


def by_reviewer(rows: Iterable[TimeRow]) -> tuple[TimeGroup, ...]:
    """The same of whoever decided what lay on the reviewers' desk; not of what its supplier took
    back or changed."""
    return _grouped(
        (row.entry.closed_by, row)
        for row in rows
        if row.entry.step.desk is Desk.REVIEWER and row.entry.closed_by
    )


def by_county(rows: Iterable[TimeRow]) -> tuple[TimeGroup, ...]:
    """The same of what lay on the reviewers' desk, by county of origin."""
    return _grouped(
        (row.entry.county_code, row) for row in rows if row.entry.step.desk is Desk.REVIEWER
    )


def by_month(rows: Iterable[TimeRow]) -> tuple[TimeGroup, ...]:
    """The same of what lay on the reviewers' desk, by the month of the decision."""
    return _grouped(
        (local_month(row.entry.closed_at), row)
        for row in rows
        if row.entry.step.desk is Desk.REVIEWER and row.entry.closed_at
    )


def months(at: datetime) -> tuple[str, ...]:
    """The last MONTHS, newest first."""
    year, month = (int(part) for part in local_month(at).split("-"))
    count = year * 12 + month - 1
    return tuple(f"{n // 12}-{n % 12 + 1:02d}" for n in range(count, count - MONTHS, -1))


def clock_faults(session: Session) -> Iterable[str]:
    """Every listing, and every edit of one, that waits for a reviewer without its time being taken,
    and the reverse."""
    listings = select(Listing.id).where(Listing.state == ListingState.SUBMITTED)
    edits = select(ChangeSet.id).where(ChangeSet.state == ChangeState.PROPOSED)
    for name, step, asked in (
        ("listing", ClockStep.SUBMITTED, listings),
        ("edit", ClockStep.CHANGE, edits),
    ):
        waits, timed = set(session.scalars(asked)), _running(session, step)
        for one in sorted(waits - timed, key=str):
            yield f"clock: {name} {one} waits and no time is taken"
        for one in sorted(timed - waits, key=str):
            yield f"clock: {name} {one} does not wait and its time runs"
    yield from _due_faults(session)


def _due_faults(session: Session) -> Iterable[str]:
    """Every open step at the reviewers' desk that was promised for no whole working day."""
    at_desk = [step for step in ClockStep if step.desk is Desk.REVIEWER]
    asked = select(ClockEntry).where(ClockEntry.closed_at.is_(None), ClockEntry.step.in_(at_desk))
    for entry in session.scalars(asked.order_by(ClockEntry.opened_at, ClockEntry.id)):
        promises = (calendar().plus(entry.opened_at, days) for days in range(1, MOST_DAYS + 1))
        if entry.due_at is None or entry.due_at not in promises:
            yield f"clock: {entry.step} of {entry.subject_id} is due when nobody promised it"


def _running(session: Session, step: ClockStep) -> set[uuid.UUID]:
    """What is at the step now."""
    asked = select(ClockEntry.subject_id).where(
        ClockEntry.closed_at.is_(None), ClockEntry.step == step
    )
    return set(session.scalars(asked))


def _grouped(pairs: Iterable[tuple[str, TimeRow]]) -> tuple[TimeGroup, ...]:
    found: dict[str, list[TimeRow]] = {}
    for key, row in pairs:
        found.setdefault(key, []).append(row)
    return tuple(
        TimeGroup(key, figure([row.worked for row in rows], sum(row.is_late for row in rows)))
        for key, rows in sorted(found.items())
    )


def _span(month: str, at: datetime) -> tuple[datetime, datetime]:
    wanted: Sequence[str] = [month] if month in months(at) else months(at)
    first = date.fromisoformat(f"{wanted[-1]}-01")
    last = (date.fromisoformat(f"{wanted[0]}-28") + timedelta(days=4)).replace(day=1)
    return start_of_day(first), end_of_day(last - timedelta(days=1))


def _draft(found: Listing) -> ClockEntry:
    """The step of a listing that was never handed in; it stands in no table."""
    return ClockEntry(
        subject_id=found.id,
        listing_id=found.id,
        supplier_id=found.supplier_id,
        county_code=found.county_code,
        step=ClockStep.DRAFT,
        opened_at=found.created_at,
    )


def _spent(entry: ClockEntry, at: datetime) -> Spent:
    until = entry.closed_at or at
    late = entry.due_at is not None and until > entry.due_at
    return Spent(entry, calendar().elapsed(entry.opened_at, until), late)
