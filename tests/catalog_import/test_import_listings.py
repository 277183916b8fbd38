"""Every cell of a listing: accepted exactly, or refused with row, column, value and remedy."""

import unicodedata

import pytest

from catalog_import import TaxRate, read_listings, template_csv
from tests.catalog_import.sheets import GOOD, csv_of, listings, only_problem

PRICE_REFUSALS = {
    "price_grouping": ["12,5元", "1,23", "12,34.50", "1,2345", "1,234,5", "0,123", "12，5"],
    "price_decimals": ["12.345", "0.001", "¥1.000"],
    "price_negative": ["-1", "-0.01", "−5", "－５", "-0"],
    "price_zero": ["0", "0.00", "¥0"],
    "price_too_large": ["10000000.01", "99,999,999", "9" * 20],
    "price_unclear": [
        "NaN", "1e308", "inf", "面议", "12-15", "1.2.3", "12.", ".5", "12²", "①", "١٢", "9" * 5000,
        "12 34", "$12", "元", "12万元", "0x10", "1_000", "+5",
    ],
}  # fmt: skip  # one line per kind reads better


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("39.9", 3990), ("39.90", 3990), ("39", 3900), ("¥39.90", 3990), ("￥39.90", 3990),
        ("39.90元", 3990), ("39.90 元", 3990), ("３９．９０", 3990), ("1,234.50", 123450),
        ("1,234,567", 123456700), ("１，２３４.50元", 123450), ("10000000", 1_000_000_000),
        (" 39.90 ", 3990), ("31.00", 3100), ("100000.07", 10000007),
    ],
)  # fmt: skip  # a table
def test_a_price_becomes_exact_fen(cell: str, fen: int) -> None:
    (row,) = listings({"售价": cell}).rows
    assert row.sale_price == fen


@pytest.mark.parametrize(
    ("code", "cell"), [(code, cell) for code, cells in PRICE_REFUSALS.items() for cell in cells]
)
def test_a_price_that_is_not_exact_is_refused(code: str, cell: str) -> None:
    problem = only_problem(售价=cell)
    assert (problem.code, problem.row, problem.column) == (code, 2, "售价")
    assert problem.value == cell


def test_a_supply_price_above_the_sale_price_is_refused() -> None:
    assert only_problem(供货价="40").code == "supply_above_sale"
    assert listings({"供货价": "39.90"}).problems == ()


@pytest.mark.parametrize(("cell", "units"), [("0", 0), ("1,200", 1200), ("３０", 30), ("007", 7)])
def test_a_stock_is_a_whole_number(cell: str, units: int) -> None:
    assert listings({"库存": cell}).rows[0].stock == units


@pytest.mark.parametrize(
    ("code", "cell"),
    [
        ("stock_negative", "-1"), ("stock_unclear", "0.5"), ("stock_unclear", "100.0"),
        ("stock_unclear", "NaN"), ("stock_unclear", "有货"), ("stock_unclear", "1e3"),
        ("stock_too_large", "1000000000000000000"), ("stock_unclear", "9" * 5000),
        ("stock_unclear", "1,00"), ("value_missing", " "),
    ],
)  # fmt: skip  # a table
def test_a_stock_that_is_no_whole_number_is_refused(code: str, cell: str) -> None:
    assert only_problem(库存=cell).code == code


@pytest.mark.parametrize("heading", list(GOOD))
def test_each_required_cell_is_missed_when_empty(heading: str) -> None:
    problem = only_problem(**{heading: "  "})
    assert (problem.code, problem.column) == ("value_missing", heading)


def test_every_fault_of_a_row_is_told_in_the_order_of_its_columns() -> None:
    sheet = listings(
        {}, {"品名": "<b>茶</b>", "原产县": "", "供货价": "50", "库存": "-1", "税率": "0.09"}
    )
    assert [(p.row, p.code) for p in sheet.problems] == [
        (3, "html_tags"),
        (3, "value_missing"),
        (3, "supply_above_sale"),
        (3, "stock_negative"),
        (3, "tax_rate_unknown"),
    ]
    assert [row.row for row in sheet.rows] == [2]


def test_a_refused_row_keeps_what_it_says() -> None:
    (partial,) = listings({"库存": "?", "原产县": " 沛县 "}).partial
    assert (partial.row, partial.values["county"], partial.values["stock"]) == (2, "沛县", "?")


def test_rows_read_are_good_or_refused() -> None:
    data = csv_of(GOOD, GOOD | {"货号": "2"}, GOOD | {"货号": "3", "库存": ""}) + b"\n1,2\n\n"
    sheet = read_listings(data)
    assert (sheet.rows_read, len(sheet.rows), len(sheet.partial)) == (4, 2, 2)
    assert {p.row for p in sheet.problems} == {row.row for row in sheet.partial} == {4, 5}
    assert sheet.partial[1].values == {}


