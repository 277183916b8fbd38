"""Batches of goods: whose they are, what papers each has, and what it still lacks."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from marketplace.catalog.models import Batch, BatchPart, Listing
from marketplace.catalog.queries.lists import own_listing
from marketplace.catalog.rules import batch_papers
from marketplace.catalog.states import BatchState
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Missing
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Paper, Supplier
from marketplace.suppliers.states import PaperKind


@dataclass(frozen=True, slots=True)
class BatchStanding:
    """One batch with the papers that count for it now, and the kinds that are missing."""

    batch: Batch
    papers: tuple[Paper, ...]
    missing: tuple[PaperKind, ...]

    @property
    def may_leave(self) -> bool:
        return self.batch.state is BatchState.OPEN and not self.missing


@dataclass(frozen=True, slots=True)
class BatchView:
    """Everything that the page of one batch shows."""

    standing: BatchStanding
    listing: Listing
    supplier: Supplier
    submissions: tuple[Paper, ...]
    parts: tuple[Batch, ...]  # lots that went into it
    into: tuple[Batch, ...]  # lots that it went into
    needed: tuple[PaperKind, ...]


def batch(session: Session, actor: Actor, batch_id: uuid.UUID) -> tuple[Batch, Supplier]:
    """One batch with its listing, for its supplier's staff and those who read all.

    Raises Missing.
    """
    asked = select(Batch).where(Batch.id == batch_id).options(joinedload(Batch.listing))
    found = session.scalar(asked)
    if found is None:
        raise Missing(batch_id=batch_id)
    return found, suppliers.visible(session, actor, found.supplier_id)


def own_batch(session: Session, actor: Actor, batch_id: uuid.UUID) -> tuple[Batch, Supplier]:
    """One batch, for its supplier's staff alone. Raises Missing."""
    found, supplier = batch(session, actor, batch_id)
    if supplier.organisation_id not in actor.organisations(Role.SUPPLIER_STAFF):
        raise Missing(batch_id=batch_id)
    return found, supplier


def batch_view(session: Session, actor: Actor, batch_id: uuid.UUID, at: datetime) -> BatchView:
    """Raises Missing."""
    found, supplier = batch(session, actor, batch_id)
    (standing,) = standings(session, [found], at)
    went_in = select(Batch).join(BatchPart, BatchPart.part_id == Batch.id)
    came_of = select(Batch).join(BatchPart, BatchPart.batch_id == Batch.id)
    return BatchView(
        standing=standing,
        listing=found.listing,
        supplier=supplier,
        submissions=suppliers.submissions_of_goods(session, batch_id),
        parts=_listed(session, went_in.where(BatchPart.batch_id == batch_id)),
        into=_listed(session, came_of.where(BatchPart.part_id == batch_id)),
        needed=_needed(found.listing),
    )


def batches_of(
    session: Session, actor: Actor, listing_id: uuid.UUID, at: datetime
) -> tuple[Listing, tuple[BatchStanding, ...]]:
    """All batches of a listing, for its own staff, newest first. Raises Missing."""
    listing, _supplier = own_listing(session, actor, listing_id)
    asked = select(Batch).where(Batch.listing_id == listing_id).options(joinedload(Batch.listing))
    found = session.scalars(asked.order_by(Batch.created_at.desc(), Batch.number)).all()
    return listing, standings(session, found, at)


def open_batches(
    session: Session, listing_ids: Iterable[uuid.UUID], at: datetime
) -> dict[uuid.UUID, tuple[BatchStanding, ...]]:
    """What goods may leave from, by listing: batches that are open, packed last first."""
    asked = (
        select(Batch)
        .where(Batch.listing_id.in_(tuple(listing_ids)), Batch.state == BatchState.OPEN)
        .options(joinedload(Batch.listing))
        .order_by(Batch.packed_on.desc(), Batch.number)
    )
    found: dict[uuid.UUID, tuple[BatchStanding, ...]] = {}
    for one in standings(session, session.scalars(asked).all(), at):
        listing_id = one.batch.listing_id
        found[listing_id] = (*found.get(listing_id, ()), one)
    return found


