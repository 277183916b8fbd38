"""A supplier's goods as its sheet would have them: taken in again, they change nothing."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog_import import Cell
from marketplace.catalog import rules
from marketplace.catalog.models import Listing, ListingVillage
from marketplace.catalog.states import ListingState
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Money
from marketplace.regions import queries as regions
from marketplace.regions.models import Village


def exported(session: Session, supplier_id: uuid.UUID) -> Iterator[dict[str, Cell]]:
    """Field → cell, of everything but what was withdrawn: that would come back as a draft."""
    kept = (Listing.supplier_id == supplier_id, Listing.state != ListingState.WITHDRAWN)
    villages: dict[uuid.UUID, list[str]] = {}
    for row in session.execute(
        select(ListingVillage.listing_id, Village.name)
        .join(Village, Village.id == ListingVillage.village_id)
        .join(Listing, Listing.id == ListingVillage.listing_id)
        .where(*kept)
        .order_by(Village.name)
    ):
        villages.setdefault(row.listing_id, []).append(row.name)
    counties: dict[str, str] = {}
    for listing in session.scalars(select(Listing).where(*kept).order_by(Listing.sku)):
        code = listing.county_code
        if code not in counties:
            counties[code] = _county(session, code)
        yield {
            **{name: _cell(getattr(listing, name)) for name in rules.PLAIN},
            **{part: rules.make_name(part, getattr(listing, part), "zh") for part in rules.MAKE},
            "category": rules.category(listing.category).zh,
            "county": counties[code],
            "villages": "、".join(villages.get(listing.id, ())),
            "stock": listing.received,
        }


def county_choices(session: Session, at: datetime) -> list[str]:
    """The counties that open the zone at the instant, in words that a sheet may use, by code."""
    said = regions.plain_names(session, regions.atlas(session, at).on_lists)
    return [said[code] for code in sorted(said)]


def _cell(value: object) -> Cell:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Money):
        return Decimal(value.yuan)
    return value if isinstance(value, int) else str(value or "")


def _county(session: Session, code: str) -> str:
    """Its name where that says which county it is, else its code."""
    place = regions.county(session, code)
    if place is None:
        return code
    try:
        found = regions.the_county(session, place.name)
    except Invalid:
        return code
    return place.name if found.code == code else code
