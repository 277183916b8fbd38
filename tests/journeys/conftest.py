"""A served application and browsers in which people are signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.browsing import serving, sign_in
from tests.fixtures import PASSWORD, People
from tests.makers.suppliers import SCAN
from tests.payments.gateway import standin, stripe_server

__all__ = ["browser_of", "scan", "site", "standin", "stripe_server"]

WAIT = 10_000  # milliseconds until an element must be there


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of the served application."""
    with serving(app) as address:
        yield address


@pytest.fixture
def browser_of(browser: Browser, site: str, people: People) -> Iterator[Callable[[str], Page]]:
    """`browser_of("reviewer")`: a page in which that person has signed in by the form."""
    opened = []

    def signed_in(name: str) -> Page:
        context = browser.new_context(
            base_url=site, locale="zh-CN", viewport={"width": 1280, "height": 900}
        )
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT)
        sign_in(page, f"1350000{list(people.ids).index(name):04d}", PASSWORD)
        return page

    yield signed_in
    for context in opened:
        context.close()


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A scan on somebody's disk."""

    path = tmp_path / "营业执照.png"
    path.write_bytes(SCAN)
    return path
