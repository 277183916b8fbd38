"""One clock: instants are aware UTC; business days are days in Asia/Shanghai."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SetClock:
    """A clock that stands where it is put; tests and demonstration data move it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, **span: float) -> None:
        """Move on by a `timedelta` given in its own words: `advance(hours=2)`."""
        self.at += timedelta(**span)


def local_day(at: datetime) -> date:
    """The calendar day in Shanghai on which the instant falls."""
    return at.astimezone(SHANGHAI).date()


def local_month(at: datetime) -> str:
    """The month in Shanghai, as "2026-11"."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m")


def start_of_day(day: date) -> datetime:
    """The first instant of the day in Shanghai, in UTC."""
    return datetime.combine(day, time.min, tzinfo=SHANGHAI).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The first instant after the day in Shanghai, in UTC: exclusive end of validity."""
    return start_of_day(day + timedelta(days=1))
