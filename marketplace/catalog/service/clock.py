"""The direct-train clock: each verb closes the step that ends with it and opens the next one, in
its own unit of work."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Table, case, null, update

from marketplace.catalog import queries
from marketplace.catalog.models import ClockEntry, Listing
from marketplace.catalog.states import ClockStep, Desk
from marketplace.kernel.actor import Role
from marketplace.work import Work, insert_rows

_NOTHING: tuple[datetime | None, int | None] = (None, None)  # is promised at a supplier's desk
ENTRIES: Table = ClockEntry.__table__  # type: ignore[assignment]  # a mapped class has a Table


class Timed(NamedTuple):
    """A listing, or an edit of it, that comes to a step."""

    subject_id: uuid.UUID
    listing_id: uuid.UUID
    supplier_id: uuid.UUID
    county_code: str


def begin(w: Work, step: ClockStep, things: Sequence[Timed]) -> None:
    """From now on they are at this step; what they were at before ends."""
    end(w, [one.subject_id for one in things])
    promised = {one.county_code: _NOTHING for one in things}
    if step.desk is Desk.REVIEWER:
        for county in promised:
            promised[county] = queries.promise(w.session, w.tools.config, county, w.now)
    rows = [
        {
            **one._asdict(),
            "id": uuid.uuid4(),
            "step": step,
            "opened_at": w.now,
            "due_at": promised[one.county_code][0],
            "promised_days": promised[one.county_code][1],
            "closed_at": None,
            "closed_by": None,
        }
        for one in things
    ]
    insert_rows(w.session, ENTRIES, rows)


def end(w: Work, ids: Sequence[uuid.UUID]) -> None:
    """Whatever step they are at ends now; at the reviewers' desk a reviewer ended it, or nobody
    did: it was taken back or changed."""
    if not ids:
        return
    w.session.flush()
    by = case((ClockEntry.step.in_(_taken_back(w)), null()), else_=w.actor.person_id)
    w.session.execute(
        update(ClockEntry)
        .where(ClockEntry.subject_id.in_(ids), ClockEntry.closed_at.is_(None))
        .values(closed_at=w.now, closed_by=by),
        execution_options={"synchronize_session": False},
    )


def _taken_back(w: Work) -> tuple[ClockStep, ...]:
    """The steps that somebody who reviews nothing ends without deciding."""
    if Role.REVIEWER in w.actor.roles:
        return ()
    return tuple(step for step in ClockStep if step.desk is Desk.REVIEWER)


def submitted(w: Work, listing: Listing) -> None:
    """It lies on the reviewer's desk; the draft's time, told by nobody so far, is kept."""
    if not queries.was_timed(w.session, listing.id):
        draft = ClockEntry(
            **timed(listing)._asdict(),
            step=ClockStep.DRAFT,
            opened_at=listing.created_at,
            closed_at=w.now,
            closed_by=w.actor.person_id,
        )
        w.session.add(draft)
    begin(w, ClockStep.SUBMITTED, [timed(listing)])


def timed(listing: Listing) -> Timed:
    return Timed(listing.id, listing.id, listing.supplier_id, listing.county_code)