def batches_to_ship(
    session: Session, batch_ids: Iterable[uuid.UUID], at: datetime
) -> dict[uuid.UUID, BatchStanding]:
    """The batches as they are at the instant; until this unit ends none of them is recalled: a
    recall comes before it or after."""
    asked = (
        select(Batch)
        .where(Batch.id.in_(tuple(batch_ids)))
        .order_by(Batch.id)
        .options(joinedload(Batch.listing))
        .with_for_update(read=True, of=Batch)
        .execution_options(populate_existing=True)
    )
    found = standings(session, session.scalars(asked).all(), at)
    return {one.batch.id: one for one in found}


def standings(
    session: Session, batches: Sequence[Batch], at: datetime
) -> tuple[BatchStanding, ...]:
    """Each with its papers, in the order given; their listings must be loaded."""
    papers = suppliers.papers_of_goods(session, [one.id for one in batches], at)
    made = []
    for one in batches:
        own = tuple(p for p in papers.get(one.id, ()) if p.supplier_id == one.supplier_id)
        there = {paper.kind for paper in own}
        needed = _needed(one.listing)
        made.append(BatchStanding(one, own, tuple(kind for kind in needed if kind not in there)))
    return tuple(made)


def with_what_came_of_it(session: Session, batch_id: uuid.UUID) -> tuple[Batch, ...]:
    """The batch and every lot that it went into, however often it was mixed; held for a change, in
    the order of ids."""
    wanted, new = {batch_id}, {batch_id}
    while new:
        asked = select(BatchPart.batch_id).where(BatchPart.part_id.in_(new))
        new = set(session.scalars(asked)) - wanted
        wanted |= new
    held = (
        select(Batch)
        .where(Batch.id.in_(wanted))
        .options(joinedload(Batch.listing))
        .order_by(Batch.id)
        .with_for_update(of=Batch)
        .execution_options(populate_existing=True)
    )
    return tuple(session.scalars(held))


def _needed(listing: Listing) -> tuple[PaperKind, ...]:
    return batch_papers(listing.category, listing.title, listing.processing)


def _listed(session: Session, asked: Select[Batch]) -> tuple[Batch, ...]:
    return tuple(session.scalars(asked.order_by(Batch.number, Batch.id)))


def papers_needed(
    session: Session, listing_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, tuple[PaperKind, ...]]:
    """Which papers every batch of these goods must have, as they are described now."""
    asked = select(Listing.id, Listing.category, Listing.title, Listing.processing)
    rows = session.execute(asked.where(Listing.id.in_(tuple(listing_ids))))
    return {row.id: batch_papers(row.category, row.title, row.processing) for row in rows}


def must_name_batch(
    session: Session, needed: Mapping[uuid.UUID, Sequence[PaperKind]]
) -> frozenset[uuid.UUID]:
    """Goods, by what `papers_needed` says of them, that do not leave without a batch: those whose
    batches need papers, and those of which some batch was recalled, lest it leave unnamed."""
    asked = select(Batch.listing_id).where(
        Batch.listing_id.in_(tuple(needed)), Batch.state == BatchState.RECALLED
    )
    return frozenset(session.scalars(asked)) | {one for one, kinds in needed.items() if kinds}


def out_of_force(
    session: Session, listing_ids: Iterable[uuid.UUID], at: datetime
) -> frozenset[uuid.UUID]:
    """Those of the goods whose papers, or whose supplier's, are not in force at the instant."""
    asked = (
        select(Listing.id)
        .join(Supplier, Listing.supplier_id == Supplier.id)
        .where(Listing.id.in_(tuple(listing_ids)), ~suppliers.may_sell(at, Listing.standing))
    )
    return frozenset(session.scalars(asked))
