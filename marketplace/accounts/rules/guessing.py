"""Whether a password is among those that guessers try first.

A password is taken apart into pieces that everybody knows: listed words, runs on the keyboard,
repetitions, dates, phone numbers, and what is known of the person. Few pieces with next to nothing
between them are guessed in seconds, however many digits hang on the end.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

FEWEST_OWN = 4  # characters that belong to no known piece
MOST_PIECES = 3  # four unrelated words are a good password even when each is common
SHORTEST_NUMBER = 16  # digits alone: an identity card or a phone number is no secret
_LIST = Path(__file__).parent.parent / "data" / "common_words.txt"
_ROWS = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujmikolp",
)
_RUNS = (*_ROWS, *(row[::-1] for row in _ROWS))
_SHORTEST_RUN = 3
_LONGEST = 40  # of one piece
_PATTERNS = (
    re.compile(r"(?:19|20)\d\d[-./]?(?:0?[1-9]|1[0-2])[-./]?(?:0?[1-9]|[12]\d|3[01])"),
    re.compile(r"(?:19|20)\d\d"),
    re.compile(r"1[3-9]\d{9}"),
    re.compile(r"(.{1,4}?)\1{2,}"),
)
_SPOKEN = str.maketrans("013457@$!", "oieastasi")  # p@ssw0rd


def guessable(password: str, *about: str) -> bool:
    """`about`: what is known of the person, such as the number they sign in with."""
    plain = unicodedata.normalize("NFKC", password).lower()
    if plain.isdigit() and len(plain) < SHORTEST_NUMBER:
        return True
    known = tuple(word.lower() for word in about if len(word) >= _SHORTEST_RUN)
    return any(_is_few(text, known) for text in (plain, plain.translate(_SPOKEN)))


def _is_few(text: str, known: tuple[str, ...]) -> bool:
    """Whether few known pieces make up nearly all of the text."""
    pieces = own = at = 0
    while at < len(text):
        length = _piece(text, at, known)
        if length:
            pieces += 1
        elif text[at].isalnum():
            own += 1
        at += length or 1
    return pieces <= MOST_PIECES and own < FEWEST_OWN


def _piece(text: str, at: int, known: tuple[str, ...]) -> int:
    """How long the longest known piece is that begins here; 0 for none."""
    longest = max((len(word) for word in known if text.startswith(word, at)), default=0)
    for pattern in _PATTERNS:
        if found := pattern.match(text, at):
            longest = max(longest, found.end() - at)
    for end in range(min(len(text), at + _LONGEST), at + longest, -1):
        part = text[at:end]
        if part in _words() or (len(part) >= _SHORTEST_RUN and any(part in run for run in _RUNS)):
            return len(part)
    return longest


@cache
def _words() -> frozenset[str]:
    rows = _LIST.read_text("utf-8").splitlines()
    return frozenset(word for row in rows if not row.startswith("#") for word in row.split())
