"""A list of leaked passwords on disk: sorted lines of SHA-1 sums in capital hexadecimal digits,
each followed by a colon and a count, as the public lists are published. Never read whole."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO


class BreachedList:
    """Answers from a file of any size by halving it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def holds(self, password: str) -> bool:
        """Whether it is on the list. Raises OSError when the list cannot be read."""
        wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
        with self.path.open("rb") as file:
            low, high = 0, file.seek(0, 2)
            while low < high:  # the first line that begins at or after `middle` decides
                middle = (low + high) // 2
                line = _line_from(file, middle)
                if line and line[:40].upper() < wanted:
                    low = file.tell()
                else:
                    high = middle
            return _line_from(file, low)[:40].upper() == wanted


def _line_from(file: BinaryIO, offset: int) -> bytes:
    """The first whole line at or after the offset; empty at the end."""
    if offset:
        file.seek(offset - 1)
        file.readline()
    else:
        file.seek(0)
    return file.readline()
