"""The style guide as a browser lays it out: on phones, in the dark, in large type, on paper."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from marketplace.web.words import Words
from tests.look.rendering import ROOT, render

pytestmark = pytest.mark.browser

SITE = "http://127.0.0.1:9"  # never asked: every request is answered below, without a network
KINDS = {".css": "text/css", ".svg": "image/svg+xml", ".js": "text/javascript"}
VARIANTS: dict[str, dict[str, object]] = {
    "plain": {},
    "dark": {"theme": "dark"},
    "large": {"size": "large"},
    "english": {"_": Words("en"), "lang": "en"},
    "guest": {"mp_layout": "host.html", "actor": None, "basket_count": 0, "to_do": []},
}
OVERFLOWING = """() => [...document.querySelectorAll('.mp *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && (box.right > innerWidth + 1 || box.left < -1)
    && !e.closest('.scroll, .tabs, .ridge, .mp-hidden');
}).map(e => `${e.tagName}.${e.className}`)"""
PRESSED = (
    ".mp .btn, .mp .chip, .mp .tabs a, .mp .brand, .mp .choice, .mp select, .mp .find input,"
    " .mp .field input:not([type=checkbox], [type=radio])"
)
SMALL = """pressed => [...document.querySelectorAll(pressed)]
  .filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 44)
  .map(e => e.outerHTML.slice(0, 120))"""


def _answer(route: Route) -> None:
    path = urlsplit(route.request.url).path
    file = ROOT / path.lstrip("/")
    if path.startswith("/static/") and file.is_file():
        route.fulfill(body=file.read_bytes(), content_type=KINDS[file.suffix])
    elif path.strip("/") in VARIANTS:
        page = render("styleguide/index.html", **VARIANTS[path.strip("/")])
        route.fulfill(body=page, content_type="text/html; charset=utf-8")
    else:
        route.fulfill(status=404, body="")


def _open(browser: Browser, variant: str, width: int) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_default_timeout(8000)
    page.route("**/*", _answer)
    page.goto(f"{SITE}/{variant}")
    return page


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("width", [320, 400, 1280])
def test_nothing_is_wider_than_the_window(browser: Browser, variant: str, width: int) -> None:
    page = _open(browser, variant, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(OVERFLOWING) == []
    page.close()


@pytest.mark.parametrize("variant", ["plain", "large"])
def test_everything_pressed_is_at_least_44_pixels_high(browser: Browser, variant: str) -> None:
    page = _open(browser, variant, 400)
    page.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true })")
    assert page.evaluate(SMALL, PRESSED) == []
    page.close()


def test_the_prices_of_a_row_of_cards_stand_on_one_line(browser: Browser) -> None:
    page = _open(browser, "plain", 1280)
    tops = page.evaluate(
        "[...document.querySelectorAll('.card .price')].map(e => e.getBoundingClientRect().top)"
    )
    assert len(tops) > 3
    assert max(tops) - min(tops) <= 1
    page.close()


def test_a_wide_table_becomes_cards_on_a_phone(browser: Browser) -> None:
    page = _open(browser, "plain", 400)
    row = page.locator("table.on-phone-cards tbody tr").first
    assert row.evaluate("e => getComputedStyle(e).display") == "block"
    label = row.locator("td[data-label]").first
    assert "供应商" in label.evaluate("e => getComputedStyle(e, '::before').content")
    page.close()


def test_nothing_moves_when_stillness_is_asked_for(browser: Browser) -> None:
    page = _open(browser, "plain", 1280)
    page.emulate_media(reduced_motion="reduce")
    durations = page.locator(".card").first.evaluate("e => getComputedStyle(e).transitionDuration")
    assert durations == "0s"
    page.close()


def test_paper_carries_no_bars_and_no_buttons(browser: Browser) -> None:
    page = _open(browser, "dark", 680)  # what A4 leaves between its margins
    page.emulate_media(media="print")
    for selector in (".bar", ".foot-bar", ".btn", ".pager", ".ridge"):
        assert not page.locator(selector).first.is_visible()
    assert page.locator(".ticket").first.is_visible()
    rows = page.locator("table.on-phone-cards tbody tr").first
    assert rows.evaluate("e => getComputedStyle(e).display") == "table-row"
    ground = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
    page.close()
