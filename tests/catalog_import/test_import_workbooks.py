"""Workbooks are read as people see them; what a spreadsheet did to a cell is told, not guessed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest

from catalog_import import Problem, UnreadableFile, read_counties, read_listings, read_people
from tests.catalog_import.books import RELATED, a_book, by_hand, fill, repacked, rows_xml, saved
from tests.catalog_import.sheets import GOOD, csv_of


def the_problem(data: bytes, code: str) -> Problem:
    """The one problem with that code; no row was taken."""
    sheet = read_listings(data)
    (found,) = [problem for problem in sheet.problems if problem.code == code]
    return found


def refusal(data: bytes, **options: Any) -> Problem:
    with pytest.raises(UnreadableFile) as refused:
        read_listings(data, **options)
    return refused.value.problem


def test_a_workbook_says_the_same_as_its_csv() -> None:
    row = GOOD | {"供货价": 30, "售价": 39.9, "库存": 100}
    (read,) = read_listings(a_book(row)).rows
    (same,) = read_listings(csv_of(GOOD | {"货号": "SL-1"})).rows
    assert read.fingerprint == same.fingerprint
    assert (read.supply_price, read.sale_price, read.stock) == (30_00, 39_90, 100)


def test_rows_are_numbered_as_the_spreadsheet_shows_them_and_blank_ones_skipped() -> None:
    def gap(sheet: Any) -> None:
        sheet.insert_rows(3, 2)
        for number in range(6, 3_000):  # formatted, but empty
            sheet.cell(number, 1).number_format = "0.00"

    sheet = read_listings(a_book({}, {"库存": "-1"}, change=gap))
    assert [row.row for row in sheet.rows] == [2]
    assert [(problem.row, problem.code) for problem in sheet.problems] == [(5, "stock_negative")]


def test_a_formula_is_refused_with_its_place_even_when_it_has_a_value() -> None:
    told = the_problem(a_book({}, {"售价": "=30*1.3"}), "cell_formula")
    assert (told.row, told.column, told.value) == (3, "售价", "=30*1.3")


def test_a_long_code_kept_as_a_number_is_asked_for_as_text() -> None:
    told = the_problem(a_book({"货号": 102900005115762}), "cell_number")
    assert (told.row, told.column) == (2, "货号")
    assert "文本" in told.remedy("zh")


@pytest.mark.parametrize(
    ("number", "shape", "is_read"),
    [(6901234567892, "0", True), (6901234567892, "General", False), (123, "00000", False)],
)
def test_a_number_counts_as_code_only_when_it_is_shown_in_full(
    number: int, shape: str, is_read: bool
) -> None:
    def formatted(sheet: Any) -> None:
        sheet["I2"].number_format = shape

    sheet = read_listings(a_book({"69码": number}, change=formatted))
    assert len(sheet.rows) == is_read
    if not is_read:
        assert sheet.problems[0].code == "cell_number"


def test_a_word_that_became_a_date_is_asked_for_as_text() -> None:
    told = the_problem(a_book({"规格": date(2026, 1, 2)}), "cell_date")
    assert (told.column, told.value) == ("规格", "2026-01-02")


def test_a_percentage_and_a_yes_are_read_as_shown() -> None:
    def formatted(sheet: Any) -> None:
        sheet["I2"].number_format = "0%"

    (row,) = read_listings(a_book({"税率": 0.09, "是否含运": True}, change=formatted)).rows
    assert (str(row.tax_rate), row.freight_included) == ("9%", True)


def test_a_broken_reference_is_told_as_damage() -> None:
    assert the_problem(a_book({"品名": "#REF!"}), "spreadsheet_damaged").column == "品名"


@pytest.mark.parametrize(
    ("change", "code", "places"),
    [
        (lambda s: setattr(s.row_dimensions[3], "hidden", True), "rows_hidden", "3"),
        (lambda s: setattr(s.column_dimensions["H"], "hidden", True), "columns_hidden", "H"),
        (lambda s: s.merge_cells("B2:B3"), "cells_merged", "B2:B3"),
    ],
)
def test_what_people_do_not_see_is_named_and_not_taken_in(
    change: Callable[[Any], None], code: str, places: str
) -> None:
    assert the_problem(a_book({}, {}, change=change), code).data["places"] == places


def test_hidden_rows_and_columns_that_say_nothing_are_no_problem() -> None:
    def hide(sheet: Any) -> None:
        sheet.row_dimensions[9].hidden = True
        sheet.column_dimensions["Z"].hidden = True

    assert read_listings(a_book({}, change=hide)).problems == ()


def several(**sheets: str) -> bytes:
    """A workbook of sheets: name → "goods", "notes", and with `*` it is hidden."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, kind in sheets.items():
        sheet = book.create_sheet(name)
        if kind.startswith("goods"):
            fill(sheet, {})
        else:
            sheet.append(["说明"])
        if kind.endswith("*"):
            sheet.sheet_state = "hidden"
    return saved(book)


