"""A cooperative goes from registration to on sale by telephone; two reviewers let it in."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from marketplace.commands.serving import once
from tests.fixtures import People
from tests.journeys.test_spreadsheet_to_sales import press, the_supplier_registers

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
# every page that is opened says whether something hangs out of the telephone
MEASURE = """addEventListener("load", () => {
  if (document.documentElement.scrollWidth > innerWidth)
    localStorage.wide = (localStorage.wide || "") + " " + location.pathname;
});"""
TITLE = "示例 伽师瓜 两个装"


def test_a_cooperative_comes_on_sale_by_telephone(
    people: People, browser_of: Callable[[str], Page], scan: Path
) -> None:
    phone = a_phone(browser_of("supplier"))
    the_supplier_registers(phone, scan)
    another = a_phone(browser_of("supplier"))  # the first one's battery is empty
    its_goods_are_entered_by_form(another)
    first, second = browser_of("reviewer"), browser_of("second_reviewer")
    lets_through(first, "供应商经办", "经办通过，交复核")
    nobody_confirms_his_own(first)
    lets_through(second, "供应商复核", "复核通过")
    lets_through(second, "新商品", "通过，上架")
    another.reload()
    expect(another.locator("h1 ~ *, .heading").first).to_contain_text("在售")
    once(people.runtime)
    seen_in_the_zone(a_phone(browser_of("employee")))
    for page in (phone, another):
        assert page.evaluate("localStorage.wide || ''") == "", "hangs out of the telephone"


def a_phone(page: Page) -> Page:
    """The same person, held in one hand."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a TypedDict of two numbers
    page.add_init_script(MEASURE)
    return page


def its_goods_are_entered_by_form(page: Page) -> None:
    page.goto("/supplier/listings/new")
    for name, value in {
        "sku": "K-001", "title": TITLE, "county": "伽师县", "unit": "箱",
        "supply_price": "45.5O", "sale_price": "59.00", "stock": "200", "net_content": "5千克",
    }.items():  # fmt: skip  # the fields of the form
        page.fill(f"[name={name}]", value)
    for name, label in {"category": "瓜果", "processing": "原样", "packaging": "散装"}.items():
        page.select_option(f"[name={name}]", label=label)
    press(page, "保存")
    expect(page.locator("#supply_price-error")).to_contain_text("12.50")  # an O is no nought
    page.fill("[name=supply_price]", "45.50")
    press(page, "保存")
    press(page, re.compile("^提交"))
    expect(page.locator("h1 ~ *, .heading").first).to_contain_text("待审核")


def opens(page: Page, kind: str) -> None:
    """The first thing of that kind that waits at the desk."""
    page.goto("/desk")
    row = page.locator("main table tr", has_text=kind).first
    row.get_by_role("link").first.click()


def lets_through(page: Page, kind: str, words: str) -> None:
    opens(page, kind)
    press(page, words)
    expect(page.locator(".flashes")).to_contain_text("已办理")


def nobody_confirms_his_own(page: Page) -> None:
    opens(page, "供应商复核")
    expect(page.get_by_text("要由另一个人复核")).to_be_visible()
    expect(page.get_by_role("button", name="复核通过")).to_have_count(0)


def seen_in_the_zone(page: Page) -> None:
    for path in ("/zone/832", "/search?q=伽师瓜"):
        page.goto(path)
        expect(page.locator("main")).to_contain_text(TITLE)
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.locator(".ticket")).to_contain_text("伽师县")
    press(page, "加入购物车")
    page.goto("/basket")
    expect(page.locator("main")).to_contain_text(TITLE)
    assert page.evaluate("localStorage.wide || ''") == "", "hangs out of the telephone"
