"""Pure answers about statements: what a line is known by, and which references its text holds."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from catalog_import import BankRow
from marketplace.kernel.codes import SIGNS
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Money, total
from marketplace.payments.rules import CODE_LENGTH, PREFIX

LONGEST_ACCOUNT = 40
LONGEST_SERIAL = 80
_REFERENCE = re.compile(rf"(?=({PREFIX}[{SIGNS}]{{{CODE_LENGTH}}}))")
_PAYOUT = re.compile(rf"(?=(FK[0-9]{{8}}[{SIGNS}]{{6}}))")
_BETWEEN = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """Full width as half, upper case, without what people and banks put between signs."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text).upper())


def references(text: str) -> tuple[str, ...]:
    """What may be a reference of ours, each once, in order."""
    return tuple(dict.fromkeys(_REFERENCE.findall(plain(text))))


def payout_numbers(text: str) -> tuple[str, ...]:
    """What may be the number of a payout of ours."""
    return tuple(dict.fromkeys(_PAYOUT.findall(plain(text))))


def keys(account: str, rows: Sequence[BankRow]) -> list[str]:
    """By what each line is known again, in this statement and in others that overlap with it: the
    bank's number and the day, as banks begin to count anew, else all that it says; of several
    alike, which of them it is."""
    seen: Counter[tuple[object, ...]] = Counter()
    found = []
    for row in rows:
        said: tuple[object, ...] = (plain(account), row.amount)
        if row.serial:
            said = (*said, "serial", row.serial, row.day.isoformat())
        else:
            said = (
                *said, "line", row.day.isoformat(), row.time, row.balance,
                row.party, row.party_account, row.text,
            )  # fmt: skip
        seen[said] += 1
        told = json.dumps([*said, seen[said]], ensure_ascii=False)
        found.append(hashlib.sha256(told.encode()).hexdigest())
    return found


def number_of(row: BankRow, key: str) -> str:
    """The bank's own number of a line, else one of ours that stays the same."""
    return row.serial[:LONGEST_SERIAL] if row.serial else f"BL{key[:16].upper()}"


def account_name(text: str) -> str:
    """Of which account of ours a statement is. Raises Invalid."""
    found = "".join(text.split())
    if not found or len(found) > LONGEST_ACCOUNT:
        raise Invalid("bank_account_malformed", field="account")
    return found


def shares(asked: Money, rests: Sequence[Money]) -> list[Money] | None:
    """How much of each line a payment takes, the smallest first: all of all but the largest. None
    when they do not reach, or would without one of them."""
    whole = total(rests)
    if whole < asked or (len(rests) > 1 and whole - min(rests) >= asked):
        return None
    left, taken = asked, []
    for rest in rests:
        taken.append(min(rest, left))
        left -= taken[-1]
    return taken
