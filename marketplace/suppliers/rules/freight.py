"""What it costs to send goods somewhere: by groups of provinces, an amount for the order and one
for each started kilogram, nothing from an amount of goods on; whole fen throughout."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import ZERO, Money

MOST_GROUPS = 8
HIGHEST = Money(1_000_000)  # ten thousand yuan
KILOGRAM = 1000  # grams
_PROVINCE = re.compile(r"[1-9][0-9]")  # the first two digits of GB/T 2260


@dataclass(frozen=True, slots=True)
class FreightGroup:
    """One price; `provinces` are two-digit codes, none of them means everywhere else. `refused`:
    nothing is sent there."""

    provinces: tuple[str, ...] = ()
    base: Money = ZERO
    per_kg: Money = ZERO
    free_from: Money | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Tariff:
    """What one supplier asks; `version` is 0 as long as only its application named a price."""

    version: int
    groups: tuple[FreightGroup, ...]
    rest: FreightGroup

    def at(self, county_code: str) -> FreightGroup:
        """The price for a place by its code; for no place that of everywhere else, which then
        nobody refuses."""
        if not county_code:
            return replace(self.rest, refused=False)
        province = county_code[:2]
        return next((one for one in self.groups if province in one.provinces), self.rest)

    @property
    def is_by_place(self) -> bool:
        return bool(self.groups) or self.rest.refused

    @property
    def by_weight(self) -> bool:
        return any(one.per_kg for one in (*self.groups, self.rest))


@dataclass(frozen=True, slots=True)
class Load:
    """What one parcel is: value, weight, whether every price includes its freight."""

    goods: Money
    grams: int
    all_included: bool


def fee(load: Load, price: FreightGroup) -> Money:
    """Nothing when every price includes it, or from `free_from` on; a started kilogram counts."""
    if load.all_included or (price.free_from is not None and load.goods >= price.free_from):
        return ZERO
    return price.base + price.per_kg * -(-load.grams // KILOGRAM)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the freight of one parcel is reckoned by; an order keeps it as JSON."""

    tariff: int
    load: Load
    price: FreightGroup

    @property
    def fee(self) -> Money:
        return fee(self.load, self.price)

    @property
    def kilograms(self) -> int:
        """As they are charged: a started one counts."""
        return -(-self.load.grams // KILOGRAM)

    def as_json(self) -> dict[str, Any]:
        """Amounts in fen; the goods stand in the order itself."""
        free_from = self.price.free_from
        return {
            "tariff": self.tariff,
            "grams": self.load.grams,
            "all_included": self.load.all_included,
            "base": self.price.base.fen,
            "per_kg": self.price.per_kg.fen,
            "free_from": free_from.fen if free_from is not None else None,
        }


def terms_of(goods: Money, kept_terms: Mapping[str, Any]) -> Terms:
    """As an order of so much goods keeps them."""
    free_from = kept_terms["free_from"]
    price = FreightGroup(
        base=Money(kept_terms["base"]),
        per_kg=Money(kept_terms["per_kg"]),
        free_from=None if free_from is None else Money(free_from),
    )
    load = Load(goods, kept_terms["grams"], kept_terms["all_included"])
    return Terms(kept_terms["tariff"], load, price)


def tariff_of(base: Money, free_from: Money | None, kept: Mapping[str, Any]) -> Tariff:
    """As the supplier's row keeps it: what the application named, and groups since."""
    groups = tuple(_group(one) for one in kept.get("groups", ()))
    per_kg = Money(int(kept.get("per_kg", 0)))
    rest = FreightGroup((), base, per_kg, free_from, bool(kept.get("refused", False)))
    return Tariff(int(kept.get("version", 0)), groups, rest)


def kept(tariff: Tariff) -> dict[str, Any]:
    """The part that the row keeps as JSON."""
    return {
        "version": tariff.version,
        "per_kg": tariff.rest.per_kg.fen,
        "refused": tariff.rest.refused,
        "groups": [
            {
                "provinces": list(one.provinces),
                "base": one.base.fen,
                "per_kg": one.per_kg.fen,
                "free_from": one.free_from.fen if one.free_from is not None else None,
                "refused": one.refused,
            }
            for one in tariff.groups
        ],
    }


def check_tariff(groups: Sequence[FreightGroup], rest: FreightGroup) -> None:
    """Raises Invalid: amounts beyond reason, a province in two groups, a group of nowhere."""
    if len(groups) > MOST_GROUPS:
        raise Invalid("freight_groups", most=MOST_GROUPS)
    seen: set[str] = set()
    for place, one in enumerate(groups, 1):
        is_known = all(_PROVINCE.fullmatch(code) for code in one.provinces)
        if not one.provinces or not is_known or seen & set(one.provinces):
            raise Invalid("freight_provinces", field=f"provinces{place}")
        seen |= set(one.provinces)
    for one in (*groups, rest):
        for amount in (one.base, one.per_kg, one.free_from or ZERO):
            if not ZERO <= amount <= HIGHEST:
                raise Invalid("freight_amount", most=str(HIGHEST))


def _group(said: Mapping[str, Any]) -> FreightGroup:
    free_from = said["free_from"]
    return FreightGroup(
        provinces=tuple(said["provinces"]),
        base=Money(said["base"]),
        per_kg=Money(said["per_kg"]),
        free_from=None if free_from is None else Money(free_from),
        refused=bool(said["refused"]),
    )
