"""The sheet of a supplier with what is wrong in it: to correct in place and hand in again."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill

from catalog_import.opening import open_table
from catalog_import.safety import safe_cell
from catalog_import.table import LIMITS, Limits, OpenTable, TableRow
from catalog_import.wanted import Wanted
from catalog_import.writing import UNWRITABLE, csv_line

MOST_ROWS = 5_000  # of a marked workbook; a longer sheet is marked as CSV, which is quicker
MAX_REASON = 30_000  # characters; a cell of a spreadsheet holds 32,767
PLAIN_WIDTH, REASON_WIDTH = 16, 60
BAD = PatternFill("solid", fgColor="FFF3D6CF")
BOLD = Font(bold=True)
WRAPPED = Alignment(wrap_text=True, vertical="top")


@dataclass(frozen=True, slots=True)
class Marks:
    """What is told of a sheet: row → (heading of the column or nothing, words), as shown.

    Row 0 is the sheet as a whole; its words stand beside the headings.
    """

    heading: str  # of the column of reasons
    told: Mapping[int, Sequence[tuple[str, str]]]

    def reason(self, row: int) -> str:
        words = (f"{column}：{said}" if column else said for column, said in self.told.get(row, ()))
        return "\n".join(words)[:MAX_REASON]


def marked_sheet(data: bytes, wanted: Wanted, marks: Marks, *, limits: Limits = LIMITS) -> bytes:
    """The same rows in the same places with a column of reasons: a workbook, or CSV when it is
    long. Every cell is text and no formula. Raises UnreadableFile for what cannot be read."""
    table = open_table(data, wanted, limits=limits)
    rows = _rows(table, marks)
    first = list(islice(rows, MOST_ROWS + 2))
    if len(first) > MOST_ROWS + 1:
        return _as_csv([*first, *rows], table.width)
    return _as_workbook(first, table.width)


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    cells: tuple[str, ...]
    reason: str
    bad: frozenset[int]  # indexes of the cells that are wrong


def _rows(table: OpenTable, marks: Marks) -> Iterator[_Row]:
    heading = table.heading
    places = {cell.strip(): index for index, cell in enumerate(heading.cells)}
    beside = "\n".join(filter(None, (marks.heading, marks.reason(0), marks.reason(heading.row))))
    yield _Row(heading.row, heading.cells, beside, frozenset())
    for record in table.rows:
        yield _marked(record, marks, places)


def _marked(record: TableRow, marks: Marks, places: Mapping[str, int]) -> _Row:
    told = marks.told.get(record.row, ())
    bad = frozenset(places[column] for column, _ in told if column in places)
    return _Row(record.row, record.cells, marks.reason(record.row), bad)


def _as_csv(rows: Sequence[_Row], width: int) -> bytes:
    lines: list[str] = []
    for row in rows:
        lines += ["\r\n"] * (row.number - 1 - len(lines))
        blank = [""] * max(0, width - len(row.cells))
        lines.append(csv_line([*row.cells, *blank, row.reason]))
    return "".join(lines).encode("utf-8-sig")


def _as_workbook(rows: Sequence[_Row], width: int) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("商品")
    for number in range(1, width + 2):
        letters = openpyxl.utils.get_column_letter(number)
        sheet.column_dimensions[letters].width = REASON_WIDTH if number > width else PLAIN_WIDTH
    sheet.freeze_panes = f"A{rows[0].number + 1}"
    at = 0
    for row in rows:
        for _ in range(row.number - 1 - at):
            sheet.append([])
        at = row.number
        sheet.append(_cells(sheet, row, width, is_heading=row is rows[0]))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cells(sheet: Any, row: _Row, width: int, *, is_heading: bool) -> list[Any]:
    cells = [_text(sheet, cell) for cell in row.cells]
    for index in row.bad:
        cells[index].fill = BAD
    if is_heading:
        for cell in cells:
            cell.font = BOLD
    if row.reason:
        reason = _text(sheet, row.reason)
        reason.alignment = WRAPPED
        reason.font = BOLD if is_heading else Font()
        cells += [None] * max(0, width - len(cells))
        cells.append(reason)
    return cells


def _text(sheet: Any, value: str) -> Any:
    """A cell of text, whatever it looks like: never a formula, a number or an error."""
    cell = WriteOnlyCell(sheet, "")
    cell.value = safe_cell(UNWRITABLE.sub("\ufffd", value)[:32_767])
    cell.data_type = "s"
    cell.number_format = "@"
    return cell
