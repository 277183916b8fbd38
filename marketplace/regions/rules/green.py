"""The green channel as data: counties on these lists are looked at first."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from importlib import resources


@dataclass(frozen=True, slots=True)
class Green:
    """One list of counties that goes first; a smaller priority is earlier."""

    list: str
    priority: int
    source: str
    since: date


def _read() -> tuple[int, tuple[Green, ...]]:
    """Raises TypeError, KeyError for a row that is not as it should be."""
    text = resources.files("marketplace.regions").joinpath("green_channel.toml").read_text("utf-8")
    told = tomllib.loads(text)
    return int(told["usual"]), tuple(Green(**row) for row in told["first"])


USUAL, FIRST = _read()


def priority_of(lists: Iterable[str], day: date) -> int:
    """Of something from a county that is on these lists on that day."""
    named = set(lists)
    found = (one.priority for one in FIRST if one.list in named and one.since <= day)
    return min(found, default=USUAL)
