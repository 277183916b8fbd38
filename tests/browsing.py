"""One Chromium for the whole run, and an application served to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import waitress
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from waitress import wasyncore

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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium from the system's packages; Playwright starts once for each process."""
    found = chromium.find()
    if found is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield opened
        opened.close()


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address at which the application answers."""
    sockets: dict[int, object] = {}
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=8, map=sockets)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        # in its own thread: whose sockets are closed under its select() ends with a fault; one that
        # was awake has closed them before it was called
        with suppress(OSError):
            server.trigger.pull_trigger(lambda: wasyncore.close_all(sockets))
        thread.join(timeout=10)
        server.task_dispatcher.shutdown()


def sign_in(page: Page, login: str, password: str) -> None:
    """By the form, as people do."""
    page.goto("/sign-in")
    page.fill("[name=login]", login)
    page.fill("main form.panel [name=password]", password)
    page.click("main form.panel button[type=submit]")
    page.wait_for_url("**/")
