"""Reading the four tables of facts: a broken file is refused with line and reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple, NoReturn, TypeVar

from marketplace.kernel.errors import Invalid

T = TypeVar("T")


class BrokenData(Invalid):
    """A file of facts cannot be used; nothing of it is loaded."""

    code = "broken_data"

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(self.code, file=file, line=line, reason=reason)
        self.file, self.line, self.reason = file, line, reason

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"


class DivisionRow(NamedTuple):
    """One line of divisions.csv."""

    line: int
    code: str
    level: int
    name: str
    province: str
    prefecture: str
    since: int | None
    until: int | None
    successors: tuple[str, ...]
    note: str


class ListRow(NamedTuple):
    """One line of lists.csv."""

    line: int
    slug: str
    name_zh: str
    name_en: str
    source: str
    published: date | None
    entries: int
    known: int
    note: str


class CoverageRow(NamedTuple):
    """One line of coverage.csv."""

    line: int
    slug: str
    province: str
    entries: int


class DesignationRow(NamedTuple):
    """One line of designations.csv."""

    line: int
    slug: str
    seq: int
    county: str
    listed_code: str | None
    listed_name: str
    region: str
    exit_year: int | None
    valid_from: date
    valid_until: date | None
    note: str


def read(file: str, content: bytes, make: Callable[[Cells], T]) -> list[T]:
    """All rows of one file. Raises BrokenData."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise BrokenData(file, line, "not UTF-8") from fault
    return [make(cells) for cells in _lines(file, text)]


def division(cells: Cells) -> DivisionRow:
    row = DivisionRow(
        line=cells.line,
        code=cells.code("code"),
        level=cells.number("level"),
        name=cells.text("name"),
        province=cells.text("province"),
        prefecture=cells.get("prefecture"),
        since=cells.perhaps("since", cells.year),
        until=cells.perhaps("until", cells.year),
        successors=tuple(cells.get("successors").split()),
        note=cells.get("note"),
    )
    if row.level not in (1, 2, 3):
        raise cells.broken("level is not 1, 2 or 3")
    if row.since and row.until and row.until < row.since:
        raise cells.broken("until lies before since")
    return row


def published_list(cells: Cells) -> ListRow:
    row = ListRow(
        line=cells.line,
        slug=cells.text("slug"),
        name_zh=cells.text("name_zh"),
        name_en=cells.text("name_en"),
        source=cells.text("source"),
        published=cells.perhaps("published", cells.day),
        entries=cells.number("entries"),
        known=cells.number("known"),
        note=cells.get("note"),
    )
    if row.known > row.entries:
        raise cells.broken("known is larger than entries")
    return row


def designation(cells: Cells) -> DesignationRow:
    row = DesignationRow(
        line=cells.line,
        slug=cells.text("list"),
        seq=cells.number("seq"),
        county=cells.code("county"),
        listed_code=cells.perhaps("listed_code", cells.code),
        listed_name=cells.text("listed_name"),
        region=cells.get("region"),
        exit_year=cells.perhaps("exit_year", cells.year),
        valid_from=cells.day("valid_from"),
        valid_until=cells.perhaps("valid_until", cells.day),
        note=cells.get("note"),
    )
    if row.valid_until and row.valid_until < row.valid_from:
        raise cells.broken("valid_until lies before valid_from")
    return row


def coverage(cells: Cells) -> CoverageRow:
    row = CoverageRow(
        line=cells.line,
        slug=cells.text("list"),
        province=cells.code("province"),
        entries=cells.number("entries"),
    )
    if not row.province.endswith("0000"):
        raise cells.broken(f"{row.province} is no province")
    return row


class Cells:
    """One line of a table by the names of its columns."""

    def __init__(self, file: str, line: int, cells: dict[str, str]) -> None:
        self.file, self.line, self._cells = file, line, cells

    def broken(self, reason: str) -> BrokenData:
        return BrokenData(self.file, self.line, reason)

    def get(self, column: str) -> str:
        if column not in self._cells:
            raise BrokenData(self.file, 1, f"column {column} is missing")
        return self._cells[column].strip()

    def text(self, column: str) -> str:
        return self.get(column) or self._refuse(column)

    def number(self, column: str) -> int:
        value = self.text(column)
        return int(value) if value.isascii() and value.isdigit() else self._refuse(column)

    def year(self, column: str) -> int:
        year = self.number(column)
        return year if 1949 <= year <= 2100 else self._refuse(column)

    def code(self, column: str) -> str:
        value = self.text(column)
        plain = len(value) == 6 and value.isascii() and value.isdigit()
        return value if plain else self._refuse(column)

    def day(self, column: str) -> date:
        try:
            return date.fromisoformat(self.text(column))
        except ValueError:
            self._refuse(column)

    def perhaps(self, column: str, read_cell: Callable[[str], T]) -> T | None:
        """None for an empty cell."""
        return read_cell(column) if self.get(column) else None

    def _refuse(self, column: str) -> NoReturn:
        raise self.broken(f"column {column} cannot be {self.get(column)!r}")


def _lines(file: str, text: str) -> Iterator[Cells]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = next(reader, [])
        for cells in reader:
            if len(cells) != len(head):
                raise BrokenData(file, reader.line_num, f"{len(cells)} cells, {len(head)} columns")
            yield Cells(file, reader.line_num, dict(zip(head, cells, strict=True)))
    except csv.Error as fault:
        raise BrokenData(file, reader.line_num, str(fault)) from fault
