"""What pays what of a purchase: a voucher first, then credit, the soonest to expire first; own
money pays the rest. Exact per order and source, by largest remainder."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.kernel.money import ZERO, Money, split, total


@dataclass(frozen=True, slots=True)
class Cost:
    """One order: all of it, its goods without freight, and those of the zone among them."""

    total: Money
    goods: Money
    zone: Money


@dataclass(frozen=True, slots=True)
class Source:
    """A voucher or a share of credit with what it may pay at most."""

    kind: str  # of payments.PartKind
    id: uuid.UUID
    most: Money
    zone_only: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """What one source pays of one order, by the order's place in the purchase; None: own money."""

    place: int
    source: Source | None
    amount: Money


@dataclass(frozen=True, slots=True)
class Cover:
    """The whole split of a purchase."""

    rows: tuple[Kept, ...]

    def paid_by(self, kind: str) -> Money:
        return total(row.amount for row in self.rows if row.source and row.source.kind == kind)

    @property
    def covered(self) -> Money:
        """What is not the buyer's own money."""
        return total(row.amount for row in self.rows if row.source)


def cover(costs: Sequence[Cost], sources: Sequence[Source]) -> Cover:
    """The split, with `sources` in the order in which they pay."""
    rows: list[Kept] = []
    left = [cost.total for cost in costs]
    zone = [cost.zone for cost in costs]
    for source in sources:
        paid = _pay(source, left, zone)
        rows += [Kept(place, source, fen) for place, fen in enumerate(paid) if fen]
    rows += [Kept(place, None, fen) for place, fen in enumerate(left) if fen]
    return Cover(tuple(rows))


def _pay(source: Source, left: list[Money], zone: list[Money]) -> list[Money]:
    """Takes from `left` and `zone`. What may pay anything pays what is not of the zone first, so
    that there is something left for credit that may not."""
    if source.zone_only:
        return _take(source.most, zone, left, zone)
    other = [whole - part for whole, part in zip(left, zone, strict=True)]
    first = _take(source.most, other, left)
    second = _take(source.most - total(first), list(zone), left, zone)
    return [one + two for one, two in zip(first, second, strict=True)]


def _take(most: Money, open_: Sequence[Money], *of: list[Money]) -> list[Money]:
    amount = min(most, total(open_))
    paid = split(amount, open_) if amount > ZERO else [ZERO] * len(open_)
    for amounts in of:
        for place, fen in enumerate(paid):
            amounts[place] = amounts[place] - fen
    return list(paid)
