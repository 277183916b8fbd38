"""When a version of a list and what stands on it hold; instants, end exclusive."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

from marketplace.kernel.clock import end_of_day, start_of_day

BEGINNING = datetime(1949, 10, 1, tzinfo=UTC)  # a first version speaks for all time before it
FOREVER = datetime(9000, 1, 1, tzinfo=UTC)


def span(
    valid_from: date, valid_until: date | None, starts_at: datetime, ends_at: datetime
) -> tuple[datetime, datetime]:
    """The instants in which both the entry and its version hold; empty when they never meet."""
    until = end_of_day(valid_until) if valid_until else FOREVER
    begins = max(start_of_day(valid_from), starts_at)
    return begins, max(begins, min(until, ends_at))


def starts(effective_day: date, confirmed_at: datetime) -> datetime:
    """A version begins with its day, never before it was confirmed: history stays as it was."""
    return max(start_of_day(effective_day), confirmed_at)


def fingerprint(words: Mapping[str, object], entries: Iterable[tuple[object, ...]]) -> str:
    """The sum of what a version says: equal for the same words and entries in the same order."""
    told = {"words": dict(words), "entries": [list(entry) for entry in entries]}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def is_certain(
    known: int, entries: int, provinces: Mapping[str, tuple[int, int]], county_code: str
) -> bool:
    """Whether a county that is not on the list is certainly not on it.

    `provinces`: province code → (entries, known), as far as it is told how they spread.
    """
    if known == entries:
        return True
    province = f"{county_code[:2]}0000"
    if province in provinces:
        has, are_known = provinces[province]
        return has == are_known
    return sum(has for has, _known in provinces.values()) == entries
