"""Without a mouse and without scripts: the way into the page, the menu, and where one is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

HERE = """() => { const at = document.activeElement; const box = at.getBoundingClientRect();
  const ring = getComputedStyle(at.closest('.card') ?? at);
  return {tag: at.tagName, words: at.textContent.trim().slice(0, 30), top: box.top,
    ring: ring.outlineStyle !== 'none' && parseFloat(ring.outlineWidth) >= 2}; }"""


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def page(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(base_url=site, locale="zh-CN", java_script_enabled=request.param)
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def test_the_first_key_offers_the_way_past_the_bar(page: Page) -> None:
    page.goto("/villages")
    page.keyboard.press("Tab")
    skip = page.locator(".skip:focus")
    assert skip.text_content() == "跳到正文"
    assert skip.evaluate("e => e.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator("main :focus").count() == 1


def test_the_menu_opens_and_changes_the_language(page: Page) -> None:
    page.goto("/villages")
    page.locator(".person > summary").focus()
    page.keyboard.press("Enter")
    english = page.locator(".prefs button[value=en]")
    assert english.is_visible()
    english.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("html[lang=en]")
    assert page.url.endswith("/villages")


def test_a_verb_that_wants_a_reason_opens_without_a_mouse(page: Page) -> None:
    page.goto("/styleguide")
    page.locator(".noted > summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".noted[open] textarea").first.is_visible()


@pytest.mark.parametrize("address", ["/", "/styleguide", "/sign-in"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_wherever_the_keys_lead_a_ring_shows_it(
    browser: Browser, site: str, address: str, theme: str
) -> None:
    page = browser.new_page(base_url=site, color_scheme=theme)  # type: ignore[arg-type]  # a literal
    page.goto(address)
    for _ in range(40):
        page.keyboard.press("Tab")
        at = page.evaluate(HERE)
        if at["tag"] == "BODY":  # once around
            break
        assert at["ring"], at
        assert at["top"] >= -1, at
    page.close()
