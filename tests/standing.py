"""Applications that stand for many tests: each test finds them, and their data, as new.

To make an application costs as much as the rest of a usual test, and its engine keeps the
statements that it has compiled. What an application remembers besides its data is put back here.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from functools import cache
from typing import Any

from flask import Flask

from marketplace.config import Config
from marketplace.extension import tools
from marketplace.kernel.clock import SetClock
from marketplace.standalone import create_app
from marketplace.work import Runtime
from marketplace.work.anchor import Anchor
from marketplace.work.courier import Courier
from marketplace.work.kept import Kept, KeptOf


class Standing:
    """The applications of one worker, each by its settings."""

    def __init__(self) -> None:
        self._apps: dict[str, tuple[Flask, dict[str, Any], Config]] = {}

    def app(self, settings: Mapping[str, object], clock: SetClock) -> Flask:
        """As `create_app` would make it now."""
        key = repr(sorted(settings.items()))
        if key not in self._apps:
            made = create_app(settings, clock=clock)
            ours = made.extensions["marketplace"].runtime.tools.config
            self._apps[key] = (made, dict(made.config), ours)
        app, config, ours = self._apps[key]
        app.config.clear()
        app.config.update(config)
        app.extensions["marketplace.limiter"].reset()
        renew(app.extensions["marketplace"].runtime, clock, ours)
        return app

    def stop(self) -> None:
        """Lets the databases go."""
        for app, *_ in self._apps.values():
            app.extensions["marketplace"].runtime.engine.dispose()


def renew(runtime: Runtime, clock: SetClock, config: Config) -> None:
    """Engine and wiring stay; answers that were kept for the data before are forgotten."""
    for kept in _all_kept():
        kept._known.clear()
    runtime.clock = clock
    runtime.tools = tools(config)
    runtime.courier = Courier(runtime)
    runtime.anchor = Anchor(runtime.anchor.path)


@cache
def _all_kept() -> tuple[Any, ...]:
    """They stand in modules, all of which an application imports."""
    return tuple(one for one in gc.get_objects() if isinstance(one, Kept | KeptOf))
