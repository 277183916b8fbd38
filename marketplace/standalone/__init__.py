"""Our own application: factory, sign-in, sessions, headers. A mounting host uses none of it."""

from marketplace.standalone.factory import create_app

__all__ = ["create_app"]
