"""Cells that are numbers: prices in fen, stock, hours, tax, yes and no. Exact, or refused."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from catalog_import.refusal import halfwidth, refuse

MAX_PRICE = 1_000_000_000  # fen: ten million yuan
MAX_STOCK = 99_999_999
MAX_PIECES = 9_999
MAX_HOURS = 720  # thirty days
LONGEST_NUMBER = 40  # characters; no honest number is longer, and int() stays cheap

AMOUNT = re.compile(r"(?:¥|CNY|RMB)?\s*(?P<number>[-+−]?[0-9.,]+)\s*元?", re.IGNORECASE)
WHOLE = r"[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+"
STOCK = re.compile(rf"(?P<sign>[-−]?)(?P<whole>{WHOLE})")
USUAL_PRICE = re.compile(r"[0-9]{1,9}\.[0-9]{2}")
PRICE = re.compile(rf"(?P<whole>{WHOLE})(?:\.(?P<part>[0-9]+))?")
HOURS = re.compile(r"([0-9]{1,4})\s*(?:小时|个小时|小时内|h|hrs?|hours?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A rate of VAT in percent, or exempt (免税), which is not the same as a rate of 0."""

    percent: int
    exempt: bool = False

    def __str__(self) -> str:
        return "免税" if self.exempt else f"{self.percent}%"


class _Rate(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    percent: int
    source: str


class _Exempt(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    names: list[str]
    source: str


class _TaxTable(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    rate: list[_Rate]
    exempt: _Exempt


def price(value: str) -> int:
    """Yuan with at most two decimals, as fen: above zero, at most ten million yuan."""
    fen = int(value.replace(".", "")) if USUAL_PRICE.fullmatch(value) else _fen(value)
    if fen == 0:
        raise refuse("price_zero")
    if fen > MAX_PRICE:
        raise refuse("price_too_large", limit=f"{MAX_PRICE // 100:,}")
    return fen


def _fen(value: str) -> int:
    """Of a price in any way of writing that is clear."""
    found = AMOUNT.fullmatch(halfwidth(value)) if len(value) <= LONGEST_NUMBER else None
    if not found:
        raise refuse("price_unclear")
    number = found["number"]
    if number[0] in "-−":
        raise refuse("price_negative")
    parts = PRICE.fullmatch(number)
    if not parts:
        raise refuse("price_grouping" if "," in number else "price_unclear")
    if len(parts["part"] or "") > 2:
        raise refuse("price_decimals")
    return int(parts["whole"].replace(",", "")) * 100 + int((parts["part"] or "").ljust(2, "0"))


def stock(value: str) -> int:
    """A whole number of sale units, zero or more."""
    found = STOCK.fullmatch(halfwidth(value)) if len(value) <= LONGEST_NUMBER else None
    if not found:
        raise refuse("stock_unclear")
    if found["sign"]:
        raise refuse("stock_negative")
    if (units := int(found["whole"].replace(",", ""))) > MAX_STOCK:
        raise refuse("stock_too_large", limit=f"{MAX_STOCK:,}")
    return units


def pieces(value: str) -> int:
    """A whole number of pieces in a parcel, 1 to 9999."""
    said = halfwidth(value)
    if not re.fullmatch(r"[1-9][0-9]{0,3}", said):
        raise refuse("pieces_unclear", limit=MAX_PIECES)
    return int(said)


def quantity(value: str) -> int:
    """How many are bought at once, or by one person: “5”, 1 to 9999."""
    said = halfwidth(value)
    if not re.fullmatch(r"[1-9][0-9]{0,3}", said):
        raise refuse("quantity_unclear", limit=MAX_PIECES)
    return int(said)


def hours(value: str) -> int:
    """Whole hours until dispatch: “48”, “48小时”, “48 h”."""
    found = HOURS.fullmatch(halfwidth(value))
    if not found or not 1 <= int(found[1]) <= MAX_HOURS:
        raise refuse("hours_unclear", limit=MAX_HOURS)
    return int(found[1])


def tax_rate(value: str) -> TaxRate:
    """“9%”, “9” or 免税; only rates in data/tax_rates.toml, so that 0.09 is not taken for 9 %."""
    said = halfwidth(value).casefold()
    table = _tax_table()
    if said in table.exempt.names:
        return TaxRate(0, exempt=True)
    rates = {str(rate.percent): rate.percent for rate in table.rate}
    number = re.fullmatch(r"([0-9]{1,3})(?:\.0{1,2})?\s*%?", said)
    if not number or number[1] not in rates:
        raise refuse("tax_rate_unknown", rates=" ".join(f"{rate}%" for rate in rates))
    return TaxRate(rates[number[1]])


def tax_words() -> tuple[str, ...]:
    """Everything that may stand as a tax rate, as we write it."""
    table = _tax_table()
    return (*(f"{rate.percent}%" for rate in table.rate), str(TaxRate(0, exempt=True)))


def yes_or_no(value: str) -> bool:
    """是/否, yes/no."""
    answers = {"是": True, "yes": True, "否": False, "no": False}
    said = halfwidth(value).casefold()
    if said not in answers:
        raise refuse("yes_or_no")
    return answers[said]


@cache
def _tax_table() -> _TaxTable:
    text = (files("catalog_import") / "data" / "tax_rates.toml").read_text("utf-8")
    return _TaxTable.model_validate(tomllib.loads(text))
