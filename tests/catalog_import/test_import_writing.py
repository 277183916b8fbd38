"""What we write opens safely in a spreadsheet and reads back equal."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_import import read_table, safe_cell, write_csv
from catalog_import.table import collect, open_csv

# Everything a cell may hold: no control characters, no lone surrogates; line ends are allowed.
TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from("\r\n\t;,\"'=+-@"))
SAID = TEXT.filter(lambda text: text.strip() != "")


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x", " =1",
     "'=1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x")', "\u3000=1", "﹦1", "−1"],
)  # fmt: skip  # a table
def test_a_cell_that_could_be_a_formula_is_written_as_text(text: str) -> None:
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["茶", "", "1-2", "a=b", "'00123", "a@b.cn", "80<85"])
def test_an_innocent_cell_is_left_alone(text: str) -> None:
    assert safe_cell(text) == text


def test_numbers_stay_numbers() -> None:
    data = write_csv(
        ["金额", "数量", "无"], [[Decimal("-5.00"), -3, None], [Decimal("1E+2"), 0, None]]
    )
    assert data == '\ufeff"金额","数量","无"\r\n-5.00,-3,\r\n100,0,\r\n'.encode()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_is_none_is_not_written(number: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        write_csv(["a"], [[Decimal(number)]])


def test_a_row_of_another_width_is_not_written() -> None:
    with pytest.raises(ValueError, match="1 cells under 2 headings"):
        write_csv(["a", "b"], [["1"]])


def test_a_control_character_does_not_make_an_export_unreadable() -> None:
    table = read_table(write_csv(["a"], [["x\x00y\ud800"]]))
    assert table.rows[0].cells == ("x\ufffdy\ufffd",)


@settings(deadline=None)  # a busy machine is no fault of the reader
@given(st.data())
def test_what_is_written_reads_back_equal(data: st.DataObject) -> None:
    headings = data.draw(st.lists(SAID, min_size=1, max_size=4))
    others = [TEXT] * (len(headings) - 1)
    rows = data.draw(st.lists(st.tuples(SAID, *others), max_size=5))
    # whatever the words are, the headings are the first row: nothing is looked for below
    table = collect(open_csv(write_csv(headings, rows)))
    assert table.headings == tuple(headings)
    assert [row.cells for row in table.rows] == rows
    assert table.ragged == ()


@settings(deadline=None)  # a busy machine is no fault of the reader
@given(st.integers(), st.decimals(allow_nan=False, allow_infinity=False))
def test_numbers_read_back_equal(whole: int, amount: Decimal) -> None:
    (row,) = read_table(write_csv(["a", "b"], [[whole, amount]])).rows
    assert (int(row.cells[0]), Decimal(row.cells[1])) == (whole, amount)
