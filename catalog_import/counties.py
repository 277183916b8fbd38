"""The sheet of a list of counties: one row is one county as the list names it."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias

from catalog_import import days, texts
from catalog_import.opening import open_table
from catalog_import.rows import Shape, Sheet, fields_of, read_by, read_sheet
from catalog_import.table import LIMITS, Limits
from catalog_import.wanted import Wanted

TEXT = read_by(texts.text)
DAY = read_by(days.day)

COUNTY_LIMITS = replace(LIMITS, rows=5_000)  # there are not 3,000 counties


@dataclass(frozen=True, kw_only=True, slots=True)
class CountyRow:
    """One county: a code of any year or a name; which one that is, others decide."""

    row: int
    line: int
    county: str = field(metadata=read_by(texts.county))
    listed_name: str = field(default="", metadata=TEXT)
    region: str = field(default="", metadata=TEXT)
    exit_year: int | None = field(default=None, metadata=read_by(days.year))
    valid_from: date | None = field(default=None, metadata=DAY)
    valid_until: date | None = field(default=None, metadata=DAY)
    remark: str = field(default="", metadata=TEXT)


CountySheet: TypeAlias = Sheet[CountyRow]


def read_counties(data: bytes, *, limits: Limits = COUNTY_LIMITS) -> CountySheet:
    """Every row of a list of counties, good or refused. Raises UnreadableFile."""
    return read_sheet(open_table(data, Wanted("county"), limits=limits), _SHAPE)


# no key: a merged county, and one that stands in two regions, are two rows
_SHAPE = Shape(
    kind="county",
    row=CountyRow,
    fields=fields_of(CountyRow),
    key_field="",
    duplicate="duplicate_county",
    codes=frozenset({"county"}),
    dates=frozenset({"valid_from", "valid_until"}),
)
