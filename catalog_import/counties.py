"""The sheet of a list of counties: one row is one county as the list names it."""

from dataclasses import replace
from datetime import date
from typing import Annotated, TypeAlias

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass

from catalog_import import days, texts
from catalog_import.refusal import read_by
from catalog_import.rows import Shape, Sheet, read_sheet
from catalog_import.table import LIMITS, Limits, read_table

Text = Annotated[str, read_by(texts.text)]
County = Annotated[str, read_by(texts.county)]
Day = Annotated[date, read_by(days.day)]
Year = Annotated[int, read_by(days.year)]

COUNTY_LIMITS = replace(LIMITS, rows=5_000)  # there are not 3,000 counties


@dataclass(frozen=True, kw_only=True, slots=True, config=ConfigDict(extra="forbid"))
class CountyRow:
    """One county: a code of any year or a name; which one that is, others decide."""

    row: int
    line: int
    county: County
    listed_name: Text = ""
    region: Text = ""
    exit_year: Year | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None
    remark: Text = ""


CountySheet: TypeAlias = Sheet[CountyRow]


def read_counties(data: bytes, *, limits: Limits = COUNTY_LIMITS) -> CountySheet:
    """Every row of a list of counties, good or refused. Raises UnreadableFile."""
    return read_sheet(read_table(data, limits=limits), _SHAPE)


# no key: a merged county, and one that stands in two regions, are two rows
_SHAPE = Shape(
    kind="county",
    row=TypeAdapter(CountyRow),
    key_field="county",
    key=lambda _cell: "",
    duplicate="duplicate_county",
)
