"""What can be asked of the sales, in which groups, and the words of the answers."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from catalog_import import Cell
from marketplace.kernel.money import Money

MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
# what a sheet of lines and a sheet of groups say in their first row; keys of the catalogue
LINE_HEADINGS = (
    "订单编号", "类别", "时间（上海）", "月份", "供应商", "品名", "原产县代码", "原产县", "名录",
    "采购单位", "资金来源", "数量", "金额（元）",
)  # fmt: skip
GROUP_HEADINGS = ("代码", "金额（元）", "订单数", "明细行数", "件数")
SHORT_LIST = 8  # so many groups stand on the first page; the others one step further
PRIVATE = "private"  # stands for "no organisation": somebody bought for themselves


class Grouping(StrEnum):
    """By what a sum is cut; the lists of counties overlap, all others divide the lines."""

    MONTH = "month"
    SUPPLIER = "supplier"
    COUNTY = "county"
    DESIGNATION = "designation"
    ORGANISATION = "organisation"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which facts are asked for; months are inclusive and in Shanghai, empty means all.

    `organisation` is an id as text, or PRIVATE.
    """

    month_from: str = ""
    month_to: str = ""
    supplier: uuid.UUID | None = None
    county: str = ""
    designation: str = ""
    organisation: str = ""
    source: str = ""

    def args(self) -> dict[str, str]:
        """As the question of an address; what is not asked is left out."""
        given = {
            "month_from": self.month_from,
            "month_to": self.month_to,
            "supplier": str(self.supplier or ""),
            "county": self.county,
            "designation": self.designation,
            "organisation": self.organisation,
            "source": self.source,
        }
        return {name: value for name, value in given.items() if value}

    def narrowed(self, by: Grouping, key: str) -> Filter:
        """The same question for one group alone."""
        match by:
            case Grouping.MONTH:
                return replace(self, month_from=key, month_to=key)
            case Grouping.SUPPLIER:
                return replace(self, supplier=uuid.UUID(key))
            case Grouping.COUNTY:
                return replace(self, county=key)
            case Grouping.DESIGNATION:
                return replace(self, designation=key)
            case Grouping.ORGANISATION:
                return replace(self, organisation=key)
            case Grouping.SOURCE:
                return replace(self, source=key)


@dataclass(frozen=True, slots=True)
class Figures:
    """Sales less refunds: money for goods without freight, and what it was paid for."""

    amount: Money
    orders: int
    lines: int
    pieces: int


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group: its key in addresses, the words it was stored with (or empty), its figures."""

    key: str
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Tie:
    """Statistics and ledger side by side, over everything that was ever sold."""

    counted: Money
    booked: Money

    @property
    def holds(self) -> bool:
        return self.counted == self.booked

    @property
    def difference(self) -> Money:
        return self.counted - self.booked


class Say(Protocol):
    """A sentence or a key of the catalogue in the reader's language."""

    def __call__(self, text: str, **places: object) -> str: ...


def label(by: Grouping, row: GroupRow, lists: Mapping[str, str], say: Say) -> str:
    """What a group is called; `lists` holds the names of the lists of counties by slug."""
    match by:
        case Grouping.MONTH:
            return row.key
        case Grouping.DESIGNATION:
            return lists.get(row.key, row.key)
        case Grouping.SOURCE:
            return say(f"FundSource.{row.key}")
        case Grouping.ORGANISATION if row.key == PRIVATE:
            return say("个人购买")
        case _:
            return row.name or row.key


def group_cells(row: GroupRow, name: str) -> list[Cell]:
    """One row of a sheet of groups: its name, then what GROUP_HEADINGS says; money in yuan."""
    sums = row.figures
    return [name, row.key, sums.amount.decimal, sums.orders, sums.lines, sums.pieces]
