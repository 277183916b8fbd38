"""Batches: opened by the supplier, papered, closed, and recalled as a whole."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from marketplace.accounts import service as notices
from marketplace.catalog import queries
from marketplace.catalog.models import Batch, BatchPart
from marketplace.catalog.rules.batches import LONGEST_NUMBER
from marketplace.catalog.service.deciding import withdraw
from marketplace.catalog.states import BATCH, LISTING, BatchState
from marketplace.events import BatchRecalled
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.models import Paper
from marketplace.suppliers.rules.kinds import kinds_for
from marketplace.suppliers.states import PaperScope
from marketplace.work import Work, move

LONGEST_NOTE = 200
LONGEST_REASON = 500
MOST_PARTS = 20


@dataclass(frozen=True, slots=True)
class NewBatch:
    """What a supplier says of a lot; `parts` are the lots it was mixed or packed anew from."""

    number: str
    packed_on: date
    made_on: date | None = None
    note: str = ""
    parts: tuple[uuid.UUID, ...] = ()


def open_batch(w: Work, listing_id: uuid.UUID, new: NewBatch) -> Batch:
    """Add a lot of one's own good. A mixed lot has no papers but its own.

    Raises Missing (listing, a part), Invalid (number, dates), Refused (batch_number_taken,
    part_recalled).
    """
    listing, supplier = queries.own_listing(w.session, w.actor, listing_id)
    _check(w, new)
    taken = select(Batch.id).where(
        Batch.listing_id == listing.id, Batch.number == new.number.strip()
    )
    if w.session.scalar(taken) is not None:
        raise Refused("batch_number_taken", field="number", number=new.number.strip())
    made = Batch(
        id=uuid.uuid4(),
        listing_id=listing.id,
        supplier_id=supplier.id,
        number=new.number.strip(),
        made_on=new.made_on,
        packed_on=new.packed_on,
        note=new.note.strip(),
        state=BatchState.OPEN,
        created_at=w.now,
        created_by=w.actor.person_id,
    )
    w.session.add(made)
    parts = [_part(w, part_id, supplier.id) for part_id in dict.fromkeys(new.parts)]
    w.record("open", made, to_state=made.state, number=made.number, parts=len(parts))
    for part in parts:
        w.session.add(BatchPart(batch_id=made.id, part_id=part.id))
    return made


def paper_batch(w: Work, batch_id: uuid.UUID, paper: suppliers.HandedIn) -> Paper:
    """Hand in a paper of this batch; it counts at once, until a reviewer refuses it.

    Raises Missing, WrongState (recalled), Invalid, and what handing in raises.
    """
    batch, supplier = queries.own_batch(w.session, w.actor, batch_id)
    if paper.kind not in kinds_for(PaperScope.BATCH):
        raise Invalid("not_of_a_batch", field="kind", value=paper.kind)
    if batch.state is BatchState.RECALLED:
        raise Refused("batch_recalled", number=batch.number)
    given = replace(paper, goods_id=batch.id, goods_category=batch.listing.category)
    return suppliers.hand_in(w, supplier.id, given)


def use_batch(w: Work, batch_id: uuid.UUID, verb: str) -> Batch:
    """Close or reopen one's own batch. Raises Missing, WrongState."""
    batch, _supplier = queries.own_batch(w.session, w.actor, batch_id)
    move(w, BATCH, batch, verb, number=batch.number)
    return batch


def recall(w: Work, batch_id: uuid.UUID, reason: str, *, withdraw_goods: bool) -> Batch:
    """Stop a batch at once, and every lot that it went into; with `withdraw_goods` their listings
    leave the zone in the same step. By a reviewer, or the supplier for its own.

    Raises Missing, Forbidden, WrongState, Invalid (reason).
    """
    named, supplier = queries.batch(w.session, w.actor, batch_id)
    told = reason.strip()
    if not told or len(told) > LONGEST_REASON:
        raise Invalid("recall_reason_missing", field="note")
    BATCH.after(named.state, "recall", w.actor.roles)  # what came of it may be recalled already
    for batch in queries.with_what_came_of_it(w.session, batch_id):
        if batch.state is BatchState.RECALLED and batch.id != batch_id:
            continue
        move(w, BATCH, batch, "recall", number=batch.number, reason=told)
        batch.recalled_at, batch.recalled_by = w.now, w.actor.person_id
        batch.recall_reason = told
        w.announce(_recalled(w, batch, told))
        page = ("catalog.batch", {"batch_id": str(batch.id)})
        words = {"number": batch.number, "title": batch.listing.name, "reason": told}
        notices.notify(w, supplier.organisation_id, "batch_recalled", words, at=page)
        listing = batch.listing
        if withdraw_goods and listing.state in LISTING.steps["withdraw"].sources:
            withdraw(w, listing.id, told, at_once=True)
    return named


def _recalled(w: Work, batch: Batch, reason: str) -> BatchRecalled:
    return BatchRecalled(
        at=w.now,
        batch_id=batch.id,
        listing_id=batch.listing_id,
        supplier_id=batch.supplier_id,
        number=batch.number,
        title=batch.listing.name,
        reason=reason,
    )


def _part(w: Work, part_id: uuid.UUID, supplier_id: uuid.UUID) -> Batch:
    """A lot of the same supplier; one that was recalled goes into nothing."""
    found = w.session.get(Batch, part_id, with_for_update={"read": True})
    if found is None or found.supplier_id != supplier_id:
        raise Missing(batch_id=part_id)
    if found.state is BatchState.RECALLED:
        raise Refused("part_recalled", field="parts", number=found.number)
    return found


def _check(w: Work, new: NewBatch) -> None:
    number = new.number.strip()
    if not number or len(number) > LONGEST_NUMBER:
        raise Invalid("batch_number_malformed", field="number", value=number[:LONGEST_NUMBER])
    if new.packed_on > local_day(w.now):
        raise Invalid("packed_in_future", field="packed_on", value=new.packed_on)
    if new.made_on is not None and new.made_on > new.packed_on:
        raise Invalid("made_after_packed", field="made_on", value=new.made_on)
    if len(new.note) > LONGEST_NOTE:
        raise Invalid("batch_note_too_long", field="note", most=LONGEST_NOTE)
    if len(new.parts) > MOST_PARTS:
        raise Invalid("too_many_parts", field="parts", most=MOST_PARTS)
