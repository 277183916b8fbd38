"""Our own application: factory, sign-in, sessions, headers. A mounting host uses none of it."""

from marketplace.standalone.factory import create_app
from marketplace.standalone.settings import DEMO_PASSWORD

__all__ = ["DEMO_PASSWORD", "create_app"]