def test_of_several_sheets_the_one_with_our_headings_is_read_and_the_rest_named() -> None:
    sheet = read_listings(several(说明="notes", 商品="goods", 旧="goods*"))
    assert len(sheet.rows) == 1
    told = {notice.code: notice.data for notice in sheet.notices}
    assert told["sheet_read"] == {"sheet": "商品", "others": "说明"}
    assert told["sheets_hidden"] == {"sheets": "旧"}


def test_of_two_sheets_with_our_headings_a_person_is_asked() -> None:
    data = several(春="goods", 秋="goods")
    told = refusal(data)
    assert (told.code, told.data["sheets"]) == ("sheet_unclear", "春、秋")
    assert len(read_listings(data, sheet="秋").rows) == 1
    assert refusal(data, sheet="冬").code == "sheet_absent"


def test_a_hidden_sheet_is_read_only_when_it_is_named() -> None:
    data = several(旧="goods*", 说明="notes")
    assert refusal(data).code == "no_known_heading"
    assert len(read_listings(data, sheet="旧").rows) == 1


def test_texts_that_begin_like_formulas_read_back_as_they_were() -> None:
    def quoted(sheet: Any) -> None:
        sheet["I2"].value, sheet["I2"].data_type = "'=1+1", "s"

    assert read_listings(a_book({"规格": "x"}, change=quoted)).rows[0].spec == "=1+1"


def test_a_password_and_the_old_format_are_told_apart() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert refusal(ole).code == "workbook_old"
    assert refusal(ole + "EncryptedPackage".encode("utf-16-le")).code == "workbook_locked"


def test_macros_are_refused_and_links_to_other_files_ignored_in_words() -> None:
    def with_macros(parts: dict[str, bytes]) -> None:
        parts["xl/vbaProject.bin"] = b"macro"

    def with_links(parts: dict[str, bytes]) -> None:
        parts["xl/externalLinks/externalLink1.xml"] = f'<x xmlns="{RELATED}"/>'.encode()

    assert refusal(repacked(a_book({}), with_macros)).code == "workbook_macros"
    sheet = read_listings(repacked(a_book({}), with_links))
    assert (len(sheet.rows), [notice.code for notice in sheet.notices]) == (1, ["links_ignored"])


def test_another_archive_is_no_workbook() -> None:
    def emptied(parts: dict[str, bytes]) -> None:
        parts.clear()
        parts["mimetype"] = b"application/vnd.oasis.opendocument.spreadsheet"

    assert refusal(repacked(a_book({}), emptied)).code == "file_is_workbook"


def test_a_control_character_is_refused_with_its_row() -> None:
    rows = rows_xml([list(GOOD), [*list(GOOD.values())[:-1], "1\x7f"]])
    for more in ({}, {"xl__externalLinks__x": ""}):  # with links it is read the careful way
        told = refusal(by_hand(rows, **more))
        assert (told.code, told.line) == ("control_character", 2)


def test_people_and_counties_come_in_workbooks_too() -> None:
    book = openpyxl.Workbook()
    book.active.append(["姓名", "手机号"])
    book.active.append(["示例甲", 13900000001])
    assert read_people(saved(book)).rows[0].mobile == "13900000001"
    book = openpyxl.Workbook()
    book.active.append(["县", "起始日期"])
    book.active.append(["雷山县", date(2021, 1, 1)])
    sheet = read_counties(saved(book))
    assert [row.valid_from for row in sheet.rows] == [date(2021, 1, 1)], sheet.problems
