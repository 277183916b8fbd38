"""Who is at the door: answered by our own sign-in or by the host's."""

from __future__ import annotations

from typing import Protocol

from marketplace.kernel.actor import Actor


class Identity(Protocol):
    def current(self) -> Actor | None:
        """The person of this request with today's roles, or None."""

    def login_url(self, next_url: str) -> str:
        """Where to send a person who must sign in first."""

    def name_of(self, person_id: str) -> str:
        """A name to show; an empty text for somebody unknown."""
