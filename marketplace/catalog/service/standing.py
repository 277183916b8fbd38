"""The place of goods at the gate, found anew when their papers or the scheme itself changed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select, update

from marketplace.catalog.models import Listing
from marketplace.catalog.queries import make_of_listing
from marketplace.catalog.service.writing import stand
from marketplace.events import ListingChanged
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.rules import Make
from marketplace.suppliers.service import profile, reckon
from marketplace.work import Work


def stand_anew(w: Work, listing_id: uuid.UUID) -> None:
    """One listing, if there is one of this id: its own papers count for it from now on."""
    listing = w.session.get(Listing, listing_id)
    if listing is not None:
        stand(w, listing)
        w.announce(ListingChanged(w.now, listing.id))


def reckon_supplier(w: Work, supplier_id: uuid.UUID) -> int:
    """Everything of a supplier after the scheme has changed: under which key each of its goods
    stands, and when what each key asks is met. Answers how many goods stand elsewhere now."""
    changed = place_anew(w, supplier_id)
    reckon(w, supplier_id)
    for listing_id in changed:
        w.announce(ListingChanged(w.now, listing_id))
    w.record("reckon", w.session.get_one(Supplier, supplier_id), goods=len(changed))
    return len(changed)


def place_anew(
    w: Work, supplier_id: uuid.UUID, ids: Sequence[uuid.UUID] | None = None
) -> list[uuid.UUID]:
    """Find the key of each of a supplier's goods, or of those of these ids; answers which of them
    stand elsewhere now."""
    own = suppliers.with_own(w.session, supplier_id)
    keys: dict[Make, str] = {}
    moved: dict[str, list[uuid.UUID]] = {}
    asked = select(Listing).where(Listing.supplier_id == supplier_id).order_by(Listing.id)
    if ids is not None:
        asked = asked.where(Listing.id.in_(ids))
    for listing in w.session.scalars(asked):
        make = make_of_listing(listing)
        if listing.id in own:
            key = profile(w, supplier_id, make, listing.id)
        else:
            if make not in keys:
                keys[make] = profile(w, supplier_id, make)
            key = keys[make]
        if key != listing.standing:
            moved.setdefault(key, []).append(listing.id)
    for key, some in moved.items():
        w.session.execute(update(Listing).where(Listing.id.in_(some)).values(standing=key))
    return [listing_id for some in moved.values() for listing_id in some]
