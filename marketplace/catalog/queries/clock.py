"""What the direct-train clock says of one listing and of a page of them, and what was promised."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from marketplace.catalog.models import ChangeSet, ClockEntry, Listing
from marketplace.catalog.states import ChangeState, ClockStep, Desk, ListingState
from marketplace.config import Config
from marketplace.kernel.clock import local_day
from marketplace.kernel.workdays import calendar, calendar_before
from marketplace.regions import queries as regions

MOST_DAYS = 60  # working days that a promise can be made for
IN_PARTS = {"yield_per": 2000}  # rows in memory at a time


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


class Promise(NamedTuple):
    """By when something is to be decided, and how many working days that is."""

    due_at: datetime
    days: int


def promise(session: Session, config: Config, county_code: str, at: datetime) -> Promise:
    """For something from the county that is handed in at the instant."""
    green = regions.is_green(session, county_code, at)
    days = config.green_review_workdays if green else config.review_workdays
    return Promise(calendar().plus(at, days), days)


def is_kept_promise(since: datetime, due: datetime | None, days: int | None) -> bool:
    """Whether the instant is the one that was promised, reckoned anew: by the calendar of today, or
    as it was before the days of that year or of the next one were in it."""
    if due is None or days is None or not 1 <= days <= MOST_DAYS:
        return False
    year = local_day(since).year
    return due == calendar().plus(since, days) or any(
        due == calendar_before(unknown).plus(since, days) for unknown in (year, year + 1)
    )


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
    """Every step at the reviewers' desk, ended or not, that is due at another instant than was
    promised."""
    at_desk = [step for step in ClockStep if step.desk is Desk.REVIEWER]
    e = ClockEntry
    asked = select(e.step, e.subject_id, e.opened_at, e.due_at, e.promised_days)
    asked = asked.where(e.step.in_(at_desk)).order_by(e.opened_at, e.id)
    for step, subject_id, since, due, days in session.execute(asked, execution_options=IN_PARTS):
        if not is_kept_promise(since, due, days):
            yield f"clock: {step} of {subject_id} is due when nobody promised it"


def _running(session: Session, step: ClockStep) -> set[uuid.UUID]:
    """What is at the step now."""
    asked = select(ClockEntry.subject_id).where(
        ClockEntry.closed_at.is_(None), ClockEntry.step == step
    )
    return set(session.scalars(asked))


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
