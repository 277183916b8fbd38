"""What does not add up, in words: for `marketplace verify`."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from marketplace.catalog.models import Listing, Reservation
from marketplace.catalog.queries.changes import contents
from marketplace.catalog.rules import claims_in, fingerprint_of
from marketplace.catalog.states import ListingState, ReservationState
from marketplace.regions import queries as regions
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.rules import Make, key_of, slugs_of

AT_ONCE = 1_000  # listings


def stock_faults(session: Session) -> Iterator[str]:
    """Every listing whose pieces are not those of its reservations, or do not add up."""
    counted = (
        select(
            Reservation.listing_id,
            _pieces(ReservationState.HELD).label("held"),
            _pieces(ReservationState.SOLD).label("sold"),
        )
        .group_by(Reservation.listing_id)
        .subquery()
    )
    rows = session.execute(
        select(Listing, counted.c.held, counted.c.sold)
        .join(counted, counted.c.listing_id == Listing.id, isouter=True)
        .order_by(Listing.created_at, Listing.sku)
    )
    for listing, held, sold in rows:
        name = f"stock: listing {listing.id} ({listing.sku})"
        if listing.available + listing.reserved + listing.sold != listing.received:
            yield f"{name}: available + reserved + sold is not received"
        if listing.available < 0:
            yield f"{name}: {listing.available} available"
        if listing.reserved != (held or 0):
            yield f"{name}: {listing.reserved} reserved, its reservations hold {held or 0}"
        if listing.sold != (sold or 0):
            yield f"{name}: {listing.sold} sold, its reservations say {sold or 0}"


def zone_faults(session: Session, at: datetime) -> Iterator[str]:
    """Every listing of a supplier in force that is on sale without a sourced designation, or
    without a second pair of eyes."""
    rows = session.execute(
        select(Listing)
        .join(Supplier, Listing.supplier_id == Supplier.id)
        .where(Listing.state == ListingState.ON_SALE, suppliers.may_sell(at, Listing.standing))
        .order_by(Listing.created_at, Listing.sku)
    ).scalars()
    sourced: dict[str, bool] = {}
    for listing in rows:
        code = listing.county_code
        if code not in sourced:
            facts = [f for f in regions.designations_of(session, code, at) if f.qualifies]
            sourced[code] = bool(facts) and all(fact.source for fact in facts)
        if not sourced[code]:
            yield f"zone: listing {listing.id} ({listing.sku}): county {code} has no sourced list"
        if listing.decided_by is None or listing.decided_by == listing.submitted_by:
            yield f"zone: listing {listing.id} ({listing.sku}): nobody else approved it"


def make_of_listing(listing: Listing) -> Make:
    """What decides which papers it needs."""
    made = (listing.category, listing.processing, listing.packaging, listing.maker)
    return Make(*made, frozenset(listing.claims))


def gate_faults(session: Session) -> Iterator[str]:
    """Every listing that is looked up at the gate under another key than its make has."""
    own: dict[uuid.UUID, frozenset[uuid.UUID]] = {}
    for listing in session.scalars(select(Listing).order_by(Listing.created_at, Listing.sku)):
        if listing.supplier_id not in own:
            own[listing.supplier_id] = suppliers.with_own(session, listing.supplier_id)
        key = key_of(slugs_of(make_of_listing(listing)))
        if listing.id in own[listing.supplier_id]:
            key = listing.id.hex
        if listing.standing != key:
            name = f"gate: listing {listing.id} ({listing.sku})"
            yield f"{name} stands under another key: type  {suppliers.RECKON}"


def content_faults(session: Session) -> Iterator[str]:
    """Every listing whose mark is not of what it says, or which claims more in words than it is
    looked up by at the gate."""
    asked = select(Listing).order_by(Listing.id).execution_options(yield_per=AT_ONCE)
    for some in session.scalars(asked).partitions():
        said = contents(session, some)
        for listing in some:
            name = f"content: listing {listing.id} ({listing.sku})"
            if fingerprint_of(said[listing.id]) != listing.fingerprint:
                yield f"{name}: its fingerprint is not of what it says"
            if set(claims_in(said[listing.id])) != set(listing.claims):
                yield f"{name}: its words claim something else than the gate asks for"


def _pieces(state: ReservationState) -> ColumnElement[int]:
    return func.sum(case((Reservation.state == state, Reservation.quantity), else_=0))
