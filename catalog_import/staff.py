"""The sheets of an employer: organisations, and people in them with their roles."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias

from catalog_import import days, texts
from catalog_import.opening import open_table
from catalog_import.rows import Shape, Sheet, fields_of, read_by, read_sheet
from catalog_import.table import LIMITS, Limits
from catalog_import.wanted import Wanted

TEXT = read_by(texts.text)
CODE = read_by(texts.code)

STAFF_LIMITS = replace(LIMITS, rows=50_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganisationRow:
    """One organisation; `parent` is the code of the one above it."""

    row: int
    line: int
    code: str = field(metadata=CODE)
    name: str = field(metadata=TEXT)
    kind: str = field(default="", metadata=TEXT)
    parent: str = field(default="", metadata=CODE)
    credit_code: str = field(default="", metadata=CODE)


@dataclass(frozen=True, kw_only=True, slots=True)
class EmployeeRow:
    """One employee. What is private stays out of `repr`, and so out of logs."""

    row: int
    line: int
    employee_no: str = field(metadata=CODE)
    name: str = field(metadata=TEXT)
    mobile: str = field(default="", repr=False, metadata=read_by(texts.mobile))
    organisation: str = field(metadata=CODE)
    roles: tuple[str, ...] = field(default=(), metadata=read_by(texts.names))
    left_on: date | None = field(default=None, metadata=read_by(days.day))


OrganisationSheet: TypeAlias = Sheet[OrganisationRow]
EmployeeSheet: TypeAlias = Sheet[EmployeeRow]


def read_organisations(data: bytes, *, limits: Limits = STAFF_LIMITS) -> OrganisationSheet:
    """Every row of a sheet of organisations, good or refused. Raises UnreadableFile."""
    return read_sheet(open_table(data, Wanted("organisation"), limits=limits), _ORGANISATIONS)


def read_employees(data: bytes, *, limits: Limits = STAFF_LIMITS) -> EmployeeSheet:
    """Every row of a sheet of employees, good or refused. Raises UnreadableFile.

    Problems repeat the refused value, which may be a private number: show them to the person who
    uploaded the file, and write only code and row into a log.
    """
    return read_sheet(open_table(data, Wanted("employee"), limits=limits), _EMPLOYEES)


_ORGANISATIONS = Shape(
    kind="organisation",
    row=OrganisationRow,
    fields=fields_of(OrganisationRow),
    key_field="code",
    same=str.upper,
    duplicate="duplicate_organisation",
    codes=frozenset({"code", "parent", "credit_code"}),
)
_EMPLOYEES = Shape(
    kind="employee",
    row=EmployeeRow,
    fields=fields_of(EmployeeRow),
    key_field="employee_no",
    same=str.upper,
    duplicate="duplicate_employee",
    codes=frozenset({"employee_no", "mobile", "organisation"}),
    dates=frozenset({"left_on"}),
)
