"""Which of the open tasks pass every machine check at this instant."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalog import queries as catalog
from marketplace.catalog import rules
from marketplace.catalog.models import Listing
from marketplace.desk.models import ReviewTask
from marketplace.kernel.reviews import ReviewKind
from marketplace.regions import queries as regions
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Paper, Supplier
from marketplace.suppliers.rules import Grade


def clean(session: Session, tasks: Sequence[ReviewTask], at: datetime) -> frozenset[uuid.UUID]:
    """Ids of the tasks that may be approved together with others; few questions for all."""
    waiting = [task for task in tasks if task.closed_at is None]
    goods = [task for task in waiting if task.kind is ReviewKind.LISTING]
    handed_in = [task for task in waiting if task.kind is ReviewKind.PAPER]
    return _clean_goods(session, goods, at) | _clean_papers(session, handed_in, at)


def _clean_goods(
    session: Session, tasks: Sequence[ReviewTask], at: datetime
) -> frozenset[uuid.UUID]:
    """What such goods must show in force, origin on a list that opens the zone, no word that a
    person must see."""
    if not tasks:
        return frozenset()
    listings = select(Listing).where(Listing.id.in_([task.subject_id for task in tasks]))
    asked = listings.join(Supplier, Listing.supplier_id == Supplier.id)
    may_sell = asked.where(suppliers.may_sell(at, Listing.standing))
    ready = {one.id for one in session.scalars(may_sell) if not has_doubts(one)}
    facts = regions.facts_by_county(session, (task.county_code for task in tasks), at)
    return frozenset(
        task.id
        for task in tasks
        if task.subject_id in ready and any(one.qualifies for one in facts[task.county_code])
    )


def pictured(session: Session, tasks: Sequence[ReviewTask]) -> dict[uuid.UUID, Listing]:
    """Task → its goods, of those that show photographs: who ticks them is shown all of them."""
    subjects = {one.subject_id: one.id for one in tasks if one.kind is ReviewKind.LISTING}
    if not subjects:
        return {}
    found = session.scalars(select(Listing).where(Listing.id.in_(subjects)))
    return {subjects[one.id]: one for one in found if one.photos}


def seen_mark(listing: Listing) -> str:
    """What a tick carries of goods whose photographs stood beside it; empty without any."""
    return listing.fingerprint[:16] if listing.photos else ""


def has_doubts(listing: Listing) -> bool:
    """Whether a person must look at its words."""
    return any(one.grade is not Grade.PASS for one in rules.wording(catalog.said(listing)))


def _clean_papers(
    session: Session, tasks: Sequence[ReviewTask], at: datetime
) -> frozenset[uuid.UUID]:
    """Valid now, looked at by the machine, and nothing found that a person must see."""
    if not tasks:
        return frozenset()
    asked = select(Paper).where(Paper.id.in_([task.subject_id for task in tasks]))
    good = {
        paper.id
        for paper in session.scalars(asked)
        if paper.findings
        and suppliers.in_force(paper, at)
        and all(one.grade is Grade.PASS for one in suppliers.findings_of(paper))
    }
    return frozenset(task.id for task in tasks if task.subject_id in good)
