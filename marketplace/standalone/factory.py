"""The factory: the marketplace mounted at the root of an application of its own."""

from __future__ import annotations

import os
from collections.abc import Mapping

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from marketplace.extension import Marketplace
from marketplace.kernel.clock import Clock
from marketplace.standalone import guard, limits, logs, security, troubles, views
from marketplace.standalone.identity import OwnIdentity
from marketplace.standalone.settings import gather


def create_app(
    settings: Mapping[str, object] | None = None, *, clock: Clock | None = None
) -> Flask:
    """Our own application. `settings` win over the environment: SECRET_KEY, TRUSTED_HOSTS,
    PROXY_HOPS, RATE_LIMIT_STORE and every MARKETPLACE_… of config.py. Makes no tables.

    Raises Misconfigured with everything that is missing.
    """
    app = Flask("marketplace", static_folder=None, template_folder=None)
    app.config.update(gather(settings or {}, os.environ))
    if hops := app.config["PROXY_HOPS"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]  # Flask's documented way
    Marketplace(OwnIdentity(), clock=clock).init_app(app)
    security.set_up(app)
    app.register_blueprint(views.pages)
    app.register_blueprint(views.health)
    logs.follow(app)
    guard.protect(app)
    limits.set_up(app)
    troubles.register(app)
    return app
