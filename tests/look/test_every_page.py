"""Every page in a browser, in both languages, light and dark, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, ConsoleMessage, Page

from marketplace.standalone.identity import COOKIE
from tests.look.rendering import ROOT
from tests.look.walking import PRESSED, READERS, Visit

pytestmark = pytest.mark.browser

SESSION = "mp_session"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# preload: fetches every style sheet and film once more, for rules that are not asked
ASKED = """async rules => (await axe.run(document, {
  resultTypes: ['violations'],
  preload: false,
  ...rules,
})).violations.map(fault => fault.id + ' ' + fault.nodes.slice(0, 3).map(node =>
  node.target.join(' ') + ' — ' +
  node.any.concat(node.all, node.none).map(check => check.message).join('; ')
).join(' | '))"""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL: dict[str, object] = {"runOnly": TAGS}
# what a page on which axe found nothing on a bright desk can still lose in the dark and on a phone
SEEN: dict[str, object] = {
    "runOnly": ["color-contrast", "target-size", "scrollable-region-focusable",
                "link-in-text-block"],
}  # fmt: skip
SAID: dict[str, object] = {"runOnly": TAGS, "rules": {"color-contrast": {"enabled": False}}}
# the page clips what the ridge runs over, so every box is asked, not only the page's own width
TOO_WIDE = """() => [...document.querySelectorAll('.mp *')].filter(e => {
  const box = e.getBoundingClientRect();
  if (!box.width || (box.right <= innerWidth + 1 && box.left >= -1)) return false;
  let around = e.parentElement; // a box that scrolls or cuts may hold what is wider
  while (around.tagName !== 'MAIN' && around.tagName !== 'BODY'
    && getComputedStyle(around).overflowX === 'visible') around = around.parentElement;
  return ['MAIN', 'BODY'].includes(around.tagName) && !e.closest('.ridge, .mp-hidden, .skip');
}).concat(document.documentElement.scrollWidth > innerWidth ? [document.documentElement] : [])
  .slice(0, 3).map(e => e.outerHTML.slice(0, 90))"""


@dataclass(frozen=True)
class Mode:
    """One way of reading, seen twice: on a bright desk, then on a phone in the dark. axe asks the
    Chinese page everything and then what is seen, the English one what does not hang on colours,
    which know no language; and what only a phone shows once more everything."""

    name: str
    cookies: dict[str, str]  # what a reader chose; the machine's theme counts where none is chosen
    readers: tuple[str, ...] = READERS
    asked: dict[int, dict[str, object]] = field(default_factory=lambda: {1280: ALL, 390: SEEN})


MODES = [
    Mode("zh", {"mp_language": "zh", "mp_size": "normal", "mp_theme": "auto"}),
    Mode("en", {"mp_language": "en", "mp_size": "normal", "mp_theme": "auto"}, asked={1280: SAID}),
    Mode(
        "large-and-dark",
        {"mp_language": "zh", "mp_size": "large", "mp_theme": "dark"},
        ("guest", "lin"),
        asked={390: ALL},
    ),
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
    browser: Browser, site: str, client_of: Callable[[str], FlaskClient]
) -> Iterator[dict[str, Page]]:
    """A window for each reader, opened when first asked for."""
    opened = Windows(browser, site, client_of)
    yield opened
    for page in opened.values():
        page.context.close()


class Windows(dict[str, Page]):
    """Each goes on where the reader's windowless browser came to."""

    def __init__(self, browser: Browser, site: str, client_of: Callable[[str], FlaskClient]):
        super().__init__()
        self._browser, self._site, self._client_of = browser, site, client_of

    def __missing__(self, reader: str) -> Page:
        client = self._client_of(reader)
        known = [client.get_cookie(name) for name in (COOKIE, SESSION)]
        context = self._browser.new_context(base_url=self._site)
        context.add_init_script(path=AXE)
        context.add_cookies(
            [{"name": c.key, "value": c.value, "url": self._site} for c in known if c]
        )
        page = self[reader] = context.new_page()
        page.set_default_timeout(10_000)
        return page


@pytest.fixture(scope="module", params=MODES, ids=lambda mode: mode.name)
def found(
    request: pytest.FixtureRequest, windows: dict[str, Page], stops: list[Visit], site: str
) -> Found:
    """The whole walk in one mode."""
    seen = Found()
    answers = [Visit(who, at, "answer", 422, "", press) for who, at, press in PRESSED]
    for stop in [*stops, *answers]:
        if stop.reader not in request.param.readers:
            continue
        page = windows[stop.reader]
        page.context.add_cookies(
            [{"name": k, "value": v, "url": site} for k, v in request.param.cookies.items()]
        )
        look(page, stop, seen, request.param.asked)
    return seen


def look(page: Page, stop: Visit, seen: Found, asked: dict[int, dict[str, object]]) -> None:
    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not is_the_status(message, stop):
            seen.said.append(f"{stop}: {message.text}")

    page.on("console", heard)
    page.goto(stop.address)
    if stop.pressed:
        with page.expect_navigation():
            page.click(stop.pressed)
    for theme, width in SCREENS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        told = f"{stop} ({theme}, {width})"
        if rules := asked.get(width):
            seen.axe += [f"{told}: {fault}" for fault in page.evaluate(ASKED, rules)]
        seen.wide += [f"{told}: {fault}" for fault in page.evaluate(TOO_WIDE)]
    page.remove_listener("console", heard)


def is_the_status(message: ConsoleMessage, stop: Visit) -> bool:
    """Chromium notes an error page's own status; that is what the page is for."""
    own = "status of 4" if stop.pressed else f"status of {stop.status}"
    return stop.status >= 400 and own in message.text


def test_axe_core_finds_no_violation(found: Found) -> None:
    assert not found.axe, "\n" + "\n".join(found.axe)


def test_no_page_is_wider_than_its_window(found: Found) -> None:
    assert not found.wide, "\n" + "\n".join(found.wide)


def test_the_browser_has_nothing_to_complain_of(found: Found) -> None:
    assert not found.said, "\n" + "\n".join(found.said)
