"""Orders and plans on A4: what was bought and why it stood in the zone, without the web around."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.look.test_every_page import Windows
from tests.look.walking import Visit

pytestmark = pytest.mark.browser

A4 = 680  # pixels that its margins leave
PRINTED = ("marketplace.orders.show", "marketplace.purchasing.show", "marketplace.unions.show")
LEFT_OVER = ".bar, .foot-bar, .btn, .crumbs, .skip, main input:not([type=hidden]), main textarea"


@pytest.fixture(params=PRINTED)
def sheet(
    request: pytest.FixtureRequest,
    browser: Browser,
    site: str,
    client_of: object,
    stops: list[Visit],
) -> Iterator[Page]:
    stop = next(stop for stop in stops if stop.endpoint == request.param)
    page = Windows(browser, site, client_of)[stop.reader]  # type: ignore[arg-type]  # a fixture
    page.set_viewport_size({"width": A4, "height": 960})
    page.goto(stop.address)
    page.emulate_media(media="print")
    yield page
    page.context.close()


def test_paper_carries_what_counts_and_nothing_to_press(sheet: Page) -> None:
    assert [e.inner_text() for e in sheet.locator(LEFT_OVER).all() if e.is_visible()] == []
    assert sheet.locator("h1").is_visible()
    assert sheet.evaluate("document.documentElement.scrollWidth") <= A4
    panels = [panel for panel in sheet.locator("main .panel").all() if panel.is_visible()]
    assert panels
    assert all(len(panel.inner_text().split("\n")) > 1 for panel in panels), "an empty box"


@pytest.mark.parametrize("sheet", PRINTED[:2], indirect=True)
def test_what_is_folded_on_the_screen_is_printed_in_full(sheet: Page) -> None:
    folded = sheet.locator("details.more > :not(summary)")
    assert folded.count()
    assert all(part.is_visible() for part in folded.all())
