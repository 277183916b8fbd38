"""Pure answers about plans: sums for so many people, the ceiling, and the hash of what is meant."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from math import ceil
from uuid import UUID

from marketplace.kernel.errors import Invalid
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import ZERO, Money, total
from marketplace.suppliers.rules.freight import FreightGroup, Load, fee
from marketplace.work.trail import canonical

VALUE_HEADINGS = ("付款日期", "方案", "资金来源", "付款单位", "工号", "姓名", "金额（元）")
MOST_PIECES = 9_999  # of one good for one person, and in one order line
MOST_PER_PERSON = Money(1_000_000)  # ten thousand yuan: beyond it a digit too many was typed
MOST_IN_ALL = Money(100_000_000)  # of a canteen: one million yuan


@dataclass(frozen=True, slots=True)
class Chosen:
    """One good of a plan: what it is, and what decides its price and freight."""

    listing_id: UUID
    fingerprint: str  # of what the listing said when it was chosen
    supplier_id: UUID
    pieces_each: int
    unit_price: Money
    freight_included: bool
    grams: Fraction  # of one piece, packed
    price: FreightGroup  # what its supplier asks for the plan's place


@dataclass(frozen=True, slots=True)
class Sums:
    """What a plan costs; `total` counts exactly, a person's share is rounded up to the fen."""

    people: int
    goods_each: Money
    freight: Money

    @property
    def goods(self) -> Money:
        return self.goods_each * self.people

    @property
    def total(self) -> Money:
        return self.goods + self.freight

    @property
    def freight_each(self) -> Money:
        return Money(-(-self.freight.fen // self.people)) if self.people else ZERO

    @property
    def each(self) -> Money:
        return self.goods_each + self.freight_each

    def within(self, ceiling: Money) -> bool:
        """Never above: the exact total against so many times the ceiling, tolerance nil."""
        return self.total <= ceiling * self.people if self.people else self.goods_each <= ceiling


def sums(chosen: Sequence[Chosen], people: int) -> Sums:
    """Goods for everybody, and the freight of one order per supplier."""
    ordered = sorted(chosen, key=lambda good: str(good.supplier_id))
    parcels = [tuple(group) for _, group in groupby(ordered, key=lambda good: good.supplier_id)]
    return Sums(
        people=people,
        goods_each=total(good.unit_price * good.pieces_each for good in chosen),
        freight=total(_freight(parcel, people) for parcel in parcels) if people else ZERO,
    )


def _freight(parcel: Sequence[Chosen], people: int) -> Money:
    goods = total(good.unit_price * good.pieces_each * people for good in parcel)
    weighed = [good for good in parcel if not good.freight_included]
    grams = sum(good.grams * good.pieces_each * people for good in weighed)
    return fee(Load(goods, ceil(grams), not weighed), parcel[0].price)


def content_hash(
    chosen: Sequence[Chosen],
    people: Sequence[tuple[str, ...]],
    cost: Sums,
    frame: Sequence[str],
) -> str:
    """SHA-256 of the plan's canonical text: the order of lines and people does not matter."""
    meant = {
        "lines": sorted(
            [str(c.listing_id), c.fingerprint, c.pieces_each, c.unit_price.fen] for c in chosen
        ),
        "recipients": sorted(people),
        "freight": cost.freight.fen,
        "total": cost.total.fen,
        "address": list(frame),
    }
    return hashlib.sha256(canonical(meant).encode()).hexdigest()


def check_pieces(pieces: int) -> None:
    """Raises Invalid unless it is a whole number of pieces that may be ordered."""
    if not 1 <= pieces <= MOST_PIECES:
        raise Invalid("plan_pieces", field="pieces", value=pieces, most=MOST_PIECES)


def has_list(source: FundSource) -> bool:
    """Whether people get the goods; a canteen cooks them."""
    return source is not FundSource.CANTEEN


def check_ceiling(per_person: Money, source: FundSource = FundSource.CANTEEN) -> None:
    """Raises Invalid unless the amount per person, or of a canteen's whole purchase, is above zero
    and believable."""
    most = MOST_PER_PERSON if has_list(source) else MOST_IN_ALL
    if not ZERO < per_person <= most:
        raise Invalid("plan_per_person", field="per_person", value=per_person, most=most)


def masked(mobile: str) -> str:
    """A number that its owner recognises and nobody else can call: "138****5678"."""
    return f"{mobile[:3]}****{mobile[-4:]}" if len(mobile) > 7 else "****"


def shared(amount: Money, people: int) -> list[Money]:
    """An amount over so many people, exact to the fen: the first ones get one more."""
    if not people:
        return []
    each, over = divmod(amount.fen, people)
    return [Money(each + (place < over)) for place in range(people)]
