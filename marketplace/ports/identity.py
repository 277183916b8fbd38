"""Who is at the door: answered by our own sign-in or by the host's."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from marketplace.kernel.actor import Actor


class Identity(Protocol):
    def current(self) -> Actor | None:
        """The person of this request with today's roles, or None."""

    def login_url(self, next_url: str) -> str:
        """Where to send a person who must sign in first."""

    def name_of(self, person_id: str) -> str:
        """A name to show; an empty text for somebody unknown."""


@runtime_checkable
class AsksAgain(Protocol):
    """Whoever signs people in may also ask for their password once more; a host need not."""

    def knows_again(self, password: str) -> bool:
        """Whether it is that of the person of this request. Slow: never inside a unit of work."""


@runtime_checkable
class TakesInvitations(Protocol):
    """Whoever keeps the people may let new ones in by invitation; a host need not."""

    def invitation_url(self, code: str) -> str:
        """The whole address where an invitation is used."""
