"""A refused sheet comes back as it was, with its reasons beside it, and safe to open."""

from __future__ import annotations

import io

import openpyxl
import pytest

from catalog_import import Wanted, read_listings, read_table, write_csv
from catalog_import import marking as module
from catalog_import.marking import Marks, marked_sheet
from tests.catalog_import.books import saved
from tests.catalog_import.sheets import GOOD, csv_of

MARKS = Marks(
    "需要改正",
    {3: [("售价", "不是一个价格。"), ("", "整行的话")], 0: [("", "整张表的话")]},
)
LIVE = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "\t=1", '=HYPERLINK("x")', "=cmd|' /C calc'!A0"]


def text_book(data: bytes) -> bytes:
    """The same cells as a workbook of texts."""
    book = openpyxl.Workbook()
    table = read_table(data)
    for number, cells in enumerate([table.headings, *(row.cells for row in table.rows)], 1):
        for column, text in enumerate(cells, 1):
            cell = book.active.cell(number, column)
            cell.value, cell.data_type = text, "s"
    return saved(book)


def opened(data: bytes) -> openpyxl.worksheet.worksheet.Worksheet:
    return openpyxl.load_workbook(io.BytesIO(data)).active


def test_each_row_stands_where_it_stood_with_its_reasons_and_marked_cells() -> None:
    sheet = opened(marked_sheet(csv_of(GOOD, GOOD | {"售价": "?"}), Wanted(), MARKS))
    assert [cell.value for cell in sheet[1]][:-1] == list(GOOD)
    assert sheet[1][len(GOOD)].value == "需要改正\n整张表的话"
    assert sheet[2][len(GOOD)].value is None
    assert sheet[3][len(GOOD)].value == "售价：不是一个价格。\n整行的话"
    price = list(GOOD).index("售价")
    assert sheet[3][price].fill.fill_type == "solid"
    assert sheet[2][price].fill.fill_type is None


def test_blank_rows_and_short_rows_keep_their_places() -> None:
    said = "\n".join([",".join(GOOD), "", "", ",".join(GOOD.values()), "SL-9,茶"]).encode()
    marks = Marks("需要改正", {5: [("", "格数不对")]})
    sheet = opened(marked_sheet(said, Wanted(), marks))
    assert (sheet["A4"].value, sheet["A5"].value) == ("SL-1", "SL-9")
    assert sheet.cell(5, len(GOOD) + 1).value == "格数不对"


@pytest.mark.parametrize("most", [5_000, 1])
@pytest.mark.parametrize("text", LIVE)
def test_no_cell_of_a_marked_sheet_is_live(
    text: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P27: as workbook and as CSV, in cells, headings and reasons."""
    monkeypatch.setattr(module, "MOST_ROWS", most)
    data = write_csv([*GOOD, text], [[*GOOD.values(), text], [*GOOD.values(), text]])
    copy = marked_sheet(data, Wanted(), Marks("需要改正", {2: [("", text)]}))
    if most == 1:
        assert copy.startswith(b"\xef\xbb\xbf")
        assert text in read_table(copy).rows[0].cells
        assert f',"{text[0]}' not in copy.decode()
        return
    cells = [cell for row in opened(copy).iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(not str(cell.value).startswith(text[0]) for cell in cells)


@pytest.mark.parametrize("most", [5_000, 1])
@pytest.mark.parametrize("source", ["csv", "xlsx"])
def test_a_marked_sheet_that_comes_back_unchanged_says_the_same(
    source: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P26: what is exported and imported again is equal."""
    monkeypatch.setattr(module, "MOST_ROWS", most)
    titles = ["=甲", "'乙", '丙 ，"丁']
    rows = [GOOD | {"货号": f"00{n}", "品名": title} for n, title in enumerate(titles)]
    data = csv_of(*rows)
    if source == "xlsx":
        data = text_book(data)
    first = read_listings(data)
    again = read_listings(marked_sheet(data, Wanted(), MARKS))
    assert len(first.rows) == len(rows)
    assert [row.fingerprint for row in again.rows] == [row.fingerprint for row in first.rows]
    assert again.unknown_headings[-1].startswith("需要改正")
