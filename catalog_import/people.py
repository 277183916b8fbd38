"""The sheet of a union: one row is one person who receives something."""

from dataclasses import field, replace
from typing import Annotated, TypeAlias

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass

from catalog_import import texts
from catalog_import.refusal import read_by
from catalog_import.rows import Shape, Sheet, read_sheet
from catalog_import.table import LIMITS, Limits, read_table

Text = Annotated[str, read_by(texts.text)]
Code = Annotated[str, read_by(texts.code)]
Mobile = Annotated[str, read_by(texts.mobile)]

PEOPLE_LIMITS = replace(LIMITS, rows=2_000)


@dataclass(frozen=True, kw_only=True, slots=True, config=ConfigDict(extra="forbid"))
class PersonRow:
    """One recipient. What is private stays out of `repr`, and so out of logs."""

    row: int
    line: int
    name: Text
    mobile: Mobile = field(repr=False)
    employee_no: Code = ""
    address: Text = field(default="", repr=False)


PeopleSheet: TypeAlias = Sheet[PersonRow]


def read_people(data: bytes, *, limits: Limits = PEOPLE_LIMITS) -> PeopleSheet:
    """Every row of a recipients' CSV file, good or refused. Raises UnreadableFile.

    Problems repeat the refused value, which may be a private number: show them to the person who
    uploaded the file, and write only code and row into a log.
    """
    return read_sheet(read_table(data, limits=limits), _SHAPE)


_SHAPE = Shape(
    kind="person",
    row=TypeAdapter(PersonRow),
    key_field="mobile",
    key=lambda cell: texts.mobile(cell) if cell else "",
    duplicate="duplicate_mobile",
)
