"""Whether a price is fair: beside the platform's median of the same category, and other shops."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.catalog import rules
from marketplace.catalog.models import Listing, PriceComparison
from marketplace.catalog.states import ListingState
from marketplace.config import Config
from marketplace.kernel.money import Money
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.states import SupplierState
from marketplace.work.kept import KeptOf, newest


@dataclass(frozen=True, slots=True)
class Median:
    """Of the sale prices per 500 g of the goods of `number` suppliers; None when there are none."""

    number: int
    price: Money | None


@dataclass(frozen=True, slots=True)
class Fairness:
    """A price per 500 g beside the median of its category.

    `price` is None when the weight of a piece is not plain, `percent` also when too few suppliers
    of the category are known to compare with.
    """

    price: Money | None
    median: Median
    percent: int | None
    is_far: bool


def _ask_median(session: Session, category: str) -> Median:
    own = Listing.supplier_id
    in_order = (Listing.per_500g, Listing.id)
    ranked = (
        select(
            Listing.per_500g.label("price"),
            func.row_number().over(partition_by=own, order_by=in_order).label("place"),
            func.count().over(partition_by=own).label("number"),
        )
        .join(Supplier, Supplier.id == Listing.supplier_id)
        .where(
            Listing.category == category,
            Listing.state == ListingState.ON_SALE,
            Listing.per_500g.is_not(None),
            Supplier.state == SupplierState.APPROVED,
        )
        .subquery()
    )
    middle = (ranked.c.number + 1) // 2
    asked = select(ranked.c.price).where(ranked.c.place == middle).order_by(ranked.c.price)
    prices = session.scalars(asked).all()
    return Median(len(prices), prices[(len(prices) - 1) // 2] if prices else None)


_median = KeptOf(_ask_median, newest(Listing), newest(Supplier), most=1_000)


def median(session: Session, category: str) -> Median:
    """The lower median, by nearest rank, of the lower medians of the suppliers that may sell: the
    price of one real good, and nobody sets it by offering many."""
    return _median(session, category)


def fairness(
    session: Session, config: Config, category: str, said: Mapping[str, object]
) -> Fairness:
    """Of what a good says, under names of `rules.PLAIN`, against its category now."""
    own, among = rules.per_500g(said), median(session, category)
    price = None if own is None else Money(own)
    if price is None or not among.price or among.number < config.price_sample:
        return Fairness(price, among, None, is_far=False)
    percent = round((price.fen - among.price.fen) * 100 / among.price.fen)
    return Fairness(price, among, percent, is_far=abs(percent) > config.price_distance_percent)


def comparisons(session: Session, listing_id: uuid.UUID) -> Sequence[PriceComparison]:
    """What the same costs elsewhere, newest first."""
    asked = select(PriceComparison).where(PriceComparison.listing_id == listing_id)
    return session.scalars(asked.order_by(PriceComparison.day.desc(), PriceComparison.id)).all()
