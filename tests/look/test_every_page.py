"""Every page in a browser, in both languages, light and dark, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browsing import sign_in
from tests.look.rendering import ROOT
from tests.look.walking import Visit

pytestmark = pytest.mark.browser

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
ASKED = """async () => (await axe.run(document, {
  resultTypes: ['violations'],
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
})).violations.map(fault => fault.id + ' ' + fault.nodes.slice(0, 3).map(node =>
  node.target.join(' ') + ' — ' +
  node.any.concat(node.all, node.none).map(check => check.message).join('; ')
).join(' | '))"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll('.mp *')]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1
    && !e.closest('.scroll, .tabs, .mp-hidden'))
  .slice(0, 3).map(e => e.outerHTML.slice(0, 90))"""


@dataclass(frozen=True)
class Mode:
    """One way of reading, seen twice: on a bright desk, then on a phone in the dark."""

    name: str
    cookies: dict[str, str]  # what a reader chose; the machine's theme counts where none is chosen


MODES = [
    Mode("zh", {"mp_language": "zh", "mp_size": "normal", "mp_theme": "auto"}),
    Mode("en", {"mp_language": "en", "mp_size": "normal", "mp_theme": "auto"}),
    Mode("large-and-dark", {"mp_language": "zh", "mp_size": "large", "mp_theme": "dark"}),
]
SCREENS = [("light", 1280), ("dark", 390)]


@dataclass
class Found:
    """What was wrong, one line each, with the page before it."""

    axe: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def windows(
    browser: Browser, site: str, keys: dict[str, tuple[str, str]]
) -> Iterator[dict[str, Page]]:
    """A window for each reader, opened and signed in when first asked for."""
    opened = Windows(browser, site, keys)
    yield opened
    for page in opened.values():
        page.context.close()


class Windows(dict[str, Page]):
    def __init__(self, browser: Browser, site: str, keys: dict[str, tuple[str, str]]) -> None:
        super().__init__()
        self._browser, self._site, self._keys = browser, site, keys

    def __missing__(self, reader: str) -> Page:
        context = self._browser.new_context(base_url=self._site)
        context.add_init_script(path=AXE)
        page = context.new_page()
        page.set_default_timeout(10_000)
        if reader in self._keys:
            sign_in(page, *self._keys[reader])
        self[reader] = page
        return page


@pytest.fixture(scope="module", params=MODES, ids=lambda mode: mode.name)
def found(
    request: pytest.FixtureRequest, windows: dict[str, Page], stops: list[Visit], site: str
) -> Found:
    """The whole walk in one mode."""
    seen = Found()
    for stop in stops:
        page = windows[stop.reader]
        page.context.add_cookies(
            [{"name": k, "value": v, "url": site} for k, v in request.param.cookies.items()]
        )
        look(page, stop, seen)
    return seen


def look(page: Page, stop: Visit, seen: Found) -> None:
    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not is_the_status(message, stop):
            seen.said.append(f"{stop}: {message.text}")

    page.on("console", heard)
    page.goto(stop.address)
    for theme, width in SCREENS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        told = f"{stop} ({theme}, {width})"
        seen.axe += [f"{told}: {fault}" for fault in page.evaluate(ASKED)]
        seen.wide += [f"{told}: {fault}" for fault in page.evaluate(TOO_WIDE)]
    page.remove_listener("console", heard)


def is_the_status(message: ConsoleMessage, stop: Visit) -> bool:
    """Chromium notes an error page's own status; that is what the page is for."""
    return stop.status >= 400 and f"status of {stop.status}" in message.text


def test_axe_core_finds_no_violation(found: Found) -> None:
    assert not found.axe, "\n" + "\n".join(found.axe)


def test_no_page_is_wider_than_its_window(found: Found) -> None:
    assert not found.wide, "\n" + "\n".join(found.wide)


def test_the_browser_has_nothing_to_complain_of(found: Found) -> None:
    assert not found.said, "\n" + "\n".join(found.said)
