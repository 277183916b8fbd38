"""Two stylesheets on one page: ours leaves the host's elements alone, the host's leaves ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from marketplace.kernel.clock import SetClock
from marketplace.standalone import create_app
from tests.browsing import serving
from tests.fixtures import NOON
from tests.host.conftest import PREFIX, MallPeople
from tests.makers.catalog import a_listing
from tests.makers.suppliers import an_approved_supplier

pytestmark = pytest.mark.browser

# every computed property of every element and of what stands before and after it
STYLES = """selector => [...document.querySelectorAll(selector)].map((element, n) =>
  ['', '::before', '::after', '::marker'].map(part => {
    const style = getComputedStyle(element, part || null);
    return [`${n} ${element.tagName}${part}`,
            Object.fromEntries([...style].map(name => [name, style.getPropertyValue(name)]))];
  })).flat()"""
HOSTS = "html, body, body *:not(.mp, .mp *, script, link)"
BESIDE = "header, header *, footer, footer *"
# our sheets and one whole page of ours, where it cannot move what stands on the page
BRING = """async address => {
  const page = new DOMParser().parseFromString(await (await fetch(address)).text(), 'text/html');
  const links = [...page.querySelectorAll('link[rel=stylesheet]')]
    .filter(link => link.href.includes('marketplace'));
  const box = document.createElement('div');
  box.className = 'mp';
  box.style.cssText =
    'position: fixed; left: -9999px; width: 900px; height: 900px; contain: strict';
  box.append(page.querySelector('.mp.guest'));
  await Promise.all(links.map(link => new Promise(done => {
    const copy = document.createElement('link');
    copy.rel = 'stylesheet'; copy.href = link.href; copy.onload = done; document.head.append(copy);
  })));
  document.body.append(box);
  return links.length;
}"""
SWITCH = """on => [...document.styleSheets].filter(s => (s.href || '').includes('marketplace'))
  .forEach(s => { s.disabled = !on })"""
# what a reader sees of an element, apart from how much room the page leaves it
SEEN = """() => {
  const names = ['color', 'background-color', 'font-family', 'font-size', 'font-weight',
    'font-style', 'line-height', 'letter-spacing', 'text-transform', 'text-indent', 'text-align',
    'text-decoration-line', 'display', 'list-style-type', 'border-top-width', 'border-left-width',
    'border-bottom-style', 'border-top-color', 'border-radius', 'padding-top', 'padding-left',
    'margin-top', 'cursor'];
  const told = [...document.querySelectorAll('.mp .main *')]
    .filter(element => !element.closest('svg *, [type=hidden]'));
  return told.map((element, n) => {
    const style = getComputedStyle(element);
    return [`${n} ${element.tagName}.${element.className}`,
            Object.fromEntries(names.map(name => [name, style.getPropertyValue(name)]))];
  });
}"""
Styles = list[tuple[str, dict[str, str]]]


@pytest.fixture
def listing(mounted: Flask, mall_people: MallPeople) -> str:
    an_approved_supplier(mall_people)  # type: ignore[arg-type]  # people of the mall
    made = a_listing(mall_people)  # type: ignore[arg-type]  # the same
    mall_people.runtime.deliver()
    return f"/listings/{made.id}"


@pytest.fixture
def mall(mounted: Flask, listing: str) -> Iterator[str]:
    with serving(mounted) as address:
        yield address


@pytest.fixture
def alone(data: Path, listing: str) -> Iterator[str]:
    """Our own application on the same data."""
    settings: dict[str, Any] = {"MARKETPLACE_DATA": data, "MARKETPLACE_DEMO": True}
    app = create_app({**settings, "SECRET_KEY": "a" * 32}, clock=SetClock(NOON))
    with serving(app) as address:
        yield address
    app.extensions["marketplace"].runtime.engine.dispose()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    opened.set_default_timeout(60_000)
    yield opened
    opened.close()


def differences(before: Styles, after: Styles) -> list[str]:
    """One line per property that changed; elements that came or went count too."""
    assert [name for name, _style in before] == [name for name, _style in after]
    return [
        f"{name} {key}: {was!r} → {now[key]!r}"
        for (name, style), (_same, now) in zip(before, after, strict=True)
        for key, was in style.items()
        if now[key] != was
    ]


MEDIA: dict[str, tuple[int, dict[str, Any]]] = {
    "phone": (400, {}),
    "dark": (1280, {"color_scheme": "dark"}),
    "paper": (1280, {"media": "print"}),
}


@pytest.mark.parametrize("where", MEDIA)
def test_our_sheets_and_our_page_change_no_computed_style_of_the_host(
    mall: str, listing: str, page: Page, where: str
) -> None:
    width, shown = MEDIA[where]
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(**shown)
    page.goto(mall)
    before = page.evaluate(STYLES, HOSTS)
    assert len(before) > 4 * 90
    assert len({name.split()[1].partition(":")[0] for name, _style in before}) > 75
    assert page.evaluate(BRING, f"{mall}{PREFIX}{listing}") >= 7
    assert page.locator(".mp .ticket").count() == 1
    assert differences(before, page.evaluate(STYLES, HOSTS)) == []


def test_on_our_page_the_hosts_bars_look_as_without_our_sheets(
    mall: str, listing: str, page: Page
) -> None:
    page.goto(f"{mall}{PREFIX}{listing}")
    selector = ", ".join(f"body > {part}" for part in BESIDE.split(", "))
    with_ours = page.evaluate(STYLES, selector)
    page.evaluate(SWITCH, False)
    assert differences(with_ours, page.evaluate(STYLES, selector)) == []
    assert len(with_ours) > 4 * 6


@pytest.mark.parametrize("width", [400, 1280])
def test_our_pages_look_in_the_mall_as_they_look_alone(
    mall: str, alone: str, listing: str, page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("/", listing, "/search?q=瓜"):
        page.goto(f"{alone}{path}")
        own = page.evaluate(SEEN)
        page.goto(f"{mall}{PREFIX}{path}")
        assert len(own) > 20
        assert differences(own, page.evaluate(SEEN)) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
