"""Private files: the original bytes of papers, kept unchanged under a key of our own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, Protocol

from marketplace.kernel.errors import Invalid

_KEY = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)*", re.ASCII)
MOST_LETTERS = 200


def checked_key(key: str) -> str:
    """The key, if it can be one in every storage: no way out of its folder. Raises Invalid."""
    if not is_key(key):
        raise Invalid("file_key", key=key)
    return key


def is_key(name: str) -> bool:
    """Whether it can be the key of a file."""
    return len(name) <= MOST_LETTERS and _KEY.fullmatch(name) is not None


class Stored(NamedTuple):
    """One file, and when it was put there."""

    key: str
    at: datetime


class Storage(Protocol):
    def put(self, key: str, data: bytes) -> None:
        """Keep the bytes under `key` (small letters, digits, `-`, `/`), whole or not at all.

        The same bytes again are no fault: a call whose answer was lost is made again. Raises
        Invalid (file_key, file_exists: nothing is ever written over), Busy.
        """

    def get(self, key: str) -> bytes:
        """The bytes, unchanged. Raises Missing, Busy, Invalid (file_key)."""

    def drop(self, key: str) -> None:
        """Forget them; nothing happens when they are not there. Raises Busy, Invalid (file_key)."""

    def listed(self) -> Iterator[Stored]:
        """Everything that lies there under a key, in no order; what others put beside it is passed
        over. Raises Busy."""

    def tidy(self, before: datetime) -> int:
        """Let go of what a `put` that was killed before that instant left half written; answers how
        many. Raises Busy."""
