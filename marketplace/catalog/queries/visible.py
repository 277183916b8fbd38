"""The one predicate of what may be seen and bought, and the offers that pass it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from marketplace.catalog.models import Listing
from marketplace.catalog.states import ListingState
from marketplace.kernel.errors import Missing
from marketplace.regions import queries as regions
from marketplace.regions.queries import County
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier


@dataclass(frozen=True, slots=True)
class Offer:
    """A listing as it may be bought at one instant, with who sells it and where it is from."""

    listing: Listing
    supplier: Supplier
    county: County
    designations: tuple[regions.DesignationFact, ...]


def visible(at: datetime) -> ColumnElement[bool]:
    """On sale, supplier in force, origin on a list, at the instant.

    The question must name `Listing` and join `Supplier`; `on_sale` is such a question.
    """
    return and_(
        Listing.state == ListingState.ON_SALE,
        suppliers.may_sell(at),
        regions.designated(Listing.county_code, at),
    )


def on_sale(at: datetime) -> Select[Listing]:
    """All listings that may be bought at the instant, to be narrowed, ordered and paged."""
    joined = select(Listing).join(Supplier, Listing.supplier_id == Supplier.id)
    return joined.where(visible(at))


def offer(session: Session, listing_id: UUID, at: datetime) -> Offer:
    """What may be bought under this id at the instant. Raises Missing."""
    found = offers(session, [listing_id], at)
    if listing_id not in found:
        raise Missing(listing_id=listing_id)
    return found[listing_id]


def offers(session: Session, ids: Iterable[UUID], at: datetime) -> dict[UUID, Offer]:
    """Those of the ids that may be bought at the instant; the others are left out."""
    found = session.scalars(on_sale(at).where(Listing.id.in_(tuple(ids)))).all()
    return {made.listing.id: made for made in offers_of(session, found, at)}


def offers_of(session: Session, listings: Sequence[Listing], at: datetime) -> tuple[Offer, ...]:
    """The same listings, in their order, with supplier, county and designations; asks nothing
    twice and does not look at visibility again: give it what `on_sale` found."""
    ids = {listing.supplier_id for listing in listings}
    sellers = {s.id: s for s in session.scalars(select(Supplier).where(Supplier.id.in_(ids)))}
    codes = {listing.county_code for listing in listings}
    places = regions.counties(session, codes)
    facts = regions.facts_by_county(session, places, at)
    return tuple(
        Offer(one, sellers[one.supplier_id], places[one.county_code], facts[one.county_code])
        for one in listings
        if one.county_code in places
    )
