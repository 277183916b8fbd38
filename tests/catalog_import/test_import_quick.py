"""Plain workbooks are read the quick way, to the same rows; what is not plain, the careful way."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from catalog_import import read_listings
from catalog_import.archive import open_archive
from catalog_import.quick import read_quickly, rows_of
from catalog_import.table import LIMITS
from catalog_import.workbook_child import Order, read
from tests.catalog_import.books import a_book, saved

ODD = (
    "'=1+1", "=ＳＵＭ", "  两端 ", "0012", "a\nb", "x\ty", 'q"u,o;te', "𠮷", "TRUE", "1E5",
    True, False, 0, -0.0, 1, -7, 12.5, 0.1 + 0.2, 1e-7, 99_999_999_999, 1 / 3,
    None, "", "'", "''", "'1", "end",
)  # fmt: skip  # cells
Rows = list[tuple[int, tuple[str, ...]]]


def quickly(data: bytes) -> Rows | None:
    file = io.BytesIO(data)
    found = read_quickly(
        open_archive(file, len(data)), file, rows=50_000, columns=200, cell=LIMITS.cell
    )
    return None if found is None else list(rows_of(found[1]))


def carefully(data: bytes) -> Rows:
    order = Order(
        size=len(data), kind="listing", headings=[], sheet="", rows=20_000, quick_rows=0,
        columns=200, cell=LIMITS.cell, seconds=60, memory=2**30, output=2**26,
    )  # fmt: skip  # an order as the parent makes it
    _about, *rows = read(io.BytesIO(data), order)
    return [(number, tuple(cells)) for number, cells, _marks in rows]


def book_of(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cells in book.active.iter_rows():
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # also what begins like a formula
    return saved(book)


def test_both_ways_read_the_same() -> None:
    """P26"""
    data = book_of(["货号", "品名"], *([f"SL-{n}", one] for n, one in enumerate(ODD)), [], ["z"])
    assert quickly(data) == carefully(data)


def test_a_plain_workbook_is_read_quickly() -> None:
    data = a_book({}, {})
    assert quickly(data) is not None
    assert len(read_listings(data).rows) == 2


def hide_a_row(sheet: Any) -> None:
    sheet.row_dimensions[2].hidden = True


def hide_a_column(sheet: Any) -> None:
    sheet.column_dimensions["B"].hidden = True


def merge(sheet: Any) -> None:
    sheet.merge_cells("A2:B2")


def put(place: str, value: Any, number_format: str = "") -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        sheet[place] = value
        if number_format:
            sheet[place].number_format = number_format

    return change


def another_sheet(sheet: Any) -> None:
    sheet.parent.create_sheet("别的")


NOT_PLAIN = {
    "a hidden row": hide_a_row,
    "a hidden column": hide_a_column,
    "a merged cell": merge,
    "a formula": put("J2", "=1+1"),
    "an error": put("J2", "#N/A"),
    "a percentage": put("J2", 0.09, "0%"),
    "zeros in front": put("J2", 12, "0000"),
    "a date": put("J2", 46_000, "yyyy-mm-dd"),
    "a long number": put("J2", 6_901_234_567_892),
    "a far row": put("A1048576", "x"),
    "a far column": put("CZ2", "x"),
    "a column beyond the limit": put(f"{get_column_letter(201)}2", "x"),
    "another sheet": another_sheet,
}


@pytest.mark.parametrize("name", [one for one in NOT_PLAIN if one != "a far column"])
def test_what_is_not_plain_is_left_to_the_careful_way(name: str) -> None:
    """P25"""
    assert quickly(a_book({}, change=NOT_PLAIN[name])) is None


ODD_XML = {
    "a declaration": (b"<worksheet ", b"<!DOCTYPE worksheet><worksheet "),
    "an entity": (b"<worksheet ", b'<!ENTITY a "b"><worksheet '),
    "single quotes": (b'<c r="B2"', b"<c r='B2'"),
    "a row of another name space": (b'<row r="2"', b'<x:row r="2"'),
    "a cell of another name space": (b'<c r="B2"', b'<x:c r="B2"'),
    "a column of three letters": (b'<c r="B2"', b'<c r="AAA2"'),
    "a row of six digits": (b'<c r="B2"', b'<c r="B100000"'),
}


@pytest.mark.parametrize("name", ODD_XML)
def test_a_sheet_written_oddly_is_left_to_the_careful_way(name: str) -> None:
    """P25"""
    assert quickly(rewritten(a_book({}), *ODD_XML[name])) is None


def rewritten(data: bytes, old: bytes, new: bytes) -> bytes:
    """The same workbook with other words in its sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as book, zipfile.ZipFile(out, "w") as made:
        for name in book.namelist():
            part = book.read(name)
            if name.startswith("xl/worksheets/sheet"):
                assert old in part
                part = part.replace(old, new, 1)
            made.writestr(name, part)
    return out.getvalue()


def test_the_last_column_within_the_limit_is_plain() -> None:
    data = a_book({}, change=put(f"{get_column_letter(200)}2", "x"))
    assert quickly(data) == carefully(data)


def test_colours_and_bold_headings_are_plain() -> None:
    def bold(sheet: Any) -> None:
        for cell in sheet[1]:
            cell.font = Font(bold=True)

    data = a_book({}, change=bold)
    assert quickly(data) == carefully(data)


def test_twenty_thousand_rows_are_no_limit_for_a_plain_workbook() -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("商品")
    sheet.append(["货号", "品名", "类目", "原产县", "供货价", "售价", "单位", "库存"])
    for number in range(20_001):
        sheet.append([f"SL-{number}", "示例 核桃", "干果", "雷山县", 1, 2, "袋", number])
    assert len(read_listings(saved(book)).rows) == 20_001
