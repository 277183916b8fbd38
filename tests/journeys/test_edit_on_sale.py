"""A good on sale is edited from a phone; a reviewer sees both versions and lets it through."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.suppliers import an_approved_supplier

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


def test_a_live_edit_is_compared_and_approved_while_the_good_stays_on_sale(
    people: People, browser_of: Callable[[str], Page]
) -> None:
    """P16: until the whole edit is through, the zone shows the good as it was."""
    an_approved_supplier(people)
    melon = a_listing(people)
    supplier, reviewer, employee = (browser_of(n) for n in ("supplier", "reviewer", "employee"))
    supplier.set_viewport_size(PHONE)
    supplier.goto(f"/supplier/listings/{melon.id}/edit")
    supplier.fill("[name=title]", "示例 伽师瓜 特供装")
    supplier.get_by_role("button", name="保存").click()
    expect(supplier.locator("#title-error")).to_contain_text("特供")
    supplier.fill("[name=title]", "示例 伽师瓜 礼盒装")
    supplier.get_by_role("button", name="保存").click()
    expect(supplier.get_by_text("等待审核；通过之前商品照原样在售")).to_be_visible()
    within = supplier.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert within, "the page hangs out of the phone"

    employee.goto(f"/listings/{melon.id}")
    expect(employee.get_by_role("heading", level=1)).to_contain_text("2 个装")

    reviewer.goto("/desk")
    reviewer.get_by_role("link", name="示例 伽师瓜 2 个装").first.click()
    expect(reviewer.locator("del")).to_contain_text("2 个")
    expect(reviewer.locator("ins")).to_contain_text("礼盒")
    mark = reviewer.locator("ins").evaluate("e => getComputedStyle(e).borderBottomStyle")
    struck = reviewer.locator("del").evaluate("e => getComputedStyle(e).textDecorationLine")
    assert (mark, struck) == ("solid", "line-through")  # never by colour alone
    reviewer.get_by_role("button", name="通过，立即生效").click()
    expect(reviewer.get_by_text("已办理：示例 伽师瓜")).to_be_visible()

    employee.reload()
    expect(employee.get_by_role("heading", level=1)).to_contain_text("礼盒装")
