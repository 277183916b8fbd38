"""The one predicate of what may be seen and bought, and the offers that pass it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, select
from sqlalchemy.orm import Session

from marketplace.catalog.models import Listing
from marketplace.catalog.states import ListingState
from marketplace.kernel.base import AT
from marketplace.kernel.errors import Missing
from marketplace.kernel.money import Money
from marketplace.regions import queries as regions
from marketplace.regions.queries import County
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier
from marketplace.work.database import keep_plans


@dataclass(frozen=True, slots=True)
class Offer:
    """A listing as it may be bought at one instant, with who sells it and where it is from."""

    listing: Listing
    supplier: Supplier
    county: County
    designations: tuple[regions.DesignationFact, ...]


_OF_A_CARD = (
    Listing.id, Listing.title, Listing.category, Listing.county_code, Listing.sale_price,
    Listing.unit, Listing.picture, Listing.available, Supplier.legal_name, Listing.photos,
    Listing.variant,
)  # fmt: skip  # in the order of Good


class Good(NamedTuple):
    """What a card tells of a listing."""

    id: UUID
    title: str
    category: str
    county_code: str
    sale_price: Money
    unit: str
    picture: str
    available: int
    supplier_name: str
    photos: list[str]
    variant: str  # which size of the good; empty when there is one only


Instant = datetime | BindParameter[datetime]


def visible(at: Instant) -> ColumnElement[bool]:
    """On sale, supplier in force, origin on a list, at the instant.

    The question must name `Listing` and join `Supplier`; `on_sale` is such a question.
    """
    return and_(
        Listing.state == ListingState.ON_SALE,
        suppliers.may_sell(at, Listing.standing),
        regions.designated(Listing.county_code, at),
    )


def on_sale(at: Instant) -> Select[Listing]:
    """All listings that may be bought at the instant, to be narrowed, ordered and paged."""
    joined = select(Listing).join(Supplier, Listing.supplier_id == Supplier.id)
    return joined.where(visible(at))


def goods(at: Instant, *conditions: ColumnElement[bool]) -> Select[Any]:
    """The same, as rows of `Good`; in the order of their columns."""
    asked: Any = select(*_OF_A_CARD).join(Supplier, Listing.supplier_id == Supplier.id)
    narrowed: Select[Any] = asked.where(visible(at), *conditions)
    return narrowed


def read_goods(session: Session, asked: Select[Any], **given: object) -> list[Good]:
    """What `goods` found; `given` fills a prepared question."""
    return [Good._make(row) for row in session.execute(asked, given)]


_OFFERS = on_sale(AT).add_columns(Supplier).where(Listing.id.in_(bindparam("ids", expanding=True)))


# one after the other in the same order, so that no two buyers wait for each other
_OFFERS_TO_HOLD = _OFFERS.order_by(Supplier.id).with_for_update(read=True, of=Supplier)
_TO_HOLD = (
    on_sale(AT).where(Listing.id == bindparam("listing_id")).with_for_update(read=True, of=Supplier)
)


def to_hold(session: Session, listing_id: UUID, at: datetime) -> Listing | None:
    """The listing if it may be bought at the instant; its supplier stays as it is until this unit
    ends: a suspension comes before it or after."""
    return session.scalar(_TO_HOLD, {"at": at, "listing_id": listing_id})


def offer(session: Session, listing_id: UUID, at: datetime) -> Offer:
    """What may be bought under this id at the instant. Raises Missing."""
    found = offers(session, [listing_id], at)
    if listing_id not in found:
        raise Missing(listing_id=listing_id)
    return found[listing_id]


def offers(
    session: Session, ids: Iterable[UUID], at: datetime, *, held: bool = False
) -> dict[UUID, Offer]:
    """Those of the ids that may be bought at the instant, in the order of the ids; the others are
    left out. Each with supplier, county and designations, nothing asked twice. `held`: as in
    `to_hold`."""
    wanted = tuple(ids)
    if not wanted:
        return {}
    if held:
        keep_plans(session)
    asked = _OFFERS_TO_HOLD if held else _OFFERS
    rows = session.execute(asked, {"at": at, "ids": wanted}).all()
    found = {row.Listing.id: (row.Listing, row.Supplier) for row in rows}
    codes = {listing.county_code for listing, _supplier in found.values()}
    places, facts = regions.of_counties(session, codes, at)
    return {
        listing.id: Offer(
            listing, supplier, places[listing.county_code], facts[listing.county_code]
        )
        for listing, supplier in (found[one] for one in wanted if one in found)
        if listing.county_code in places
    }
