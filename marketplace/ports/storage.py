"""Private files: the original bytes of papers, kept unchanged under a key of our own."""

from __future__ import annotations

from typing import Protocol


class Storage(Protocol):
    def put(self, key: str, data: bytes) -> None:
        """Keep the bytes under `key` (letters, digits, `-`, `/`); a used key is Invalid."""

    def get(self, key: str) -> bytes:
        """The bytes, unchanged. Raises Missing."""

    def drop(self, key: str) -> None:
        """Forget them; nothing happens when they are not there."""
