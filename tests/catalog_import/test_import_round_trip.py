"""What is exported and imported again is equal, whatever odd words it says."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from catalog_import import Cell, as_read, read_listings, write_csv
from catalog_import.synonyms import heading_table
from catalog_import.templates import HEADINGS, goods_workbook
from catalog_import.workbook_child import OPTIONS_SHEET, TEMPLATE_VERSION
from tests.catalog_import.books import repacked

CATEGORIES = ("干果", "茶叶")
FIELDS = heading_table().listing
LIVE = re.compile(r"[\s']*[=+\-@＝＋－＠﹦﹢﹣﹫−]")
GOOD: dict[str, Cell] = {
    "sku": "SL-1", "title": "示例 核桃", "category": "干果", "county": "雷山县",
    "supply_price": Decimal("30.00"), "sale_price": Decimal("39.90"), "unit": "袋", "stock": 100,
}  # fmt: skip  # a row
ODD = (
    "=1+1", "＝cmd|' /C calc'!A0", "+86 产地直供", "-5.00", "@示例", "'=1", "''", "'", "0012",
    "1.0", "1E5", "TRUE", "2026-11-23", "1-2", "=HYPERLINK(\"http://127.0.0.1\",\"点\")",
    "a,b;c\"d\"", "﹣3", "100%", "是", "#1", "名、称|二", "𠮷野", "’", "  两 空 格",
    "﹫x", "−7", "ﾊﾝｶｸ",
)  # fmt: skip  # texts that spreadsheets like to change


def workbook(*rows: dict[str, Cell]) -> bytes:
    return goods_workbook({"category": CATEGORIES}, rows)


def csv_of(*rows: dict[str, Cell]) -> bytes:
    table = [[row.get(name) for name in FIELDS] for row in rows]
    return write_csv([words.zh for words in FIELDS.values()], table)


def kept(text: str) -> str | None:
    """What the marketplace would have kept of a typed text, if anything."""
    try:
        said = as_read("spec", text)
    except ValueError:
        return None
    return said if said and as_read("spec", said) == said else None


WORDS = st.one_of(
    st.sampled_from(ODD), st.text(max_size=30), st.text("=+-@'\"＝ ,0.1e", max_size=8)
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.filter_too_much], deadline=None)
@given(WORDS, st.integers(1, 10**9), st.integers(0, 99_999_999))
def test_any_text_that_is_kept_comes_back_as_it_was(text: str, fen: int, stock: int) -> None:
    """P26, P27: neutralised on the way out, the same on the way in; amounts stay numbers."""
    said = kept(text)
    assume(said is not None)
    price = Decimal(fen) / 100
    row = GOOD | {"spec": said, "supply_price": price, "sale_price": price, "stock": stock}
    data = csv_of(row)
    (read,) = read_listings(data).rows
    assert (read.spec, read.supply_price, read.sale_price, read.stock) == (said, fen, fen, stock)
    assert f",{format(price, 'f')},".encode() in data  # a number without quotes


def test_odd_texts_come_back_from_a_workbook_as_they_were() -> None:
    """P26: formulas, codes, dates and full-width forms, in a workbook."""
    said = [one for one in map(kept, ODD) if one]
    assert len(said) > len(ODD) // 2
    rows = [GOOD | {"sku": f"SL-{n}", "title": text, "spec": text} for n, text in enumerate(said)]
    sheet = read_listings(workbook(*rows))
    assert sheet.problems == ()
    assert [row.spec for row in sheet.rows] == said
    assert [row.title for row in sheet.rows] == said


def test_no_cell_of_an_export_is_live_and_amounts_are_numbers() -> None:
    """P27: opened in a spreadsheet, nothing runs and sums work."""
    rows = [GOOD | {"sku": f"SL-{n}", "spec": text} for n, text in enumerate(filter(kept, ODD))]
    book = openpyxl.load_workbook(io.BytesIO(workbook(*rows)))
    sheet = book.worksheets[0]
    names = [cell.value for cell in sheet[HEADINGS]]
    for cells in sheet.iter_rows(min_row=HEADINGS + 1):
        for name, cell in zip(names, cells, strict=True):
            assert cell.data_type != "f"
            if isinstance(cell.value, str):
                assert not LIVE.match(cell.value) or cell.value.startswith("'"), cell.value
            if name in {"供货价", "售价", "库存"}:
                assert isinstance(cell.value, int | float)
    for line in csv_of(*rows).decode("utf-8-sig").splitlines()[1:]:
        assert not re.search(r'(^|,)"[\s]*[=+\-@＝＋－＠﹦﹢﹣﹫−]', line)


def test_the_empty_template_has_hints_choices_and_no_goods() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    sheet, options = book.worksheets
    assert (options.title, options.sheet_state) == (OPTIONS_SHEET, "hidden")
    assert options["A1"].value == TEMPLATE_VERSION
    assert [cell.value for cell in sheet[HEADINGS]] == [words.zh for words in FIELDS.values()]
    assert str(sheet["A1"].value).startswith("必填 · 例：")
    assert len(sheet.data_validations.dataValidation) == 6
    read = read_listings(workbook())
    assert [problem.code for problem in read.problems] == ["no_rows"]
    assert "sheets_hidden" not in {notice.code for notice in read.notices}


def test_a_template_of_another_version_is_read_and_told_about() -> None:
    def older(parts: dict[str, bytes]) -> None:
        name = "xl/worksheets/sheet2.xml"
        parts[name] = parts[name].replace(b"<v>1</v>", b"<v>0</v>", 1)

    read = read_listings(repacked(workbook(GOOD), older))
    assert len(read.rows) == 1
    assert "template_version" in {notice.code for notice in read.notices}


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_field_has_a_column_in_the_template(name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        assert FIELDS[name].zh in archive.read("xl/worksheets/sheet1.xml").decode()
