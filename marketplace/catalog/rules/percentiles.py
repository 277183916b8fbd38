"""Figures of many durations: each is the duration of one real thing, none is in between."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple


class Figure(NamedTuple):
    """How many, the median, the 90th percentile and how many were late."""

    number: int
    median: timedelta
    p90: timedelta
    late: int


def figure(durations: Sequence[timedelta], late: int) -> Figure:
    """By nearest rank: the smallest duration that at least half (or 90 of 100) do not exceed.

    Raises ValueError for nothing.
    """
    if not durations:
        raise ValueError("no durations")
    inside = sorted(durations)
    return Figure(len(inside), inside[_rank(50, len(inside))], inside[_rank(90, len(inside))], late)


def _rank(percent: int, count: int) -> int:
    return -(-percent * count // 100) - 1
