"""Text to rows: separator, quotes, row numbers as a person sees them, and bounded sizes."""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from catalog_import.decoding import MAX_BYTES, Encoding, decode
from catalog_import.problems import Problem, unreadable
from catalog_import.safety import original
from catalog_import.synonyms import plain_heading

SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may hold. `cell` counts characters; one cell holds at most that many."""

    size: int = MAX_BYTES
    rows: int = 20_000
    columns: int = 200
    cell: int = 100_000


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its number in a spreadsheet, the first line it stands on, and its cells."""

    row: int
    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet. `rows` all have as many cells as there are headings; `ragged` rows have not."""

    headings: tuple[str, ...]
    heading_row: int
    rows: tuple[TableRow, ...]
    ragged: tuple[TableRow, ...]
    problems: tuple[Problem, ...]
    encoding: Encoding
    separator: str
    sha256: str

    @property
    def rows_read(self) -> int:
        return len(self.rows) + len(self.ragged)


def read_table(data: bytes, *, limits: Limits = LIMITS) -> Table:
    """Headings and rows of a CSV file; blank rows are counted but left out.

    Problems of headings and of ragged rows stand in the table. Raises UnreadableFile.
    """
    decoded = decode(data, max_bytes=limits.size)
    separator = _separator(decoded.text)
    records = _records(decoded.text, separator, limits)
    heading = next(records, None)
    if heading is None:
        raise unreadable("file_empty")
    if len(heading.cells) > limits.columns:
        raise unreadable("too_many_columns", heading.line, limit=limits.columns)
    rows, ragged = _sorted_rows(records, len(heading.cells), limits)
    problems = [*_heading_problems(heading, rows), *(_ragged(row, heading) for row in ragged)]
    return Table(
        headings=heading.cells,
        heading_row=heading.row,
        rows=tuple(rows),
        ragged=tuple(ragged),
        problems=tuple(problems),
        encoding=decoded.encoding,
        separator=separator,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _separator(text: str) -> str:
    """The separator that stands most often outside quotes in the heading line."""
    counts = Counter(letter for letter in _heading_letters(text) if letter in SEPARATORS)
    if not counts:
        return ","
    most = max(counts.values())
    best = [separator for separator in SEPARATORS if counts[separator] == most]
    if len(best) > 1:
        raise unreadable("separator_unclear", count=most)
    return best[0]


def _heading_letters(text: str) -> Iterator[str]:
    """What stands outside quotes in the first line that says anything."""
    said = quoted = False
    for letter in text:
        if letter == '"':
            quoted, said = not quoted, True
        elif quoted:
            continue
        elif letter in "\r\n":
            if said:
                return
        else:
            said = said or not (letter.isspace() or letter in SEPARATORS)
            if said or letter in SEPARATORS:
                yield letter


def _records(text: str, separator: str, limits: Limits) -> Iterator[TableRow]:
    """Every row that holds anything, numbered with the blank ones counted."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    row, line = 0, 1
    try:
        for cells in reader:
            row += 1
            if any(cell.strip() for cell in cells):
                _refuse_long_cells(cells, line, limits)
                yield TableRow(row, line, tuple(original(cell) for cell in cells))
            line = reader.line_num + 1
    except csv.Error as broken:
        # The module's own limit is a setting of the whole process: we live with it as it is.
        if "field limit" in str(broken):
            raise unreadable("cell_too_long", line, limit=csv.field_size_limit()) from broken
        raise unreadable("quotes_broken", line) from broken


def _refuse_long_cells(cells: list[str], line: int, limits: Limits) -> None:
    if max(map(len, cells)) > limits.cell:
        raise unreadable("cell_too_long", line, limit=limits.cell)


def _sorted_rows(
    records: Iterator[TableRow], width: int, limits: Limits
) -> tuple[list[TableRow], list[TableRow]]:
    rows: list[TableRow] = []
    ragged: list[TableRow] = []
    for record in records:
        (rows if len(record.cells) == width else ragged).append(record)
        if len(rows) + len(ragged) > limits.rows:
            raise unreadable("too_many_rows", record.line, limit=limits.rows)
    return rows, ragged


def _heading_problems(heading: TableRow, rows: list[TableRow]) -> Iterator[Problem]:
    places: dict[str, list[int]] = {}
    for index, cell in enumerate(heading.cells):
        places.setdefault(plain_heading(cell), []).append(index)
    for index in places.pop("", []):
        if any(row.cells[index].strip() for row in rows):
            data = {"number": index + 1}
            yield Problem("heading_empty", row=heading.row, line=heading.line, data=data)
    for indexes in places.values():
        if len(indexes) > 1:
            column = heading.cells[indexes[0]].strip()
            numbers = ", ".join(str(index + 1) for index in indexes)
            yield Problem(
                "heading_duplicate",
                row=heading.row,
                line=heading.line,
                column=column,
                data={"numbers": numbers},
            )
    if not rows:
        yield Problem("no_rows", row=heading.row, line=heading.line)


def _ragged(row: TableRow, heading: TableRow) -> Problem:
    data = {"cells": len(row.cells), "headings": len(heading.cells)}
    return Problem("ragged_row", row=row.row, line=row.line, data=data)
