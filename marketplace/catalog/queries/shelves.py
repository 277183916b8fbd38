"""How much may be bought at an instant, of which category, from which county and supplier.

The database counts listings by supplier, county and category; which of these may sell and are
designated is asked for the instant. The answer is kept while it stays true, see `work.kept`. What
stands on a page is asked from the database each time (`queries.on_sale`).
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.catalog.models import Listing, ListingVillage
from marketplace.catalog.states import ListingState
from marketplace.regions import queries as regions
from marketplace.suppliers import queries as suppliers
from marketplace.work.kept import Dated, Kept, newest

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Shelf:
    """So many goods of one supplier, county and category."""

    supplier_id: uuid.UUID
    county_code: str
    category: str
    goods: int


@dataclass(frozen=True)
class Shelves:
    """Everything that may be bought at the instant; `out` are the places at the gate, of approved
    suppliers, that do not stand: a paper ran out or is not valid yet."""

    atlas: regions.Atlas
    out: frozenset[str]
    all: tuple[Shelf, ...]
    villages: Mapping[uuid.UUID, int]  # goods by village, where there are any

    @cached_property
    def goods(self) -> int:
        return sum(one.goods for one in self.all)

    @cached_property
    def suppliers(self) -> int:
        return len({one.supplier_id for one in self.all})

    @cached_property
    def by_county(self) -> Counter[str]:
        """Goods by the county they come from."""
        return _sums((one.county_code, one.goods) for one in self.all)

    @cached_property
    def provinces(self) -> frozenset[str]:
        """The first two digits of where something comes from."""
        return frozenset(code[:2] for code in self.by_county)

    def on_list(self, slug: str) -> dict[str, int]:
        """Goods by county, of the counties on this list."""
        on_lists = self.atlas.facts
        return {
            code: goods
            for code, goods in self.by_county.items()
            if any(fact.slug == slug for fact in on_lists.get(code, ()))
        }

    def of_category(self, slug: str) -> Counter[str]:
        """Goods by county, of this category."""
        return _sums((one.county_code, one.goods) for one in self.all if one.category == slug)


def _sums(pairs: Iterable[tuple[K, int]]) -> Counter[K]:
    found: Counter[K] = Counter()
    for key, goods in pairs:
        found[key] += goods
    return found


def _ask(session: Session, at: datetime) -> Dated[Shelves]:
    atlas = regions.ask_atlas(session, at)
    rows = session.execute(
        select(*_PLACE, Listing.category, func.count())
        .where(Listing.state == ListingState.ON_SALE)
        .group_by(*_PLACE, Listing.category)
    ).all()
    villages = session.execute(
        select(*_PLACE, ListingVillage.village_id, func.count())
        .join(Listing, Listing.id == ListingVillage.listing_id)
        .where(Listing.state == ListingState.ON_SALE)
        .group_by(*_PLACE, ListingVillage.village_id)
    ).all()
    stand, out = suppliers.places(session, at)
    opened = atlas.value.on_lists.keys()
    counted = _sums(
        ((row[0], row[2], row[3]), row[4])
        for row in rows
        if (row[0], row[1]) in stand and row[2] in opened
    )
    found = Shelves(
        atlas.value,
        frozenset(gate_of(*place) for place in out),
        tuple(Shelf(*shelf, goods) for shelf, goods in counted.items()),
        _sums(
            (row[3], row[4]) for row in villages if (row[0], row[1]) in stand and row[2] in opened
        ),
    )
    turns = (turn for turn in (atlas.until, suppliers.next_turn(session, at)) if turn)
    return Dated(found, at, min(turns, default=None))


_PLACE = (Listing.supplier_id, Listing.standing, Listing.county_code)


def gate_of(supplier_id: uuid.UUID, standing: str) -> str:
    """Where goods stand at the gate, as the search index keeps it."""
    return f"{supplier_id.hex}{standing}"


shelves = Kept(_ask, newest(Listing), *suppliers.GATE_MARKS, *regions.ATLAS_MARKS)
