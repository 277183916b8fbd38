"""Listings as the search index knows them: a pure answer of what events tell of.

Nothing here depends on the hour. A paper that runs out, a list whose next version comes into force:
no event happens then, so the index holds every listing on sale of every approved supplier, and
whoever asks it says which suppliers and counties count at this instant (see `finding`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from marketplace.catalog import rules
from marketplace.catalog.models import Listing, ListingVillage
from marketplace.catalog.queries.shelves import gate_of
from marketplace.catalog.states import ListingState
from marketplace.ports.search import SearchDocument
from marketplace.regions import queries as regions
from marketplace.regions.models import Village
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.states import SupplierState

BATCH = 500  # listings of one question


def documents(session: Session, ids: Iterable[UUID]) -> Iterator[SearchDocument]:
    """Those of the listings that belong into the index; asks when it is first read."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), BATCH):
        yield from _documents(session, Listing.id.in_(wanted[start : start + BATCH]))


def all_documents(session: Session, at_once: int = BATCH) -> Iterator[SearchDocument]:
    """Everything that belongs into the index, a batch at a time."""
    after: ColumnElement[bool] = Listing.id.is_not(None)
    while batch := _documents(session, after, at_once):
        yield from batch
        after = Listing.id > batch[-1].listing_id


def listings_of(session: Session, supplier_id: UUID) -> Sequence[UUID]:
    """What the supplier has on sale, by its own state alone."""
    on_sale = and_(Listing.supplier_id == supplier_id, Listing.state == ListingState.ON_SALE)
    return session.scalars(select(Listing.id).where(on_sale).order_by(Listing.id)).all()


def _documents(
    session: Session, which: ColumnElement[bool], most: int = BATCH
) -> list[SearchDocument]:
    """One batch, in the order of identifiers, in four questions."""
    rows = session.execute(
        select(Listing, Supplier.legal_name)
        .join(Supplier, Listing.supplier_id == Supplier.id)
        .where(which, Listing.state == ListingState.ON_SALE)
        .where(Supplier.state == SupplierState.APPROVED)
        .order_by(Listing.id)
        .limit(most)
    ).all()
    places = regions.counties(session, {row.Listing.county_code for row in rows})
    villages = _villages(session, [row.Listing.id for row in rows])
    return [
        _document(row.Listing, row.legal_name, places, villages.get(row.Listing.id, ()))
        for row in rows
    ]


def _villages(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    rows = session.execute(
        select(ListingVillage.listing_id, Village.name)
        .join(Village, Village.id == ListingVillage.village_id)
        .where(ListingVillage.listing_id.in_(ids))
        .order_by(Village.name)
    )
    found: dict[UUID, list[str]] = {}
    for listing_id, name in rows:
        found.setdefault(listing_id, []).append(name)
    return found


def _document(
    listing: Listing,
    supplier: str,
    places: dict[str, regions.County],
    villages: Iterable[str],
) -> SearchDocument:
    """Title, and the words people look for: where from, by whom, what kind."""
    kind = rules.category(listing.category)
    place = places.get(listing.county_code)
    named = (place.name, place.prefecture, place.province) if place else ()
    return SearchDocument(
        listing_id=listing.id,
        title=listing.name,
        text=" ".join((*dict.fromkeys(named), *villages, supplier, kind.zh, kind.en)),
        category=listing.category,
        county=listing.county_code,
        gate=gate_of(listing.supplier_id, listing.standing),
        price=listing.sale_price.fen,
        since=listing.decided_at or listing.created_at,
    )
