"""Bytes to rows: separator, quotes, row numbers as a person sees them, and bounded sizes."""

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from types import MappingProxyType
from typing import Literal, NamedTuple

from catalog_import.decoding import MAX_BYTES, Encoding, decode, lines
from catalog_import.problems import Problem, unreadable
from catalog_import.safety import MARK, original
from catalog_import.synonyms import plain_heading

SEPARATORS = (",", ";", "\t")
HEADING_AMONG = 10  # rows that say anything: titles and hints may stand above the headings
Score = Callable[[Sequence[str]], int]  # how many cells of a row are headings that we know

# What a workbook did to a cell: it holds a formula; a date; a number that is not shown in full.
Mark = Literal["cell_formula", "cell_date", "cell_number"]
SHOWN_ABOVE = 60  # characters
UNMARKED: Mapping[int, Mark] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may hold. `cell` counts characters; one cell holds at most that many.

    `problems` are kept one by one; beyond that they are counted only.
    """

    size: int = MAX_BYTES
    rows: int = 200_000
    columns: int = 200
    cell: int = 100_000
    problems: int = 20_000


LIMITS = Limits()


class TableRow(NamedTuple):
    """One row: its number in a spreadsheet, the first line it stands on, and its cells.

    `marks` maps the index of a cell to what a workbook did to it; `cells` has what it shows.
    """

    row: int
    line: int
    cells: tuple[str, ...]
    marks: Mapping[int, Mark] = UNMARKED


@dataclass(slots=True)
class OpenTable:
    """A sheet with its headings, its rows still to come: go over `rows` once, from the top.

    Rows come also when they have more or fewer cells than there are headings. When they are
    through, `problems` has what is wrong with the sheet apart from its rows.
    """

    heading: TableRow
    rows: Iterator[TableRow]
    encoding: Encoding
    separator: str
    sha256: str
    problems: list[Problem]
    notices: tuple[Problem, ...] = ()  # nothing wrong, but a person should know

    @property
    def width(self) -> int:
        return len(self.heading.cells)


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
    notices: tuple[Problem, ...] = ()

    @property
    def rows_read(self) -> int:
        return len(self.rows) + len(self.ragged)


def open_csv(data: bytes, *, limits: Limits = LIMITS, score: Score | None = None) -> OpenTable:
    """The headings of a CSV file, its rows to come. Raises UnreadableFile, also between rows.

    With a `score` the headings may stand below a title or hints; without, in the first row.
    """
    decoded = decode(data, max_bytes=limits.size)
    encoding, separator = decoded.encoding, _separator(decoded.text)
    del decoded  # of a long sheet the text takes twice the room of its bytes
    return open_records(
        _records(lines(data, encoding), separator, limits),
        limits,
        encoding=encoding,
        separator=separator,
        sha256=hashlib.sha256(data).hexdigest(),
        score=score,
    )


def open_records(
    records: Iterator[TableRow],
    limits: Limits,
    *,
    encoding: Encoding,
    separator: str,
    sha256: str,
    notices: tuple[Problem, ...] = (),
    score: Score | None = None,
) -> OpenTable:
    """A table of records; the first one, or by the score a later one, has the headings.

    Raises UnreadableFile.
    """
    first = list(islice(records, HEADING_AMONG))
    if not first:
        raise unreadable("file_empty")
    at = _heading_at(first, score)
    heading, records = first[at], chain(first[at + 1 :], records)
    notices = (*notices, *_above(first[:at], heading))
    if len(heading.cells) > limits.columns:
        raise unreadable("too_many_columns", heading.line, limit=limits.columns)
    problems = list(_repeated_headings(heading))
    rows = _watched(heading, records, limits, problems)
    return OpenTable(heading, rows, encoding, separator, sha256, problems, notices)


def _heading_at(first: list[TableRow], score: Score | None) -> int:
    """The row with the most headings that we know; the first one of those alike."""
    if score is None:
        return 0
    scores = [score(record.cells) for record in first]
    return scores.index(max(scores))


def _above(rows: list[TableRow], heading: TableRow) -> Iterator[Problem]:
    """What stands above the headings is not read, which a person should know."""
    if rows:
        said = "、".join(cell.strip() for row in rows for cell in row.cells if cell.strip())
        yield Problem("rows_above", data={"row": heading.row, "said": said[:SHOWN_ABOVE]})


def collect(table: OpenTable) -> Table:
    """The table with all its rows in memory. Raises UnreadableFile."""
    rows: list[TableRow] = []
    ragged: list[TableRow] = []
    for record in table.rows:
        (rows if len(record.cells) == table.width else ragged).append(record)
    told = [ragged_problem(row, table.heading) for row in ragged]
    return Table(
        headings=table.heading.cells,
        heading_row=table.heading.row,
        rows=tuple(rows),
        ragged=tuple(ragged),
        problems=(*table.problems, *told),
        encoding=table.encoding,
        separator=table.separator,
        sha256=table.sha256,
        notices=table.notices,
    )


def ragged_problem(row: TableRow, heading: TableRow) -> Problem:
    """A row has another number of cells than there are headings."""
    data = {"cells": len(row.cells), "headings": len(heading.cells)}
    return Problem("ragged_row", row=row.row, line=row.line, data=data)


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
    """What stands outside quotes in the first line that has a separator, among the first ones."""
    said = quoted = separated = False
    lines = 0
    for letter in text:
        if letter == '"':
            quoted, said = not quoted, True
        elif quoted:
            continue
        elif letter in "\r\n":
            lines += said
            if separated or lines == HEADING_AMONG:
                return
            said = False
        else:
            is_one = letter in SEPARATORS
            said = said or not (letter.isspace() or is_one)
            separated = separated or (is_one and said)
            if said or is_one:
                yield letter


def _records(said: Iterator[str], separator: str, limits: Limits) -> Iterator[TableRow]:
    """Every row that holds anything, numbered with the blank ones counted."""
    reader = csv.reader(said, delimiter=separator, strict=True)
    row, line, limit = 0, 1, limits.cell
    try:
        for cells in reader:
            row += 1
            whole = "".join(cells)
            if whole and not whole.isspace():
                if len(whole) > limit and max(map(len, cells)) > limit:
                    raise unreadable("cell_too_long", line, limit=limit)
                marked = MARK in whole  # seldom
                yield TableRow(row, line, tuple(map(original, cells) if marked else cells))
            line = reader.line_num + 1
    except csv.Error as broken:
        # The module's own limit is a setting of the whole process: we live with it as it is.
        if "field limit" in str(broken):
            raise unreadable("cell_too_long", line, limit=csv.field_size_limit()) from broken
        raise unreadable("quotes_broken", line) from broken


def _watched(
    heading: TableRow, records: Iterator[TableRow], limits: Limits, problems: list[Problem]
) -> Iterator[TableRow]:
    """The rows, counted; afterwards what only all of them show is put to the problems."""
    unnamed = {index for index, cell in enumerate(heading.cells) if not plain_heading(cell)}
    count = 0
    for record in records:
        count += 1
        if count > limits.rows:
            raise unreadable("too_many_rows", record.line, limit=limits.rows)
        yield record
        if unnamed and len(record.cells) == len(heading.cells):
            for index in [index for index in sorted(unnamed) if record.cells[index].strip()]:
                unnamed.discard(index)
                data = {"number": index + 1}
                problems.append(
                    Problem("heading_empty", row=heading.row, line=heading.line, data=data)
                )
    if not count:
        problems.append(Problem("no_rows", row=heading.row, line=heading.line))


def _repeated_headings(heading: TableRow) -> Iterator[Problem]:
    places: dict[str, list[int]] = {}
    for index, cell in enumerate(heading.cells):
        places.setdefault(plain_heading(cell), []).append(index)
    places.pop("", None)
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
