"""Numbers of bank accounts: their shape, what looks odd about one, and what of it may be told."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from marketplace.kernel.errors import Invalid

_SHAPE = re.compile(r"[0-9]{8,30}")
_CARD = re.compile(r"62(?:[0-9]{14}|[0-9]{17})")  # of UnionPay, with 16 or 19 digits


def account_number(text: str) -> str:
    """As it is kept: digits alone. Raises Invalid, which names no number."""
    plain = unicodedata.normalize("NFKC", text)
    number = "".join(sign for sign in plain if not sign.isspace() and sign != "-")
    if not _SHAPE.fullmatch(number):
        raise Invalid("account_number", field="number")
    return number


def last_four(number: str) -> str:
    """All that pages, messages and the trail tell of it."""
    return number[-4:]


def fingerprint(number: str, salt: str) -> str:
    """What the trail keeps beside the last four digits: equal for equal numbers, and without the
    salt, which is not in the trail, not to be found by trying numbers."""
    return hashlib.sha256(f"{salt}:{number}".encode()).hexdigest()


def looks_like_a_card(number: str) -> bool:
    """Whether it is built like the card of a person. Accounts of firms carry no check digit, so
    this is a reason to look, never to refuse."""
    return bool(_CARD.fullmatch(number)) and _luhn(number)


def _luhn(number: str) -> bool:
    total = 0
    for place, sign in enumerate(reversed(number)):
        digit = int(sign) * (1 + place % 2)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0
