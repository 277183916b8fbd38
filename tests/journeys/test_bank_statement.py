"""A manager takes a statement in: one transfer is confirmed by itself, the other by his word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures import People
from tests.makers.banking import a_file, came
from tests.makers.catalog import a_listing
from tests.makers.orders import a_purchase, the_payment
from tests.makers.suppliers import an_approved_supplier


@pytest.mark.browser
def test_a_statement_settles_one_transfer_and_asks_about_the_other(
    browser_of: Callable[[str], Page], people: People, tmp_path: Path
) -> None:
    an_approved_supplier(people)
    listing = a_listing(people)
    first, second = (
        the_payment(people, a_purchase(people, listing, name=name))
        for name in ("employee", "second_employee")
    )
    sheet = tmp_path / "明细.csv"
    party = "示例市总工会财务共享中心"
    sheet.write_bytes(
        a_file(came("S1", "118.00", first.reference), came("S2", "118.00", "货款", party))
    )
    page = browser_of("manager")
    page.goto("/payments/")
    page.get_by_role("link", name="银行对账单").click()
    page.set_input_files("[name=sheet]", sheet)
    page.fill("[name=account]", "6222 0000")
    page.get_by_role("button", name="收下并核对").click()
    expect(page.get_by_text("其中 2 行是新的")).to_be_visible()
    expect(page.get_by_text("已对上")).to_be_visible()
    page.get_by_role("link", name="办理").click()
    page.get_by_label(second.reference).check()
    page.fill("[name=note]", "财务共享中心代付，已电话核实")
    page.get_by_role("button", name="确认到账").click()
    expect(page.get_by_text(f"{second.reference} 已确认到账")).to_be_visible()
