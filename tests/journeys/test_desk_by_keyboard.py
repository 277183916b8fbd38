"""A reviewer works through the desk by keys alone; everything is there without the script too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures import People
from tests.makers.catalog import a_submitted_listing
from tests.makers.suppliers import an_approved_supplier

pytestmark = pytest.mark.browser
PAINTED = """new Promise(done => new PerformanceObserver((told, watching) => {
  if (!told.getEntriesByName("first-contentful-paint").length) return;
  watching.disconnect();
  done();
}).observe({type: "paint", buffered: true}))"""


def test_a_reviewer_claims_approves_and_returns_by_keys(
    people: People, browser_of: Callable[[str], Page]
) -> None:
    an_approved_supplier(people)
    for sku in "ABC":
        a_submitted_listing(people, sku=sku, title=f"示例 瓜 {sku}")
    page = browser_of("reviewer")
    page.goto("/desk")
    listens(page)
    titles = page.locator("table.inbox tbody th a").all_inner_texts()
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(page.locator(":focus")).to_have_text(titles[at])
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(titles[1])
    listens(page)
    page.keyboard.press("c")
    expect(page.locator("main")).to_contain_text("由我办理")
    listens(page)
    page.keyboard.press("a")
    expect(page.locator(":focus")).to_contain_text("通过")
    page.keyboard.press("Enter")
    expect(page.locator(".flashes")).to_contain_text(f"已办理：{titles[1]}")
    listens(page)
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("table.inbox input:checked")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator("[name=note]").fill("示例 jkacr?")  # typed, not pressed
    expect(page.locator("[name=note]")).to_have_value("示例 jkacr?")
    listens(page)
    page.locator("h1").click()
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    expect(page.locator(".flashes")).to_contain_text("已办理")
    expect(page.locator("table.inbox tbody tr")).to_have_count(1)


def test_the_keys_are_listed_and_a_dialog_has_them_to_itself(
    people: People, browser_of: Callable[[str], Page]
) -> None:
    an_approved_supplier(people)
    a_submitted_listing(people)
    page = browser_of("reviewer")
    page.goto("/desk")
    listens(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("认领或释放任务")
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("table.inbox a:focus")).to_have_count(0)


def listens(page: Page) -> None:
    """The script has shown its button and the page is painted: from now on keys are heard.

    Chromium drops keys before a page's first paint.
    """
    expect(page.locator("#mp-keys-open")).to_be_visible()
    page.evaluate(PAINTED)
