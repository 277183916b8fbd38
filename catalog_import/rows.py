"""Rows of a table to typed rows: every fault of every row, and nothing half-read."""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Generic, NamedTuple, TypeVar

from catalog_import.decoding import Encoding
from catalog_import.headings import Columns, match
from catalog_import.mapping import Mapping
from catalog_import.problems import Problem
from catalog_import.refusal import CellRefused
from catalog_import.synonyms import Kind
from catalog_import.table import OpenTable, TableRow, ragged_problem

Row = TypeVar("Row")
Values = dict[str, str]
Said = dict[str, Any]
CellOf = Callable[[str], str]  # field → what is written there
Parse = Callable[[str], object]  # a cell to what it says; raises CellRefused
REMEMBERED = 2_000  # different cells of a column; a sheet repeats its units, counties, prices


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
    notices: tuple[Problem, ...] = ()

    @property
    def rows_read(self) -> int:
        return len(self.rows) + len(self.partial)

    @property
    def encoding_to_confirm(self) -> bool:
        """GB18030 fits almost any bytes: show a person some rows before using them."""
        return self.encoding == "gb18030"


def read_by(parse: Parse) -> dict[str, Parse]:
    """The metadata of a field of a row: how its cell is read."""
    return {"parse": parse}


class Field(NamedTuple):
    """One field of a row: the name, how its cell is read, and whether it must be there."""

    name: str
    parse: Parse
    required: bool


def fields_of(row: type[Any]) -> tuple[Field, ...]:
    """The fields of a dataclass that say by `read_by` how they are read."""
    return tuple(
        Field(one.name, one.metadata["parse"], one.default is dataclasses.MISSING)
        for one in dataclasses.fields(row)
        if "parse" in one.metadata
    )


@dataclass(frozen=True, slots=True)
class Shape(Generic[Row]):
    """What a sheet of this kind must be.

    What `key_field` says, compared by `same`, stands once in a file, else `duplicate` is the code;
    without a key field rows may repeat.
    `codes` are fields that a number would damage, `dates` those that may hold a date. `across`
    yields the faults between fields, from what was read and what was written, without a place.
    """

    kind: Kind
    row: Callable[..., Row]
    fields: tuple[Field, ...]
    key_field: str
    duplicate: str
    same: Callable[[str], str] = str
    codes: frozenset[str] = frozenset()
    dates: frozenset[str] = frozenset()
    across: Callable[[Said, CellOf], Iterator[Problem]] = lambda _said, _cell_of: iter(())


class ReadRow(NamedTuple, Generic[Row]):
    """One row as it was read: `good` when nothing is wrong with it, so far."""

    row: int
    line: int
    good: Row | None
    values: Values  # of a refused row; a good one says itself what it holds
    problems: list[Problem]


class _Read(dict[str, object]):
    """What the cells of a column say; of those that stand in many rows each is read once."""

    def __init__(self, parse: Parse) -> None:
        super().__init__()
        self._parse = parse

    def __missing__(self, cell: str) -> object:
        """Raises CellRefused."""
        said = self._parse(cell)
        if len(self) < REMEMBERED:
            self[cell] = said
        return said


_Place = tuple[int, int, str]  # row, line, cell: a hundred thousand of them weigh little


