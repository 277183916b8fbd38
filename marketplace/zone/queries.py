"""What stands in the zone at an instant: every question passes the one visibility predicate."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from marketplace.catalog import queries as catalog
from marketplace.catalog.models import Listing, ListingVillage
from marketplace.ports.search import Question, SearchIndex
from marketplace.regions import queries as regions
from marketplace.regions.models import Village
from marketplace.regions.queries import PublishedList
from marketplace.web.paging import PER_PAGE
from marketplace.zone import rules
from marketplace.zone.rules import Wanted

MOST_WAYS = 4  # told when nothing was found


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


@dataclass(frozen=True, slots=True)
class Result:
    """One page of a search; the counts are by slug and by six-digit code of the province.

    Without the index (`by_index`) the database looked into titles, and the counts are empty.
    """

    listings: Sequence[Listing]
    total: int
    by_index: bool
    categories: Mapping[str, int]
    provinces: Mapping[str, int]
    lists: Mapping[str, int]


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
    found = session.scalars(standing_goods(at).order_by(None).with_only_columns(first).distinct())
    seen = set(found)
    return [(one.code, one.name) for one in regions.provinces(session) if one.code[:2] in seen]


def look(session: Session, index: SearchIndex, wanted: Wanted, at: datetime) -> Result:
    """What was looked for, one page of it, with what else may be chosen at this instant."""
    on_lists = regions.lists_by_county(session, at)
    found = catalog.find(session, index, _question(wanted, on_lists), at)
    return Result(
        found.listings,
        found.total,
        found.by_index,
        found.categories,
        provinces=rules.by_province(found.counties, on_lists, wanted.listed),
        lists=rules.by_list(found.counties, on_lists, wanted.province),
    )


def other_ways(
    session: Session, index: SearchIndex, wanted: Wanted, at: datetime
) -> tuple[tuple[Wanted, int], ...]:
    """What to try when nothing was found: without filters, with fewer words; and how much each of
    these finds."""
    on_lists = regions.lists_by_county(session, at)
    ways = tuple(rules.ways_out(wanted))
    counts = catalog.totals(session, index, (_question(way, on_lists) for way in ways), at)
    return tuple(islice(((w, n) for w, n in zip(ways, counts, strict=False) if n), MOST_WAYS))


def _question(wanted: Wanted, on_lists: Mapping[str, frozenset[str]]) -> Question:
    """Counties are always named: those that stand on a list at this instant."""
    counties = (
        code
        for code, slugs in on_lists.items()
        if rules.lies_in(code, wanted.province) and wanted.listed in {"", *slugs}
    )
    return Question(
        wanted.words,
        category=wanted.category,
        counties=frozenset(counties),
        price_from=wanted.price_from.fen if wanted.price_from else None,
        price_to=wanted.price_to.fen if wanted.price_to else None,
        sort=wanted.sort,
        start=(wanted.page - 1) * PER_PAGE,
        limit=0 if wanted.is_empty else PER_PAGE,  # the empty page invites and shows no goods
    )


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
