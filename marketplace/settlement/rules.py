"""Pure answers about settlement: periods, fees, sums and their hash, days, what a bank may say."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import statistics
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from pathlib import Path

from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import ZERO, Money
from marketplace.settlement.states import LineKind, Period

PACKAGED = "fees.toml"
WHOLE = 10_000  # basis points
LONGEST_NOTE = 500
LONGEST_REF = 100
ENCODINGS = {"gb18030": "gb18030", "utf-8": "utf-8-sig"}
BANK_HEADINGS = ("付款编号", "收款户名", "收款账号", "开户银行", "开户网点", "金额", "附言")
HALF = 15  # the last day of the first half of a month


@dataclass(frozen=True, slots=True)
class Fee:
    """In force from a day until the next row's; basis points of the supply price."""

    valid_from: date
    basis_points: int
    source: str


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Owed:
    """One posting on a supplier's account, as a line of a statement will have it."""

    kind: LineKind
    at: datetime
    supply: Money
    freight: Money
    basis_points: int
    before: Money = ZERO  # the supply price of the same order that is stated already

    @property
    def fee(self) -> Money:
        """Below zero where it is given back. What an order bears in all is the fee of what is left
        of it: parts that go back one by one give back exactly what was taken."""
        return self._fee(self.before + self.supply) - self._fee(self.before)

    def _fee(self, supply: Money) -> Money:
        """Half a fen is rounded away from zero."""
        rounded = Money((abs(supply.fen) * self.basis_points + WHOLE // 2) // WHOLE)
        return rounded if supply.fen >= 0 else -rounded

    @property
    def amount(self) -> Money:
        return self.supply + self.freight - self.fee


@dataclass(frozen=True, slots=True)
class Days:
    """Calendar days from delivery to money, over so many paid orders."""

    orders: int
    median: float
    worst: int


def ended(period: Period, today: date) -> Span:
    """The last period that is over on that day."""
    first = today.replace(day=1)
    if period is Period.HALF_MONTH and today.day > HALF:
        return Span(first, today.replace(day=HALF))
    last = first - timedelta(days=1)
    start = last.replace(day=HALF + 1) if period is Period.HALF_MONTH else last.replace(day=1)
    return Span(start, last)


def read_fees(text: str, name: str) -> tuple[Fee, ...]:
    """By day, the oldest first. Raises ValueError with place and reason when it is broken."""
    try:
        told = tomllib.loads(text)["fee"]
    except (tomllib.TOMLDecodeError, KeyError) as fault:
        raise ValueError(f"{name}: {fault}") from fault
    found = [_fee(row, f"{name}, fee {place}") for place, row in enumerate(told, 1)]
    days = [fee.valid_from for fee in found]
    if not found or days != sorted(set(days)):
        raise ValueError(f"{name}: no fee, or days that do not rise")
    return tuple(found)


def _fee(row: dict[str, object], where: str) -> Fee:
    match row:
        case {"valid_from": date() as day, "basis_points": int() as points, "source": str(source)}:
            if 0 <= points < WHOLE and source.strip() and not isinstance(points, bool):
                return Fee(day, points, source)
    raise ValueError(f"{where}: valid_from, basis_points (0 to {WHOLE - 1}) and source, please")


@cache
def fees(path: str) -> tuple[Fee, ...]:
    """Of the file at `path`; empty: the packaged ones. Raises ValueError, OSError."""
    if path:
        return read_fees(Path(path).read_text("utf-8"), path)
    text = resources.files("marketplace.settlement").joinpath(PACKAGED).read_text("utf-8")
    return read_fees(text, PACKAGED)


def basis_points(known: Sequence[Fee], day: date) -> int:
    """In force on that day; before the first row nothing is asked."""
    return next((fee.basis_points for fee in reversed(known) if fee.valid_from <= day), 0)


def content_hash(content: object) -> str:
    """The same for the same lines and sums."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def days_of(spans: Iterable[tuple[datetime, datetime]]) -> Days | None:
    """From (delivered, paid) of each order; None for no order."""
    counted = sorted((local_day(paid) - local_day(there)).days for there, paid in spans)
    if not counted:
        return None
    return Days(len(counted), statistics.median(counted), counted[-1])


def note(text: str) -> str:
    """Words that the other side reads. Raises Invalid."""
    found = text.strip()
    if not found:
        raise Invalid("reason_missing", field="note")
    return found[:LONGEST_NOTE]


def bank_reference(text: str) -> str:
    """The bank's own number of a payout. Raises Invalid."""
    found = text.strip()
    if not found:
        raise Invalid("bank_ref_missing", field="bank_ref")
    if len(found) > LONGEST_REF or any(unicodedata.category(sign) == "Cc" for sign in found):
        raise Invalid("bank_ref_malformed", field="bank_ref")
    return found


def bank_file(rows: Iterable[tuple[str, str, str, str, str, Money, str]], encoding: str) -> bytes:
    """Fixed columns, CRLF, every text quoted, amounts in yuan with two places; read by a bank's
    system, not by a spreadsheet, so nothing is put before a text."""
    told = io.StringIO()
    lines = csv.writer(told, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    lines.writerow(BANK_HEADINGS)
    for number, holder, account, bank, branch, amount, purpose in rows:
        lines.writerow((number, holder, account, bank, branch, amount.decimal, purpose))
    return told.getvalue().encode(ENCODINGS[encoding])


def is_negative(total: Money) -> bool:
    """Nothing to pay: the supplier owes us, and a later statement takes it over."""
    return total < ZERO
