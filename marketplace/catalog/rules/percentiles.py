"""Figures of many durations: each is the duration of one real thing, none is in between."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple


class Figure(NamedTuple):
    """How many, the median, the 90th percentile and how many were late."""

    number: int
    median: timedelta
    p90: timedelta
    late: int


class Spread(NamedTuple):
    """Some durations in microseconds, shortest first, and how many of them were late."""

    spans: Sequence[int]
    late: int

    @classmethod
    def of(cls, spans: Iterable[int], late: int = 0) -> Spread:
        """In any order."""
        return cls(array("q", sorted(spans)), late)


def figure(spreads: Sequence[Spread]) -> Figure:
    """Of all of them together, by nearest rank: the smallest duration that at least half (or 90 of
    100) do not exceed.

    Raises ValueError for nothing.
    """
    inside = [one.spans for one in spreads if one.spans]
    count = sum(map(len, inside))
    if not count:
        raise ValueError("no durations")
    median, p90 = (timedelta(microseconds=_ranked(inside, _rank(n, count))) for n in (50, 90))
    return Figure(count, median, p90, sum(one.late for one in spreads))


def _rank(percent: int, count: int) -> int:
    return -(-percent * count // 100) - 1


def _ranked(inside: Sequence[Sequence[int]], rank: int) -> int:
    """The duration with so many before it. The parts are not laid together: the value is halved
    in on, and the first that enough do not exceed is one of theirs."""
    low, high = min(one[0] for one in inside), max(one[-1] for one in inside)
    while low < high:
        middle = (low + high) // 2
        if sum(bisect_right(one, middle) for one in inside) > rank:
            high = middle
        else:
            low = middle + 1
    return low
