"""What sending costs: how much a parcel weighs, where it usually goes, and whether orders kept to
it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalog.models import Listing
from marketplace.catalog.rules.weights import grams
from marketplace.catalog.states import ListingState
from marketplace.kernel.actor import Actor
from marketplace.orders.models import Address, Order
from marketplace.suppliers.rules.freight import terms_of

UNKNOWN = Fraction(1000)  # grams that a piece counts for whose gross weight is not plain


def usual_county(session: Session, actor: Actor) -> str:
    """The code of where the actor's parcels usually go; empty while no address is kept."""
    asked = select(Address.county_code).where(
        Address.person_id == actor.person_id, Address.removed_at.is_(None), Address.is_default
    )
    return session.scalar(asked) or ""


def piece_grams(listing: Listing) -> Fraction:
    """Of one piece, packed."""
    return grams(listing.gross_weight, listing.unit) or UNKNOWN


def weight_of(goods: Iterable[tuple[Listing, int]]) -> int:
    """Whole grams of so many pieces of each, packed: a started gram counts."""
    return ceil(sum(piece_grams(one) * pieces for one, pieces in goods))


def weightless(session: Session, supplier_id: uuid.UUID) -> tuple[Listing, ...]:
    """Goods on sale whose gross weight is missing or not plain, by SKU."""
    asked = select(Listing).where(
        Listing.supplier_id == supplier_id, Listing.state == ListingState.ON_SALE
    )
    found = session.scalars(asked.order_by(Listing.sku))
    return tuple(one for one in found if grams(one.gross_weight, one.unit) is None)


def freight_faults(session: Session) -> Iterator[str]:
    """P5: orders whose freight is another than their frozen terms come to, in words."""
    asked = select(Order.number, Order.goods, Order.freight, Order.freight_terms)
    for number, goods, freight, terms in session.execute(asked.order_by(Order.number)):
        reckoned = terms_of(goods, terms).fee
        if freight != reckoned:
            yield f"order {number}: freight {freight}, its terms come to {reckoned}"
