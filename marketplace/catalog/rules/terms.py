"""On which terms a good may be bought: least and most pieces, when, and whether it may go back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Protocol

from catalog_import import ListingRow
from marketplace.catalog.rules.goods import Goods, category
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Invalid

TERMS = ("min_quantity", "max_per_person", "orders_from", "orders_last", "ships_from")


class Sold(Protocol):
    """What has terms: a listing."""

    @property
    def min_quantity(self) -> int | None: ...
    @property
    def max_per_person(self) -> int | None: ...
    @property
    def orders_from(self) -> date | None: ...
    @property
    def orders_last(self) -> date | None: ...
    @property
    def ships_from(self) -> date | None: ...


class Returned(Protocol):
    """What may be sent back, or not: a listing."""

    @property
    def category(self) -> str: ...
    @property
    def made_to_order(self) -> bool: ...
    @property
    def sealed(self) -> bool: ...


def terms_fault(said: Goods | ListingRow) -> Invalid | None:
    """Terms by which nobody could buy: limit_below_minimum, season_reversed."""
    least, most = said.min_quantity, said.max_per_person
    if least and most and least > most:
        return Invalid("limit_below_minimum", field="max_per_person", value=most, least=least)
    opens, last = str(said.orders_from or ""), str(said.orders_last or "")
    if opens and last and last < opens:
        return Invalid("season_reversed", field="orders_last", value=last, opens=opens)
    return None


def is_open(sold: Sold, at: datetime) -> bool:
    """Whether orders are taken at the instant."""
    day = local_day(at)
    has_begun = sold.orders_from is None or sold.orders_from <= day
    return has_begun and (sold.orders_last is None or day <= sold.orders_last)


def presale_day(sold: Sold, at: datetime) -> date | None:
    """From when it leaves, if that is still to come."""
    day = sold.ships_from
    return day if day is not None and day > local_day(at) else None


def terms_problem(sold: Sold, quantity: int, at: datetime) -> str:
    """Why so many pieces cannot be bought in one purchase at the instant; "": they can."""
    if not is_open(sold, at):
        return "orders_closed"
    if sold.min_quantity is not None and quantity < sold.min_quantity:
        return "below_min_quantity"
    return ""


def terms_of(sold: Sold, at: datetime) -> dict[str, Any] | None:
    """The terms of a sale at the instant as plain values, to be kept; None where there are none."""
    said = {name: getattr(sold, name) for name in TERMS} | {"ships_from": presale_day(sold, at)}
    kept = {n: str(v) if isinstance(v, date) else v for n, v in said.items() if v is not None}
    return kept or None


def kept_fault(terms: Mapping[str, Any], quantity: int, at: datetime) -> str:
    """What of kept terms a sale at the instant did not hold; "": nothing."""
    day = str(local_day(at))
    if not terms.get("orders_from", day) <= day <= terms.get("orders_last", day):
        return "orders_closed"
    return "below_min_quantity" if quantity < terms.get("min_quantity", 1) else ""


def no_return_of(listing: Returned) -> str:
    """Why a person cannot send it back within seven days without a reason: perishable,
    made_to_order, sealed; "": he can."""
    if category(listing.category).perishable:
        return "perishable"
    if listing.made_to_order:
        return "made_to_order"
    return "sealed" if listing.sealed else ""
