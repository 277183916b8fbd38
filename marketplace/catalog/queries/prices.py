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
from marketplace.work.kept import KeptOf, newest


@dataclass(frozen=True, slots=True)
class Median:
    """Of the sale prices per 500 g of `number` goods on sale; None when there are none."""

    number: int
    price: Money | None


@dataclass(frozen=True, slots=True)
class Fairness:
    """A price per 500 g beside the median of its category.

    `price` is None when the weight of a piece is not plain, `percent` also when too few goods of
    the category are known to compare with.
    """

    price: Money | None
    median: Median
    percent: int | None
    is_far: bool


def _ask_median(session: Session, category: str) -> Median:
    known = (
        Listing.category == category,
        Listing.state == ListingState.ON_SALE,
        Listing.per_500g.is_not(None),
    )
    number = session.scalar(select(func.count()).select_from(Listing).where(*known)) or 0
    if not number:
        return Median(0, None)
    asked = select(Listing.per_500g).where(*known).order_by(Listing.per_500g)
    return Median(number, session.scalar(asked.offset((number - 1) // 2).limit(1)))


_median = KeptOf(_ask_median, newest(Listing), most=1_000)


def median(session: Session, category: str) -> Median:
    """The lower median, by nearest rank: the price of one real good."""
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
