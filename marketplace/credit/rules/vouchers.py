"""The codes of vouchers: long enough that nobody guesses one, kept as hashes only."""

from __future__ import annotations

import hashlib

CODE_LENGTH = 20  # of 29 signs: more than 97 bits


def code_hash(code: str) -> str:
    """The same however it was typed: blanks, hyphens and small letters do not matter."""
    return hashlib.sha256("".join(code.upper().replace("-", " ").split()).encode()).hexdigest()


def spoken(code: str) -> str:
    """In groups of five, as people copy it."""
    return "-".join(code[place : place + 5] for place in range(0, len(code), 5))
