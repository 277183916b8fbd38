"""How much may be bought at an instant, of which category, from which county and supplier.

The database counts listings by supplier, county and category; which of these may sell and are
designated is asked for the instant. The answer is kept while it stays true, see `work.kept`. What
stands on a page is asked from the database each time (`queries.on_sale`).
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
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
from marketplace.suppliers.models import Paper, Supplier
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
    """Everything that may be bought at the instant; `out` are approved suppliers that may not sell,
    because a paper of theirs ran out or is not valid yet."""

    atlas: regions.Atlas
    out: frozenset[uuid.UUID]
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
        select(Listing.supplier_id, Listing.county_code, Listing.category, func.count())
        .where(Listing.state == ListingState.ON_SALE)
        .group_by(Listing.supplier_id, Listing.county_code, Listing.category)
    ).all()
    villages = session.execute(
        select(Listing.supplier_id, Listing.county_code, ListingVillage.village_id, func.count())
        .join(Listing, Listing.id == ListingVillage.listing_id)
        .where(Listing.state == ListingState.ON_SALE)
        .group_by(Listing.supplier_id, Listing.county_code, ListingVillage.village_id)
    ).all()
    may_sell = set(session.scalars(select(Supplier.id).where(suppliers.may_sell(at))))
    opened = atlas.value.on_lists.keys()
    found = Shelves(
        atlas.value,
        suppliers.out_of_force(session, at),
        tuple(Shelf(*row) for row in rows if row[0] in may_sell and row[1] in opened),
        _sums((row[2], row[3]) for row in villages if row[0] in may_sell and row[1] in opened),
    )
    return Dated(found, at, min(_turns(session, at, atlas.until), default=None))


def _turns(session: Session, at: datetime, first: datetime | None) -> Iterator[datetime]:
    """The next instants at which a paper, or what is true of the counties, begins or ends."""
    if first is not None:
        yield first
    for bound in (Paper.starts_at, Paper.ends_at):
        if (turn := session.scalar(select(func.min(bound)).where(bound > at))) is not None:
            yield turn


shelves = Kept(_ask, newest(Listing), newest(Supplier), newest(Paper), *regions.ATLAS_MARKS)
