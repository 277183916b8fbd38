"""The same shop in earnest: no demonstration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from marketplace.kernel.clock import SetClock
from marketplace.standalone import create_app
from tests.makers import carrier


@pytest.fixture
def shop(
    app: Flask, clock: SetClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """On the same data as `app`, with a carrier; plain http on this machine, so that cookies
    travel."""
    carrier.install(tmp_path / "installed")
    monkeypatch.syspath_prepend(tmp_path / "installed")
    made = create_app(in_earnest(app, **carrier.SETTINGS), clock=clock)
    yield made
    made.extensions["marketplace"].runtime.engine.dispose()


@pytest.fixture
def mute_shop(app: Flask, clock: SetClock) -> Iterator[Flask]:
    """The same before anybody has set a carrier."""
    made = create_app(in_earnest(app), clock=clock)
    yield made
    made.extensions["marketplace"].runtime.engine.dispose()


def in_earnest(app: Flask, **more: object) -> dict[str, object]:
    same = {key: value for key, value in app.config.items() if key.startswith("MARKETPLACE_")}
    return {
        **same,
        "MARKETPLACE_DEMO": False,
        "SECRET_KEY": app.config["SECRET_KEY"],
        "SESSION_COOKIE_SECURE": False,
        "TESTING": True,
        "TRUSTED_HOSTS": "localhost",
        **more,
    }