def test_a_sku_that_stands_twice_refuses_both_rows_and_names_them() -> None:
    sheet = listings({"货号": "A"}, {}, {"货号": " A ", "库存": "x"})
    told = [(p.row, p.data["rows"]) for p in sheet.problems if p.code == "duplicate_sku"]
    assert told == [(2, "2, 4"), (4, "2, 4")]
    assert [row.row for row in sheet.rows] == [3]


def test_a_sku_composed_and_decomposed_is_the_same() -> None:
    sheet = listings({"货号": unicodedata.normalize("NFD", "É1")}, {"货号": "É1"})
    assert [p.code for p in sheet.problems] == ["duplicate_sku"] * 2


@pytest.mark.parametrize(
    ("cell", "sku"), [("00123", "00123"), ("'00123", "00123"), ("5E10", "5E10")]
)
def test_a_code_stays_text(cell: str, sku: str) -> None:
    assert listings({"货号": cell}).rows[0].sku == sku


@pytest.mark.parametrize(
    ("code", "cell"),
    [
        ("spreadsheet_damaged", "1.029E+14"), ("spreadsheet_damaged", "6.9e+12"),
        ("spreadsheet_damaged", "####"), ("spreadsheet_damaged", "#N/A"),
        ("fullwidth_code", "ＳＬ１"), ("text_too_long", "9" * 65), ("placeholder_value", "NULL"),
    ],
)  # fmt: skip  # a table
def test_a_damaged_code_is_refused(code: str, cell: str) -> None:
    assert only_problem(货号=cell).code == code


def test_the_remedy_for_a_damaged_code_is_a_text_column() -> None:
    assert "文本" in only_problem(货号="1.029E+14").remedy("zh")
    assert "as text" in only_problem(货号="1.029E+14").remedy("en")


@pytest.mark.parametrize(
    ("code", "cell"),
    [
        ("hidden_character", "茶\u202e叶"), ("hidden_character", "茶\u200b叶"),
        ("hidden_character", "茶\ufeff叶"), ("hidden_character", "茶\u2028叶"),
        ("unreadable_character", "茶\ue000"), ("unreadable_character", "茶\ufffd"),
        ("unreadable_character", "茶\ufffe"), ("html_tags", "<p>茶"), ("html_tags", "茶&nbsp;叶"),
        ("html_tags", "<IMG SRC=x onerror=y>"), ("line_break", "茶\n叶"), ("line_break", "茶\t叶"),
        ("text_too_long", "茶" * 201), ("placeholder_value", "NULL"),
    ],
)  # fmt: skip  # a table
def test_a_text_that_is_not_plain_is_refused(code: str, cell: str) -> None:
    problem = only_problem(品名=cell)
    assert problem.code == code
    assert not set("\u202e\u200b\ufeff\u2028\n") & set(problem.say("zh") + problem.say("en"))


@pytest.mark.parametrize(
    "title", ["富士（纸袋Φ80<85）", "A&B 牌", "茶" * 200, "𠮷村老茶", "2 < 3 > 1"]
)
def test_a_plain_text_stays_as_written(title: str) -> None:
    assert listings({"品名": f"\u3000{title} "}).rows[0].title == title


def test_a_title_is_stored_composed() -> None:
    assert listings({"品名": unicodedata.normalize("NFD", "Café")}).rows[0].title == "Café"


@pytest.mark.parametrize(
    ("code", "cell"),
    [
        ("barcode_check", "6901234567893"), ("barcode_digits", "690123456789"),
        ("barcode_digits", "69012345678X2"), ("spreadsheet_damaged", "6.90123E+12"),
    ],
)  # fmt: skip  # a table
def test_a_wrong_barcode_is_refused(code: str, cell: str) -> None:
    assert only_problem(**{"69码": cell}).code == code


@pytest.mark.parametrize(
    ("cell", "rate"),
    [("9%", TaxRate(9)), ("13", TaxRate(13)), ("９％", TaxRate(9)), ("9.00%", TaxRate(9)),
     ("0%", TaxRate(0)), ("免税", TaxRate(0, exempt=True)), ("", None)],
)  # fmt: skip  # a table
def test_a_tax_rate_is_one_in_use_or_exempt(cell: str, rate: TaxRate | None) -> None:
    assert listings({"税率": cell}).rows[0].tax_rate == rate


