"""Change-sets: what an edit of a good on sale becomes, one or a thousand at a time."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from marketplace.catalog import queries, rules
from marketplace.catalog.models import ChangeSet, Listing
from marketplace.catalog.rules import Content
from marketplace.catalog.service import clock
from marketplace.catalog.service.pricing import price_fault
from marketplace.catalog.states import CHANGE, ChangeState, ClockStep
from marketplace.events import ReviewAsked, ReviewDropped
from marketplace.kernel.clock import local_day
from marketplace.kernel.reviews import ReviewKind
from marketplace.work import Deed, Work, move


def propose(w: Work, edits: Sequence[tuple[uuid.UUID, Content]]) -> dict[uuid.UUID, uuid.UUID]:
    """Record edits of listings on sale, all of which differ from what they say. Answers those that
    rules let through at once, listing → change-set: the caller writes these listings.

    A proposal that waited is superseded by a newer one; what goes through at once is carried into
    it.
    """
    if not edits:
        return {}
    ids = [listing_id for listing_id, _ in edits]
    listings = {
        one.id: one for one in w.session.scalars(select(Listing).where(Listing.id.in_(ids)))
    }
    before = queries.contents(w.session, list(listings.values()))
    waiting = queries.open_changes(w.session, ids)
    passed = {
        listing_id: let_through(w, listings[listing_id], before[listing_id], content)
        for listing_id, content in edits
    }
    for listing_id, old in waiting.items():  # first: one proposal stands at a time
        if not passed[listing_id]:
            supersede(w, old)
    through: dict[uuid.UUID, uuid.UUID] = {}
    asked: dict[uuid.UUID, ChangeSet] = {}
    for listing_id, said in edits:
        rules_used = passed[listing_id]
        old_one = None if rules_used else waiting.get(listing_id)
        content = _with_its_photos(before[listing_id], said, old_one)
        made = record(w, listings[listing_id], before[listing_id], content, rules_used)
        made.by_sheet = True
        if rules_used:
            through[listing_id] = made.id
            if listing_id in waiting:
                carry(w, waiting[listing_id], content)
        else:
            asked[listing_id] = made
    clock.begin(w, ClockStep.CHANGE, [timed(listings[i], one) for i, one in asked.items()])
    return through


def _with_its_photos(before: Content, content: Content, older: ChangeSet | None) -> Content:
    """An edit that leaves the photographs alone keeps those of the proposal that it replaces."""
    if older is None or content[rules.PHOTOS] != before[rules.PHOTOS]:
        return content
    return {**content, rules.PHOTOS: older.content[rules.PHOTOS]}


def timed(listing: Listing, made: ChangeSet) -> clock.Timed:
    return clock.Timed(made.id, listing.id, listing.supplier_id, listing.county_code)


def let_through(w: Work, listing: Listing, before: Content, after: Content) -> tuple[str, ...]:
    """The rules that together need no person; none when one must look."""
    reviewed = queries.reviewed(listing, w.tools.config.price_rise_percent)
    passed = rules.let_through(before, after, reviewed, local_day(w.now))
    is_priced = before["sale_price"] != after["sale_price"]
    if passed and is_priced and price_fault(w, listing, after["category"], after):
        return ()  # far from all others, and a sheet gives no reason
    return passed


def record(
    w: Work, listing: Listing, before: Content, content: Content, passed: tuple[str, ...]
) -> ChangeSet:
    """The row of an edit: through at once by rules, or waiting for a person."""
    made = ChangeSet(
        id=uuid.uuid4(),
        listing_id=listing.id,
        supplier_id=listing.supplier_id,
        state=ChangeState.APPROVED if passed else ChangeState.PROPOSED,
        base=listing.fingerprint,
        before=before,
        fingerprint=rules.fingerprint_of(content),
        content=content,
        fields=list(rules.changed(before, content)),
        rules=list(passed),
        at=w.now,
        by=w.actor.person_id,
        decided_at=w.now if passed else None,
    )
    w.session.add(made)
    deed = Deed(
        actor=w.actor.person_id,
        verb="pass" if passed else "propose",
        subject_kind=ChangeSet.__name__,
        subject_id=made.id,
        supplier_id=made.supplier_id,
        to_state=made.state,
        data={"fields": made.fields, "fingerprint": made.fingerprint, "rules": made.rules},
    )
    w.deeds.append(deed)  # without a flush for each of a thousand
    if not passed:
        _ask(w, listing, made)
    return made


def _ask(w: Work, listing: Listing, made: ChangeSet) -> None:
    w.announce(
        ReviewAsked(
            w.now,
            ReviewKind.CHANGE,
            made.id,
            listing.supplier_id,
            listing.county_code,
            listing.name,
            w.actor.person_id,
        )
    )


def supersede(w: Work, waiting: ChangeSet, verb: str = "supersede") -> None:
    """A proposal gives way to a newer one, or its supplier takes it back."""
    move(w, CHANGE, waiting, verb)
    waiting.decided_at = w.now
    clock.end(w, [waiting.id])
    w.announce(ReviewDropped(w.now, ReviewKind.CHANGE, waiting.id))


def carry(w: Work, waiting: ChangeSet, now: Content) -> None:
    """A proposal follows its listing, which says this now, in all that it does not change itself;
    whoever looked at it looks again."""
    own = {name: waiting.content[name] for name in waiting.fields}
    waiting.before, waiting.base = now, rules.fingerprint_of(now)
    waiting.content = {**now, **own}
    waiting.fingerprint = rules.fingerprint_of(waiting.content)
    waiting.fields = list(rules.changed(now, waiting.content))
    if not waiting.fields:
        supersede(w, waiting)
        return
    w.record("carry", waiting, fields=waiting.fields, fingerprint=waiting.fingerprint)
