"""A served application and browsers in which people are signed in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import waitress
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright

from tests.fixtures import PASSWORD, People
from tests.makers.suppliers import SCAN
from tools import chromium

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WAIT = 10_000  # milliseconds until an element must be there


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium from the system's packages."""
    found = chromium.find()
    if found is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of the served application."""
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=10)


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
        page.goto("/sign-in")
        page.fill("[name=login]", f"1350000{list(people.ids).index(name):04d}")
        page.fill("[name=password]", PASSWORD)
        page.click("main form.panel button[type=submit]")
        page.wait_for_url("**/")
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
