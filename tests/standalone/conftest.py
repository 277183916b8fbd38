"""The same shop in earnest: no demonstration."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from marketplace.kernel.clock import SetClock
from marketplace.standalone import create_app


@pytest.fixture
def shop(app: Flask, clock: SetClock) -> Iterator[Flask]:
    """On the same data as `app`; plain http on this machine, so that cookies travel."""
    same = {key: value for key, value in app.config.items() if key.startswith("MARKETPLACE_")}
    made = create_app(
        {
            **same,
            "MARKETPLACE_DEMO": False,
            "SECRET_KEY": app.config["SECRET_KEY"],
            "SESSION_COOKIE_SECURE": False,
            "TESTING": True,
            "TRUSTED_HOSTS": "localhost",
        },
        clock=clock,
    )
    yield made
    made.extensions["marketplace"].runtime.engine.dispose()
