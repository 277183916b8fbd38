"""How two texts differ, in pieces that are marked: Chinese sign by sign, other words as words."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import NamedTuple

_WORDS = re.compile(r"[0-9]+(?:\.[0-9]+)?|[A-Za-z]+|\s+|.", re.DOTALL)
LONGEST = 4_000  # signs; of longer texts the whole is marked


class Piece(NamedTuple):
    """A stretch of a text; `differs`: it does not stand in the other one."""

    text: str
    differs: bool


def pieces(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts, cut where they differ; together each reads as it was."""
    if max(len(before), len(after)) > LONGEST:
        same = before == after
        return _joined([Piece(before, not same)]), _joined([Piece(after, not same)])
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    left, right = [], []
    for what, i, j, k, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        left.append(Piece("".join(old[i:j]), what != "equal"))
        right.append(Piece("".join(new[k:n]), what != "equal"))
    return _joined(left), _joined(right)


def _joined(found: list[Piece]) -> tuple[Piece, ...]:
    return tuple(piece for piece in found if piece.text)
