"""The sheets of an employer: organisations, and people in them with their roles."""

from dataclasses import field, replace
from datetime import date
from typing import Annotated, TypeAlias

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass

from catalog_import import days, texts
from catalog_import.refusal import read_by
from catalog_import.rows import Shape, Sheet, read_sheet
from catalog_import.table import LIMITS, Limits, read_table

Text = Annotated[str, read_by(texts.text)]
Code = Annotated[str, read_by(texts.code)]
Names = Annotated[tuple[str, ...], read_by(texts.names)]
Mobile = Annotated[str, read_by(texts.mobile)]
Day = Annotated[date, read_by(days.day)]

STAFF_LIMITS = replace(LIMITS, rows=50_000)


@dataclass(frozen=True, kw_only=True, slots=True, config=ConfigDict(extra="forbid"))
class OrganisationRow:
    """One organisation; `parent` is the code of the one above it."""

    row: int
    line: int
    code: Code
    name: Text
    kind: Text = ""
    parent: Code = ""
    credit_code: Code = ""


@dataclass(frozen=True, kw_only=True, slots=True, config=ConfigDict(extra="forbid"))
class EmployeeRow:
    """One employee. What is private stays out of `repr`, and so out of logs."""

    row: int
    line: int
    employee_no: Code
    name: Text
    mobile: Mobile = field(default="", repr=False)
    organisation: Code
    roles: Names = ()
    left_on: Day | None = None


OrganisationSheet: TypeAlias = Sheet[OrganisationRow]
EmployeeSheet: TypeAlias = Sheet[EmployeeRow]


def read_organisations(data: bytes, *, limits: Limits = STAFF_LIMITS) -> OrganisationSheet:
    """Every row of a sheet of organisations, good or refused. Raises UnreadableFile."""
    return read_sheet(read_table(data, limits=limits), _ORGANISATIONS)


def read_employees(data: bytes, *, limits: Limits = STAFF_LIMITS) -> EmployeeSheet:
    """Every row of a sheet of employees, good or refused. Raises UnreadableFile.

    Problems repeat the refused value, which may be a private number: show them to the person who
    uploaded the file, and write only code and row into a log.
    """
    return read_sheet(read_table(data, limits=limits), _EMPLOYEES)


def _key(cell: str) -> str:
    return texts.code(cell).upper() if cell else ""


_ORGANISATIONS = Shape(
    kind="organisation",
    row=TypeAdapter(OrganisationRow),
    key_field="code",
    key=_key,
    duplicate="duplicate_organisation",
)
_EMPLOYEES = Shape(
    kind="employee",
    row=TypeAdapter(EmployeeRow),
    key_field="employee_no",
    key=_key,
    duplicate="duplicate_employee",
)
