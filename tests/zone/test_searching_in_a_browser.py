"""The search page as a browser has it: filters answer at once, and the address can be sent on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from marketplace.commands.serving import once
from tests.browsing import serving
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.suppliers import an_approved_supplier

pytestmark = pytest.mark.browser
DESK, PHONE = 1280, 400


@pytest.fixture
def site(app: Flask, people: People) -> Iterator[str]:
    an_approved_supplier(people)
    a_listing(people, sku="A", title="黑木耳", category="菌菇")
    a_listing(people, sku="B", title="木耳香菇酱", category="调味品")
    once(people.runtime)
    with serving(app) as address:
        yield address


@pytest.fixture(params=[DESK, PHONE])
def page(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": request.param, "height": 900}, locale="zh-CN", base_url=site
    )
    opened = context.new_page()
    opened.set_default_timeout(8000)
    opened.goto("/search?q=木耳")
    if request.param == PHONE:
        expect(opened.get_by_label("分类").first).to_be_hidden()
        opened.get_by_text("筛选与排序").click()
    yield opened
    context.close()


def test_a_chosen_filter_answers_at_once_and_stands_in_the_address(page: Page) -> None:
    page.evaluate("document.documentElement.dataset.stayed = 'yes'")
    page.locator("#category").select_option("spices")
    expect(page.locator(".card")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/search\?q=%E6%9C%A8%E8%80%B3&category=spices"))
    assert page.evaluate("document.documentElement.dataset.stayed") == "yes"
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]  # it was given
    expect(page.locator("#category")).to_be_visible()  # still open on a phone
    page.reload()
    expect(page.locator(".card")).to_have_count(1)
    page.get_by_role("link", name=re.compile(r"去掉条件：\s*调味品")).click()
    expect(page.locator(".card")).to_have_count(2)


def test_the_filters_work_without_script(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN", base_url=site)
    plain = context.new_page()
    plain.goto("/search?q=木耳")
    plain.locator("#category").select_option("mushrooms")
    plain.locator(".narrow-by button").click()
    expect(plain.locator(".card")).to_have_count(1)
    context.close()
