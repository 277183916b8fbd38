"""Statements of banks: each layout as its bank writes it, and what is wrong told in place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from catalog_import import UnreadableFile, layouts, read_statement
from catalog_import.statements import BankRow
from catalog_import.templates import plain_workbook

TEMPLATE = "交易日期,交易时间,流水号,收入,支出,余额,对方户名,对方账号,附言\n"
SAMPLES = {
    "template": TEMPLATE + '2026-11-23,10:21,S1,"1,180.00",,5000.00,示例工会,62001,zt 2345-6A\n',
    "icbc": "账号,6222\n交易时间,凭证号,借方发生额,贷方发生额,余额,对方单位,摘要,用途\n"
    "2026-11-23,S1,,1180.00,5000.00,示例工会,货款,zt 2345-6A\n合计,,,1180.00,,,,\n",
    "ccb": "交易时间,借方发生额（支取）,贷方发生额（收入）,余额,对方户名,对方账号,摘要,备注\n"
    "20261123 10:21:05,,1180.00,5000.00,示例工会,62001,货款,zt 2345-6A\n",
    "abc": "交易时间,收入金额,支出金额,账户余额,对方户名,对方账号,交易用途\n"
    "2026-11-23 10:21:05,1180.00,0.00,5000.00,示例工会,62001,zt 2345-6A\n",
    "boc": "交易日期[Transaction Date],交易类型[Transaction Type],交易金额[Trade Amount],"
    "付款人名称[Payer's Name],交易附言[Remark]\n20261123,来账,1180.00,示例工会,zt 2345-6A\n",
    "cmb": "交易日,交易时间,借方金额,贷方金额,余额,摘要,收(付)方名称,流水号\n"
    "20261123,102105,,1180.00,5000.00,zt 2345-6A,示例工会,S1\n",
    "signed": "日期,金额,摘要\n2026-11-23,1180.00,zt 2345-6A\n",
}


def only(text: str, slug: str = "") -> BankRow:
    found = read_statement(text.encode(), layouts(), slug)
    assert found.problems == ()
    (row,) = found.rows
    return row


@pytest.mark.parametrize("slug", SAMPLES)
def test_each_layout_is_known_by_its_headings(slug: str) -> None:
    found = read_statement(SAMPLES[slug].encode("gb18030"), layouts())
    assert (found.layout.slug, found.encoding, found.problems) == (slug, "gb18030", ())
    (row,) = found.rows
    assert (row.day, row.amount) == (date(2026, 11, 23), 1180_00)
    assert row.text.endswith("zt 2345-6A")


def test_money_that_went_out_is_below_zero_however_it_is_written() -> None:
    assert only(TEMPLATE + "2026-11-23,,,,88.5,,,,\n").amount == -88_50
    went = SAMPLES["boc"].replace("来账", "往账")
    assert only(went).amount == -1180_00
    assert only(SAMPLES["signed"].replace("1180.00", '"-1,180.00"')).amount == -1180_00


def test_money_that_came_is_not_taken_for_more_when_its_entry_is_reversed() -> None:
    back = SAMPLES["boc"].replace("1180.00", "-1180.00")
    (problem,) = read_statement(back.encode(), layouts()).problems
    assert problem.code == "direction_unclear"


def test_a_workbook_says_the_same_as_a_text() -> None:
    heading, row = (line.split(",") for line in SAMPLES["abc"].splitlines())
    found = read_statement(plain_workbook("明细", heading, [row]), layouts())
    assert found.problems == ()
    assert [(row.amount, row.party) for row in found.rows] == [(1180_00, "示例工会")]


def test_every_problem_names_row_column_and_value() -> None:
    lines = (
        "2026-13-23,,S1,1.00,,,,,",
        "2026-11-23,,S2,1.005,,,,,",
        "2026-11-23,,S3,1.00,2.00,,,,",
        "2026-11-23,,S4,,,,,,",
        "2026-11-23,,S5,1.00",
    )
    found = read_statement((TEMPLATE + "\n".join(lines)).encode(), layouts())
    told = [(one.row, one.code, one.heading("zh"), one.value) for one in found.problems]
    assert told == [
        (2, "day_unlike", "交易日期", "2026-13-23"),
        (3, "amount_unclear", "收入", "1.005"),
        (4, "amount_twice", "支出", "2.00"),
        (5, "amount_absent", "支出", ""),
        (6, "ragged_row", "", ""),
    ]
    assert all(one.remedy("zh") and one.remedy("en") for one in found.problems)


def test_a_word_that_says_neither_in_nor_out_is_no_direction() -> None:
    found = read_statement(SAMPLES["boc"].replace("来账", "转账").encode(), layouts())
    assert [(one.code, one.value) for one in found.problems] == [("direction_unclear", "转账")]


def test_headings_of_no_bank_and_of_another_bank_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="layout_unknown"):
        read_statement(b"a,b\n1,2\n", layouts())
    with pytest.raises(UnreadableFile, match="layout_lacks"):
        read_statement(SAMPLES["abc"].encode(), layouts(), "icbc")


def test_headings_that_fit_two_layouts_are_asked_about() -> None:
    twins = [one.model_copy(update={"slug": f"{one.slug}-2"}) for one in layouts()]
    with pytest.raises(UnreadableFile, match="layout_unclear"):
        read_statement(SAMPLES["abc"].encode(), (*layouts(), *twins))


def test_a_broken_file_of_layouts_is_refused_with_its_reason(tmp_path: Path) -> None:
    told = tmp_path / "banks.toml"
    told.write_text(
        '[[layout]]\nslug="x"\nname="x"\nsource="x"\ndays=["%Y"]\nsign="columns"\n'
        'needed=["day"]\n[layout.columns]\nday=["日"]\n',
        "utf-8",
    )
    with pytest.raises(ValueError, match=r"x: unknown .* lacking .*paid"):
        layouts(told)
