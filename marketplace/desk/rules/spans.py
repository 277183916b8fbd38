"""How long something has waited, as people say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

IN_HOURS = timedelta(hours=48)  # from here on days are easier to grasp


@dataclass(frozen=True, slots=True)
class Span:
    """Whole hours, or, from 48 hours on, whole days."""

    count: int
    in_days: bool


def waited(since: datetime, at: datetime) -> Span:
    """The time between; never negative."""
    span = max(at - since, timedelta())
    if span < IN_HOURS:
        return Span(span // timedelta(hours=1), in_days=False)
    return Span(span // timedelta(days=1), in_days=True)
