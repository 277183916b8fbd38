"""Spans of time: from an instant to another, exclusive; or for ever."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeAlias

Span: TypeAlias = tuple[datetime, datetime | None]
DAWN = datetime(1900, 1, 1, tzinfo=UTC)  # before anything here
ALWAYS: Span = (DAWN, None)
_NEVER = datetime.max.replace(tzinfo=UTC)


def united(spans: Iterable[Span]) -> tuple[Span, ...]:
    """In order, apart from each other: what touches or overlaps is one; empty ones are left out."""
    found: list[Span] = []
    for starts_at, ends_at in sorted(spans, key=lambda span: span[0]):
        if ends_at is not None and ends_at <= starts_at:
            continue
        if found and starts_at <= (found[-1][1] or _NEVER):
            found[-1] = (found[-1][0], _later(found[-1][1], ends_at))
        else:
            found.append((starts_at, ends_at))
    return tuple(found)


def both(one: Iterable[Span], other: Iterable[Span]) -> tuple[Span, ...]:
    """Where both hold."""
    others = tuple(other)
    return united(
        (max(a_start, b_start), _earlier(a_end, b_end))
        for a_start, a_end in one
        for b_start, b_end in others
        if max(a_start, b_start) < (_earlier(a_end, b_end) or _NEVER)
    )


def holds(spans: Iterable[Span], at: datetime) -> Span | None:
    """The span that the instant lies in."""
    return next((s for s in spans if s[0] <= at < (s[1] or _NEVER)), None)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return None if one is None or other is None else max(one, other)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)
