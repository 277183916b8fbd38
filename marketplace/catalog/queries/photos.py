"""Photographs of goods: which a listing says it shows, and who may look at one."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalog import rules
from marketplace.catalog.models import Listing, ListingPhoto
from marketplace.catalog.queries.changes import open_change
from marketplace.catalog.queries.lists import listing
from marketplace.catalog.queries.visible import visible
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Missing
from marketplace.suppliers.models import Supplier


def photo(
    session: Session, actor: Actor | None, listing_id: uuid.UUID, photo_id: uuid.UUID, at: datetime
) -> ListingPhoto:
    """One photograph: for everybody while its listing may be seen and shows it, else for those who
    may read the listing in any state. Raises Missing."""
    asked = (
        select(ListingPhoto, Listing.photos)
        .join(Listing, ListingPhoto.listing_id == Listing.id)
        .join(Supplier, Listing.supplier_id == Supplier.id)
        .where(ListingPhoto.id == photo_id, Listing.id == listing_id, visible(at))
    )
    row = session.execute(asked).first()
    if row is not None and str(photo_id) in row.photos:
        found: ListingPhoto = row.ListingPhoto
        return found
    kept = session.get(ListingPhoto, photo_id)
    if actor is None or kept is None or kept.listing_id != listing_id:
        raise Missing(photo_id=photo_id)
    listing(session, actor, listing_id)
    return kept


def photos_said(session: Session, found: Listing) -> list[str]:
    """The photographs that a listing shows, or would once its waiting edit is approved."""
    waiting = open_change(session, found.id)
    return list(waiting.content[rules.PHOTOS] if waiting else found.photos)


def photos_of(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
    """All photographs of these listings, shown or not: listing → sha256 → id."""
    found: dict[uuid.UUID, dict[str, str]] = {}
    if ids:
        asked = select(ListingPhoto.listing_id, ListingPhoto.sha256, ListingPhoto.id)
        for row in session.execute(asked.where(ListingPhoto.listing_id.in_(ids))):
            found.setdefault(row.listing_id, {})[row.sha256] = str(row.id)
    return found


def listings_by_sku(
    session: Session, supplier_id: uuid.UUID, skus: Collection[str]
) -> dict[str, uuid.UUID]:
    """The supplier's listings with these stock numbers."""
    asked = select(Listing.sku, Listing.id).where(Listing.supplier_id == supplier_id)
    return {row.sku: row.id for row in session.execute(asked.where(Listing.sku.in_(skus)))}
