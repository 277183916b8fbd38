"""The doors: signing in and out, coming back, joining, keeping one's account; the sign of life."""

from marketplace.standalone.views import (
    inviting,
    joining,
    own,
    phone,
    resetting,
    second,
    signing_in,
)
from marketplace.standalone.views.blueprint import pages
from marketplace.standalone.views.health import health

__all__ = [
    "health", "inviting", "joining", "own", "pages", "phone", "resetting", "second", "signing_in",
]  # fmt: skip
