"""What stands in the zone at an instant: every question passes the one visibility predicate."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from marketplace.catalog import queries as catalog
from marketplace.catalog.models import Listing, ListingVillage
from marketplace.regions import queries as regions
from marketplace.regions.models import Village
from marketplace.regions.queries import PublishedList

MOST_FOUND = 500


@dataclass(frozen=True, slots=True)
class ZoneCount:
    """One list of counties with what stands in the zone because of it."""

    entry: PublishedList
    goods: int
    counties: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What may be bought right now, counted."""

    goods: int
    counties: int
    suppliers: int
    villages: int


def standing_goods(at: datetime, *conditions: ColumnElement[bool]) -> Select[Listing]:
    """Visible listings, newest first."""
    narrowed = catalog.on_sale(at).where(*conditions)
    return narrowed.order_by(Listing.decided_at.desc(), Listing.id)


def standing(session: Session, at: datetime) -> Standing:
    """The figures of the home page."""
    seen = standing_goods(at).order_by(None).with_only_columns(
        Listing.id, Listing.county_code, Listing.supplier_id
    ).subquery()  # fmt: skip
    counted = session.execute(
        select(
            func.count(),
            func.count(seen.c.county_code.distinct()),
            func.count(seen.c.supplier_id.distinct()),
        )
    ).one()
    villages = session.scalar(
        select(func.count(ListingVillage.village_id.distinct())).where(
            ListingVillage.listing_id.in_(select(seen.c.id))
        )
    )
    return Standing(*counted, villages or 0)


def zones(session: Session, at: datetime) -> tuple[ZoneCount, ...]:
    """The lists because of which something stands in the zone, the fullest first."""
    counted = []
    for entry in regions.lists(session, at):
        seen = standing_goods(at, on_list(entry.slug, at)).order_by(None).subquery()
        goods_count, counties = session.execute(
            select(func.count(), func.count(seen.c.county_code.distinct()))
        ).one()
        if goods_count:
            counted.append(ZoneCount(entry, goods_count, counties))
    return tuple(sorted(counted, key=lambda zone: -zone.goods))


def on_list(slug: str, at: datetime) -> ColumnElement[bool]:
    """The listing's county stands on this list at the instant."""
    return regions.designated(Listing.county_code, at, lists={slug})


def in_province(code: str) -> ColumnElement[bool]:
    """The first two digits of a division code name the province."""
    return Listing.county_code.startswith(code[:2], autoescape=True)


def provinces(session: Session, at: datetime) -> list[tuple[str, str]]:
    """(code, name) of the provinces that something visible comes from."""
    first = func.substr(Listing.county_code, 1, 2)
    codes = session.scalars(standing_goods(at).order_by(None).with_only_columns(first).distinct())
    named = [(f"{code}0000", regions.county(session, f"{code}0000")) for code in sorted(codes)]
    return [(code, place.name) for code, place in named if place]


def found_goods(session: Session, ids: Sequence[uuid.UUID], at: datetime) -> list[Listing]:
    """Of what the index found, what may be seen; in the index's order."""
    seen = session.scalars(standing_goods(at, Listing.id.in_(ids[:MOST_FOUND]))).all()
    place = {listing_id: n for n, listing_id in enumerate(ids)}
    return sorted(seen, key=lambda listing: place[listing.id])


def titled(session: Session, words: str, at: datetime) -> list[Listing]:
    """Without an index: every word stands in the title."""
    asked = [Listing.title.contains(word, autoescape=True) for word in words.split()[:10]]
    return list(session.scalars(standing_goods(at, *asked).limit(MOST_FOUND))) if asked else []


def village_goods(session: Session, village_id: uuid.UUID, at: datetime) -> Sequence[Listing]:
    """What of this village may be bought now."""
    made = select(ListingVillage.listing_id).where(ListingVillage.village_id == village_id)
    return session.scalars(standing_goods(at, Listing.id.in_(made))).all()


def villages(session: Session, at: datetime) -> Sequence[tuple[Village, int]]:
    """Villages of which something stands in the zone, with how much."""
    seen = standing_goods(at).order_by(None).with_only_columns(Listing.id)
    counted = (
        select(Village, func.count())
        .join(ListingVillage, ListingVillage.village_id == Village.id)
        .where(ListingVillage.listing_id.in_(seen))
        .group_by(Village.id)
        .order_by(Village.name)
    )
    return [(row[0], row[1]) for row in session.execute(counted)]
