"""Rows of a table to typed rows: every fault of every row, and nothing half-read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from catalog_import.decoding import Encoding
from catalog_import.headings import Columns, match
from catalog_import.mapping import Mapping
from catalog_import.problems import Problem
from catalog_import.synonyms import Kind
from catalog_import.table import Table, TableRow

Row = TypeVar("Row")
Values = dict[str, str]


@dataclass(frozen=True, slots=True)
class PartialRow:
    """A row that was refused, with what it says: field → cell as written, empty cells left out.

    A ragged row says nothing that could be trusted, so its values are empty.
    """

    row: int
    line: int
    values: Values


@dataclass(frozen=True, slots=True)
class Sheet(Generic[Row]):
    """A file that was read. `rows_read` = rows + partial; `headings` maps heading → field."""

    rows: tuple[Row, ...]
    partial: tuple[PartialRow, ...]
    problems: tuple[Problem, ...]
    headings: dict[str, str]
    unknown_headings: tuple[str, ...]
    encoding: Encoding
    separator: str
    sha256: str

    @property
    def rows_read(self) -> int:
        return len(self.rows) + len(self.partial)

    @property
    def encoding_to_confirm(self) -> bool:
        """GB18030 fits almost any bytes: show a person some rows before using them."""
        return self.encoding == "gb18030"


@dataclass(frozen=True, slots=True)
class Shape(Generic[Row]):
    """What a sheet of this kind must be.

    `key` reads the cell of `key_field`, which stands once in a file, else `duplicate` is the code.
    `across` yields the faults between fields as problems without a place.
    """

    kind: Kind
    row: TypeAdapter[Row]
    key_field: str
    key: Callable[[str], str]
    duplicate: str
    across: Callable[[Values], Iterator[Problem]] = lambda _values: iter(())


def read_sheet(table: Table, shape: Shape[Row], mapping: Mapping | None = None) -> Sheet[Row]:
    """All rows of a table, good and refused. Raises UnreadableFile when no heading is known."""
    columns = match(table, shape.kind, mapping)
    said = [(record, _values(record, columns)) for record in table.rows]
    repeated = _repeated(said, shape)
    rows: list[Row] = []
    partial = [PartialRow(record.row, record.line, {}) for record in table.ragged]
    problems: list[Problem] = []
    for record, values in said:
        good, faults = _read(record, values, shape)
        if record.row in repeated:
            faults.append(_duplicate(values, repeated[record.row], shape))
        if faults:
            partial.append(PartialRow(record.row, record.line, values))
            problems += (_placed(fault, record, values, columns) for fault in faults)
        else:
            rows += good
    return Sheet(
        rows=tuple(rows),
        partial=tuple(sorted(partial, key=lambda refused: refused.row)),
        problems=_in_order([*table.problems, *columns.problems, *problems], columns),
        headings=columns.found(),
        unknown_headings=columns.unknown,
        encoding=table.encoding,
        separator=table.separator,
        sha256=table.sha256,
    )


def _values(record: TableRow, columns: Columns) -> Values:
    cells = ((field, record.cells[index].strip()) for field, index in columns.places.items())
    return {field: cell for field, cell in cells if cell}


def _read(record: TableRow, values: Values, shape: Shape[Row]) -> tuple[list[Row], list[Problem]]:
    """The typed row (none when a field is wrong), and every fault, still without its place."""
    faults = list(shape.across(values))
    place = {"row": record.row, "line": record.line}
    try:
        return [shape.row.validate_python({**values, **place})], faults
    except ValidationError as refused:
        for error in refused.errors(include_url=False, include_input=False):
            faults.append(
                Problem(
                    "value_missing" if error["type"] == "missing" else error["type"],
                    field=str(error["loc"][0]),
                    data=error.get("ctx", {}),
                )
            )
        return [], faults


def _placed(fault: Problem, record: TableRow, values: Values, columns: Columns) -> Problem:
    lacking = fault.code == "value_missing" and fault.field not in columns.places
    return replace(
        fault,
        code="column_missing" if lacking else fault.code,
        row=record.row,
        line=record.line,
        column=columns.heading_of(fault.field),
        value=values.get(fault.field, ""),
        kind=columns.kind,
    )


def _repeated(said: list[tuple[TableRow, Values]], shape: Shape[Row]) -> dict[int, list[int]]:
    """Row → all rows with the same key, for keys that stand more than once."""
    rows_of: dict[str, list[int]] = {}
    for record, values in said:
        try:
            key = shape.key(values.get(shape.key_field, ""))
        except PydanticCustomError:
            continue  # told as a fault of its own row
        if key:
            rows_of.setdefault(key, []).append(record.row)
    return {row: rows for rows in rows_of.values() if len(rows) > 1 for row in rows}


def _duplicate(values: Values, rows: list[int], shape: Shape[Row]) -> Problem:
    named = ", ".join(str(row) for row in rows[:10]) + (" …" if len(rows) > 10 else "")
    return Problem(shape.duplicate, field=shape.key_field, data={"rows": named})


def _in_order(problems: list[Problem], columns: Columns) -> tuple[Problem, ...]:
    """By row, then by column; what the sheet lacks comes after what it has."""
    last = len(columns.headings)
    return tuple(
        sorted(
            problems,
            key=lambda problem: (problem.row or 0, columns.places.get(problem.field, last)),
        )
    )
