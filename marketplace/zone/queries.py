"""What stands in the zone at an instant: every question passes the one visibility predicate."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, select
from sqlalchemy.orm import Session

from marketplace.catalog import queries as catalog
from marketplace.catalog.models import Listing, ListingVillage
from marketplace.catalog.queries import Good, Instant, Shelves
from marketplace.kernel.base import AT
from marketplace.ports.search import Question, SearchIndex
from marketplace.regions import queries as regions
from marketplace.regions.models import Village
from marketplace.regions.queries import PublishedList
from marketplace.web.paging import PER_PAGE, Page
from marketplace.work.database import planned_anew
from marketplace.zone import rules
from marketplace.zone.rules import Wanted

FEW_COUNTIES = 40  # that are named to the database one by one
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
class Shown:
    """What a shelf shows: `category` or `slugs` of lists, with the goods of now by county."""

    choice: Mapping[str, object]
    counties: Mapping[str, int]
    province: str  # six digits, or empty


@dataclass(frozen=True, slots=True)
class Result:
    """One page of a search; the counts are by slug and by six-digit code of the province.

    Without the index (`by_index`) the database looked into titles, and the counts are empty.
    """

    listings: Sequence[Good]
    total: int
    by_index: bool
    categories: Mapping[str, int]
    provinces: Mapping[str, int]
    lists: Mapping[str, int]


def newest(at: Instant, *conditions: ColumnElement[bool]) -> Select[Any]:
    """Visible goods as rows of `catalog.Good`, newest first."""
    return catalog.goods(at, *conditions).order_by(Listing.decided_at.desc(), Listing.id)


NEWEST = newest(AT).limit(bindparam("most", type_=Integer))
OF_COUNTY = newest(AT, Listing.county_code == bindparam("county")).limit(
    bindparam("most", type_=Integer)
)


def newest_of_all(session: Session, at: datetime, most: int) -> list[Good]:
    """What came into the zone last."""
    return catalog.read_goods(session, NEWEST, at=at, most=most)


def of_county(session: Session, code: str, at: datetime, most: int) -> list[Good]:
    """What came into the zone last, from this county."""
    return catalog.read_goods(session, OF_COUNTY, at=at, county=code, most=most)


def standing(shelves: Shelves) -> Standing:
    """The figures of the home page."""
    return Standing(shelves.goods, len(shelves.by_county), shelves.suppliers, len(shelves.villages))


def zones(shelves: Shelves) -> tuple[ZoneCount, ...]:
    """The lists because of which something stands in the zone, the fullest first."""
    counted = []
    for entry in shelves.atlas.lists:
        counties = shelves.on_list(entry.slug)
        if counties:
            counted.append(ZoneCount(entry, sum(counties.values()), len(counties)))
    return tuple(sorted(counted, key=lambda zone: -zone.goods))


def shelf(session: Session, shown: Shown, at: datetime, number: int) -> Page[Good]:
    """One page of what is chosen, in one province on request."""
    counties = {
        code: goods for code, goods in shown.counties.items() if rules.lies_in(code, shown.province)
    }
    total = sum(counties.values())
    given: dict[str, object] = {"start": (number - 1) * PER_PAGE, "at": at, **shown.choice}
    is_few = len(counties) <= FEW_COUNTIES
    if is_few:
        given["counties"] = sorted(counties)
    elif shown.province:
        given["province"] = f"{shown.province[:2]}%"
    asked = _shelf(frozenset(given) - {"start", "at"})
    if not total:
        return Page([], number, total, PER_PAGE)
    with planned_anew(session):  # how many goods the chosen counties have decides by which way
        return Page(catalog.read_goods(session, asked, **given), number, total, PER_PAGE)


_CHOICES: Mapping[str, ColumnElement[bool]] = {
    "slugs": regions.designated(Listing.county_code, AT, lists=bindparam("slugs", expanding=True)),
    "category": Listing.category == bindparam("category"),
    # few are named; of many the newest goods are looked through, and enough are soon found
    "counties": Listing.county_code.in_(bindparam("counties", expanding=True)),
    "province": Listing.county_code.like(bindparam("province")),
}


@cache
def _shelf(choices: frozenset[str]) -> Select[Any]:
    """The question of a shelf, built once for each way to choose."""
    asked = newest(AT, *(_CHOICES[name] for name in sorted(choices)))
    return asked.limit(PER_PAGE).offset(bindparam("start", type_=Integer))


def provinces(shelves: Shelves) -> list[tuple[str, str]]:
    """(code, name) of the provinces that something visible comes from."""
    seen = shelves.provinces
    return [(one.code, one.name) for one in shelves.atlas.provinces if one.code[:2] in seen]


def look(session: Session, index: SearchIndex, wanted: Wanted, at: datetime) -> Result:
    """What was looked for, one page of it, with what else may be chosen at this instant."""
    on_lists = regions.atlas(session, at).on_lists
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
    on_lists = regions.atlas(session, at).on_lists
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


def village_goods(session: Session, village_id: uuid.UUID, at: datetime) -> list[Good]:
    """What of this village may be bought now."""
    made = select(ListingVillage.listing_id).where(ListingVillage.village_id == village_id)
    return catalog.read_goods(session, newest(at, Listing.id.in_(made)))


def villages(session: Session, at: datetime) -> list[tuple[Village, int]]:
    """Villages of which something stands in the zone, with how much."""
    counted = catalog.shelves(session, at).villages
    found = session.scalars(select(Village).order_by(Village.name, Village.id))
    return [(village, counted[village.id]) for village in found if village.id in counted]