class Reading(Generic[Row]):
    """A table on its way to typed rows: go over it once, then ask for `late`.

    Only a few rows are in memory at a time. A key that stands twice is known at its second row:
    that row comes refused; the first one, which came as good, is told in `late`.
    """

    def __init__(self, table: OpenTable, shape: Shape[Row], mapping: Mapping | None = None) -> None:
        """Raises UnreadableFile when no heading is known."""
        self.table, self.shape = table, shape
        self.columns: Columns = match(table.heading.cells, table.heading.row, shape.kind, mapping)
        self._first: dict[str, _Place] = {}
        self._again: dict[str, list[_Place]] = {}
        self._present = [
            (self.columns.places[one.name], one.name, _Read(one.parse), one.required)
            for one in shape.fields
            if one.name in self.columns.places
        ]
        self._key = self.columns.places.get(shape.key_field, -1)
        self._lacking = [
            one.name for one in shape.fields if one.required and one.name not in self.columns.places
        ]

    def __iter__(self) -> Iterator[ReadRow[Row]]:
        """Raises UnreadableFile where the file breaks off or a limit is passed."""
        width = self.table.width
        for record in self.table.rows:
            if len(record.cells) != width:
                told = ragged_problem(record, self.table.heading)
                yield ReadRow(record.row, record.line, None, {}, [told])
            else:
                yield self._read(record)

    @property
    def lacking(self) -> tuple[str, ...]:
        """Required fields that no column has."""
        return tuple(self._lacking)

    @property
    def notices(self) -> tuple[Problem, ...]:
        """Nothing wrong, but a person should know: also which columns are not read."""
        if not self.columns.unknown:
            return self.table.notices
        data = {"headings": "、".join(self.columns.unknown)}
        unread = Problem("columns_unread", row=self.table.heading.row, data=data)
        return (*self.table.notices, replace(unread, kind=self.columns.kind))

    def late(self) -> list[Problem]:
        """What only the whole sheet shows: its headings, and rows with the same key."""
        repeated = [
            self._placed(_duplicate(places, self.shape), *place)
            for places in self._again.values()
            for place in places
        ]
        return [*self.table.problems, *self.columns.problems, *repeated]

    def _read(self, record: TableRow) -> ReadRow[Row]:
        """The typed row (none when a field is wrong), and every fault with its place."""
        cells, marks, said, faults = record.cells, record.marks, Said(), list[Problem]()
        for place, name, read, required in self._present:
            if cell := cells[place].strip():
                try:
                    if marks and place in marks:
                        self._refuse_mark(marks[place], name)
                    said[name] = read[cell]
                except CellRefused as refused:
                    faults.append(Problem(refused.code, field=name, data=refused.data))
            elif required:
                faults.append(Problem("value_missing", field=name))
        faults += [Problem("column_missing", field=name) for name in self._lacking]
        faults += self.shape.across(said, lambda name: cells[self.columns.places[name]].strip())
        if not self._stands_again(record, said.get(self.shape.key_field)) and not faults:
            good = self.shape.row(row=record.row, line=record.line, **said)
            return ReadRow(record.row, record.line, good, {}, faults)
        values = self.values(record)
        told = [
            self._placed(fault, record.row, record.line, values.get(fault.field, ""))
            for fault in faults
        ]
        return ReadRow(record.row, record.line, None, values, told)

    def values(self, record: TableRow) -> Values:
        """What a row says: field → cell as written, empty cells left out."""
        cells = record.cells
        return {name: cell for place, name, *_ in self._present if (cell := cells[place].strip())}

    @property
    def repeated(self) -> set[int]:
        """The rows whose key stands more than once."""
        return {row for places in self._again.values() for row, _, _ in places}

    def in_order(self, problems: list[Problem]) -> tuple[Problem, ...]:
        """By row, then by column; what the sheet lacks comes after what it has."""
        places, last = self.columns.places, len(self.columns.headings)
        return tuple(sorted(problems, key=lambda p: (p.row or 0, places.get(p.field, last))))

    def _refuse_mark(self, mark: str, name: str) -> None:
        """A workbook's formula is no value; a date or a shortened number is none where it hurts."""
        if mark == "cell_number" and name not in self.shape.codes:
            return
        if mark == "cell_date" and name in self.shape.dates:
            return
        raise CellRefused(mark, {})

    def _stands_again(self, record: TableRow, key: str | None) -> bool:
        """Whether a row above has the same key; a key that cannot be read is told as it is."""
        if key is None:
            return False
        here = (record.row, record.line, record.cells[self._key].strip())
        same = self.shape.same(key)
        first = self._first.setdefault(same, here)
        if first is not here:
            self._again.setdefault(same, [first]).append(here)
        return first is not here

    def _placed(self, fault: Problem, row: int, line: int, value: str) -> Problem:
        return replace(
            fault,
            row=row,
            line=line,
            column=self.columns.heading_of(fault.field),
            value=value,
            kind=self.columns.kind,
        )


def read_sheet(table: OpenTable, shape: Shape[Row], mapping: Mapping | None = None) -> Sheet[Row]:
    """All rows of a table, good and refused, in memory. Raises UnreadableFile."""
    kept: dict[int, TableRow] = {}
    table.rows = _keeping(table.rows, kept)
    reading = Reading(table, shape, mapping)
    read = list(reading)
    late = reading.late()
    again = reading.repeated
    partial = [
        PartialRow(one.row, one.line, one.values or reading.values(kept[one.row]))
        if one.row in again
        else PartialRow(one.row, one.line, one.values)
        for one in read
        if one.good is None or one.row in again
    ]
    return Sheet(
        rows=tuple(one.good for one in read if one.good is not None and one.row not in again),
        partial=tuple(partial),
        problems=reading.in_order([*late, *(told for one in read for told in one.problems)]),
        headings=reading.columns.found(),
        unknown_headings=reading.columns.unknown,
        encoding=table.encoding,
        separator=table.separator,
        sha256=table.sha256,
        notices=table.notices,
    )


def _keeping(rows: Iterator[TableRow], kept: dict[int, TableRow]) -> Iterator[TableRow]:
    for record in rows:
        kept[record.row] = record
        yield record


def _duplicate(places: list[_Place], shape: Shape[Any]) -> Problem:
    rows = [row for row, _, _ in places]
    named = ", ".join(str(row) for row in rows[:10]) + (" …" if len(rows) > 10 else "")
    return Problem(shape.duplicate, field=shape.key_field, data={"rows": named})
