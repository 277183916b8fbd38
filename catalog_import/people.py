"""The sheet of a union: one row is one person who receives something."""

from dataclasses import dataclass, field, replace
from typing import TypeAlias

from catalog_import import texts
from catalog_import.opening import open_table
from catalog_import.rows import Shape, Sheet, fields_of, read_by, read_sheet
from catalog_import.table import LIMITS, Limits
from catalog_import.wanted import Wanted

PEOPLE_LIMITS = replace(LIMITS, rows=2_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonRow:
    """One recipient. What is private stays out of `repr`, and so out of logs."""

    row: int
    line: int
    name: str = field(metadata=read_by(texts.text))
    mobile: str = field(repr=False, metadata=read_by(texts.mobile))
    employee_no: str = field(default="", metadata=read_by(texts.code))
    address: str = field(default="", repr=False, metadata=read_by(texts.text))


PeopleSheet: TypeAlias = Sheet[PersonRow]


def read_people(data: bytes, *, limits: Limits = PEOPLE_LIMITS, sheet: str = "") -> PeopleSheet:
    """Every row of a recipients' file, good or refused. Raises UnreadableFile.

    Problems repeat the refused value, which may be a private number: show them to the person who
    uploaded the file, and write only code and row into a log.
    """
    return read_sheet(open_table(data, Wanted("person", None, sheet), limits=limits), _SHAPE)


_SHAPE = Shape(
    kind="person",
    row=PersonRow,
    fields=fields_of(PersonRow),
    key_field="mobile",
    duplicate="duplicate_mobile",
    codes=frozenset({"employee_no", "mobile"}),
)
