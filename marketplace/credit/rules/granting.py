"""What a grant of credit may be, and the hash of what is agreed to."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import ZERO, Money
from marketplace.work.trail import canonical

MOST_PER_PERSON = Money(1_000_000)  # ten thousand yuan: beyond it a digit too many was typed


@dataclass(frozen=True, slots=True)
class Span:
    """From the first instant on, before the second; at the second of the end nothing is valid."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """One who is to get credit."""

    person_id: str
    name: str


def check_grant(per_person: Money, span: Span, now: datetime) -> None:
    """Raises Invalid for an amount that cannot be meant, or a time that is over or turned round."""
    if not ZERO < per_person <= MOST_PER_PERSON:
        raise Invalid("credit_per_person", field="per_person", value=per_person)
    if span.end <= span.start:
        raise Invalid("credit_span", field="last")
    if span.end <= now:
        raise Invalid("credit_span_over", field="last")


def content_hash(per_person: Money, span: Span, people: Sequence[str], *said: object) -> str:
    """SHA-256 of what is agreed to: amount, time, people, and what else was said."""
    meant = {
        "per_person": per_person.fen,
        "from": span.start.isoformat(),
        "until": span.end.isoformat(),
        "people": sorted(people),
        "said": [str(one) for one in said],
    }
    return hashlib.sha256(canonical(meant).encode()).hexdigest()
