"""Letters to people, by e-mail; sent by the outbox only, never inside a unit of work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from marketplace.kernel.errors import MarketplaceError


class PostDown(MarketplaceError):
    """The letter could not be handed over now; the outbox tries again later."""

    status = 503
    code = "post_down"


@dataclass(frozen=True, slots=True)
class Mail:
    """One letter; `html` is the same in richer form, empty for none."""

    to: str
    subject: str
    text: str
    html: str = ""


class Mailer(Protocol):
    def send(self, key: str, mail: Mail) -> None:
        """Hand it over; the same key again is the same letter. Raises PostDown."""
