"""Titles and hints stand above the headings of many sheets: passed over, and told about."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_import import Limits, UnreadableFile, read_listings
from tests.catalog_import.books import a_book
from tests.catalog_import.sheets import GOOD, csv_of

HINTS = "必填,必填,从列表选,必填,元,元,必填,整数"
TITLE = "示例合作社 2026 年秋季商品目录"


@pytest.mark.parametrize(
    "above", [f"{TITLE}\n", f"{TITLE},,,,,,,\n", f"{HINTS}\n", f"\n{TITLE}\n\n{HINTS}\n"]
)
def test_rows_above_the_headings_are_passed_over_and_told(above: str) -> None:
    sheet = read_listings(above.encode() + csv_of(GOOD))
    assert (len(sheet.rows), sheet.problems) == (1, ())
    (told,) = [notice for notice in sheet.notices if notice.code == "rows_above"]
    assert told.data["row"] == above.count("\n") + 1
    assert sheet.rows[0].row == above.count("\n") + 2


def test_headings_below_the_tenth_row_that_says_anything_are_not_looked_for() -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_listings(f"{TITLE}\n".encode() * 10 + csv_of(GOOD))
    assert refused.value.problem.code == "no_known_heading"


def test_a_title_with_another_separator_than_the_sheet_does_not_decide_about_it() -> None:
    data = f"{TITLE}\n" + csv_of(GOOD).decode().replace(",", ";")
    assert len(read_listings(data.encode()).rows) == 1


def test_the_first_of_two_rows_alike_has_the_headings() -> None:
    sheet = read_listings(csv_of(dict.fromkeys(GOOD, "") | {"品名": "品名"}, GOOD))
    assert sheet.headings["品名"] == "title"
    assert sheet.notices == ()


def above(sheet: Any, *rows: list[str]) -> None:
    sheet.insert_rows(1, len(rows))
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            sheet.cell(number, column).value = text


def test_a_merged_title_above_the_headings_of_a_workbook_is_no_problem() -> None:
    def change(sheet: Any) -> None:
        above(sheet, [TITLE], HINTS.split(","))
        sheet.merge_cells("A1:H1")

    sheet = read_listings(a_book({}, change=change))
    assert (len(sheet.rows), sheet.problems) == (1, ())
    assert "rows_above" in {notice.code for notice in sheet.notices}


def test_merged_headings_are_named_and_refused() -> None:
    def change(sheet: Any) -> None:
        above(sheet, ["编号"])
        sheet["A2"].value = None
        sheet.merge_cells("A1:A2")

    sheet = read_listings(a_book({}, change=change))
    (told,) = [one for one in sheet.problems if one.code == "heading_merged"]
    assert told.data["places"] == "A1:A2"


def test_the_limit_of_rows_counts_goods_and_not_what_is_above() -> None:
    data = f"{TITLE}\n{HINTS}\n".encode() + csv_of(GOOD)
    assert len(read_listings(data, limits=Limits(rows=1)).rows) == 1


def test_big5_is_never_kept_as_nonsense_without_a_question() -> None:
    """P26: it may fit GB18030 by chance; then its headings say nothing that we know."""
    data = "貨號,品名,類目,原產縣,供貨價,售價,單位,庫存\nSL-1,高山綠茶,茶葉,雷山縣,1,2,袋,3\n"
    with pytest.raises(UnreadableFile) as refused:
        read_listings(data.encode("big5"))
    assert refused.value.problem.code in {"no_known_heading", "encoding_unknown"}