@pytest.mark.parametrize("cell", ["0.09", "17%", "9.5%", "九", "-9%"])
def test_a_tax_rate_that_is_not_in_use_is_refused(cell: str) -> None:
    assert only_problem(税率=cell).code == "tax_rate_unknown"


@pytest.mark.parametrize(
    ("cell", "answer"), [("是", True), ("否", False), ("Yes", True), ("", None)]
)
def test_freight_is_included_or_not_or_unsaid(cell: str, answer: bool | None) -> None:
    assert listings({"是否含运": cell}).rows[0].freight_included is answer


def test_freight_said_otherwise_is_refused() -> None:
    assert only_problem(是否含运="满百包邮").code == "yes_or_no"


@pytest.mark.parametrize("cell", ["48小时", "48", "４８ 小时", "48小时内", "48h", "48 hours"])
def test_dispatch_is_read_in_hours(cell: str) -> None:
    assert listings({"发货时效": cell}).rows[0].dispatch_hours == 48


@pytest.mark.parametrize("cell", ["2天", "0", "721", "48.5", "24-48小时", "-1"])
def test_dispatch_in_anything_but_hours_is_refused(cell: str) -> None:
    assert only_problem(发货时效=cell).code == "hours_unclear"


def test_terms_of_sale_are_read_as_people_write_them() -> None:
    cells = {"起订量": "2", "每人限购": "５", "开始接单": "2026年9月1日", "最后接单日": "20261130"}
    (row,) = listings({**cells, "预售发货日": "2026/12/1", "拆封不退": "是"}).rows
    assert (row.min_quantity, row.max_per_person) == (2, 5)
    assert (row.sealed, row.made_to_order) == (True, None)
    assert (row.orders_from, row.orders_last, row.ships_from) == (
        "2026-09-01", "2026-11-30", "2026-12-01",
    )  # fmt: skip  # three days
    assert only_problem(每人限购="0").code == "quantity_unclear"
    assert only_problem(开始接单="9月1日").code == "day_unclear"


def test_a_county_is_kept_as_written() -> None:
    sheet = listings({"原产县": "522634"}, {"原产县": "贵州省雷山县"})
    assert [row.county for row in sheet.rows] == ["522634", "贵州省雷山县"]


@pytest.mark.parametrize("cell", ["52263", "５２２６３４", "522634000"])
def test_a_county_code_has_six_digits(cell: str) -> None:
    assert only_problem(原产县=cell).code == "county_code"


def test_villages_are_separated_by_three_marks() -> None:
    (row,) = listings({"村": "甲村、乙村; 丙村|丁村；"}).rows
    assert row.villages == ("甲村", "乙村", "丙村", "丁村")
    assert listings({"村": ""}).rows[0].villages == ()


def test_villages_are_bounded_and_named_once() -> None:
    assert only_problem(村="甲村、甲村").code == "name_twice"
    assert only_problem(村="、".join(f"{n}村" for n in range(51))).code == "too_many_names"
    assert only_problem(村="甲村、<b>").code == "html_tags"


def test_the_same_row_has_the_same_fingerprint_wherever_it_stands() -> None:
    first = listings({"货号": "A", "税率": "9%"}).rows[0]
    again = listings({"货号": "B"}, {"货号": "A", "税率": "9.0%", "售价": "¥39.9"}).rows[1]
    assert first.row != again.row
    assert first.fingerprint == again.fingerprint


@pytest.mark.parametrize(
    "change", [{"库存": "99"}, {"村": "甲村"}, {"税率": "0%"}, {"税率": "免税"}]
)
def test_a_changed_row_has_another_fingerprint(change: dict[str, str]) -> None:
    before, after = listings({"税率": ""}).rows[0], listings(change).rows[0]
    assert before.fingerprint != after.fingerprint


def test_the_same_bytes_have_the_same_hash() -> None:
    assert listings({}).sha256 == listings({}).sha256 != listings({"库存": "1"}).sha256


def test_our_own_template_reads_back_without_a_problem() -> None:
    assert template_csv().startswith(b"\xef\xbb\xbf")
    sheet = read_listings(template_csv())
    assert (sheet.problems, len(sheet.rows), sheet.unknown_headings) == ((), 1, ())
    assert len(sheet.headings) == 35


def test_a_row_with_more_or_fewer_cells_is_refused_and_the_others_are_read() -> None:
    """P24: nothing is guessed about which column a cell belongs to."""
    heading, row = csv_of(GOOD).decode("utf-8-sig").splitlines()[:2]
    read = read_listings("\n".join([heading, row, row + ",", row.rpartition(",")[0]]).encode())
    assert [(one.code, one.row) for one in read.problems] == [("ragged_row", 3), ("ragged_row", 4)]
    assert len(read.rows) == 1
