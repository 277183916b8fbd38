"""Unified social credit codes (GB 32100-2015) of every registering authority, trade unions and
rural collectives included; python-stdnum 2.2 refuses letters where N… and A… codes have them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_INNER = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714, places 9-16
LENGTH = 18

# registering authority → the kinds it registers (GB 32100-2015, table 1; N: 农业农村, 2017 on)
KINDS = {
    "1": "1239", "2": "19", "3": "123459", "4": "19", "5": "1239", "6": "129",
    "7": "129", "8": "19", "9": "1239", "A": "19", "N": "1239", "Y": "1",
}  # fmt: skip
# Rural collectives: the one published test case (N2653129MF0000001U) breaks the inner check and no
# real code was at hand to decide; a wrong refusal would shut a village out, so it is not asked.
WITHOUT_INNER_CHECK = "N"


@dataclass(frozen=True, slots=True)
class CreditCodeFault:
    """Why a text is no credit code: length, letter, authority, inner_check or check."""

    code: str
    place: int  # of the offending character, from 1; 0 when it is the whole


def compact(text: str) -> str:
    """Without blanks and hyphens, half-width, upper case: as the code is kept."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(sign for sign in plain if not sign.isspace() and sign != "-")


def fault_of(code: str) -> CreditCodeFault | None:
    """The first rule that a compacted code breaks; None for a well-formed code.

    A well-formed code proves nothing about existence.
    """
    if len(code) != LENGTH:
        return CreditCodeFault("length", 0)
    for place, sign in enumerate(code, 1):
        if sign not in ALPHABET:
            return CreditCodeFault("letter", place)
    if code[1] not in KINDS.get(code[0], ""):
        return CreditCodeFault("authority", 1)
    if not code[2:8].isdigit():
        return CreditCodeFault("letter", 3)
    if code[0] not in WITHOUT_INNER_CHECK and code[16] != _inner_check(code[8:16]):
        return CreditCodeFault("inner_check", 17)
    if code[17] != _check(code[:17]):
        return CreditCodeFault("check", 18)
    return None


def _inner_check(body: str) -> str:
    sum_ = sum(
        _INNER.index(sign) * weight for sign, weight in zip(body, _INNER_WEIGHTS, strict=True)
    )
    left = 11 - sum_ % 11
    return {10: "X", 11: "0"}.get(left, str(left))


def _check(body: str) -> str:
    sum_ = sum(ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return ALPHABET[-sum_ % 31]


def completed(body: str) -> str:
    """The full code for 16 leading characters: both check characters appended."""
    inner = body + _inner_check(body[8:16])
    return inner + _check(inner)
