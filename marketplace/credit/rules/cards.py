"""Rule cards: in which province, for which source of funds, a union may give credit at all."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path

from marketplace.kernel.funds import FundSource

PACKAGED = "cards.toml"
EVERYWHERE = "*"
_KEYS = frozenset({"id", "place", "source", "allow", "valid_from", "document", "name"})


@dataclass(frozen=True, slots=True)
class Card:
    """One rule. `place`: "*", a province by its two digits (GB/T 2260), or a union's own code."""

    id: str
    name: str
    place: str
    source: FundSource
    is_allowed: bool
    valid_from: date
    document: str


def read_cards(text: str, name: str) -> tuple[Card, ...]:
    """Raises ValueError with file, line or card, and reason when it is broken."""
    try:
        told = tomllib.loads(text)["card"]
    except (tomllib.TOMLDecodeError, KeyError) as fault:
        raise ValueError(f"{name}: {fault}") from fault
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == "[[card]]"]
    found = [_card(row, f"{name}, line {line}") for row, line in zip(told, lines, strict=True)]
    known: set[tuple[object, ...]] = set()
    for card, line in zip(found, lines, strict=True):
        key = (card.place, card.source, card.valid_from)
        if key in known or any(card.id == other.id for other in found if other is not card):
            raise ValueError(f"{name}, line {line}: {card.id} stands there twice")
        known.add(key)
    return tuple(found)


def _card(row: Mapping[str, object], where: str) -> Card:
    if fault := {*row} ^ _KEYS:
        raise ValueError(f"{where}: missing or unknown: {', '.join(sorted(fault))}")
    match row:
        case {
            "id": str(key), "name": str(name), "place": str(place), "source": str(source),
            "allow": bool(is_allowed), "valid_from": date() as day, "document": str(document),
        }:  # fmt: skip
            if not (key.strip() and name.strip() and document.strip()):
                raise ValueError(f"{where}: id, name and document may not be empty")
            if not _is_place(place):
                raise ValueError(f"{where}: place is '*', two digits, or a union's code: {place!r}")
            if source not in set(FundSource) - {FundSource.PERSONAL}:
                raise ValueError(f"{where}: no source of funds: {source!r}")
            return Card(key, name, place, FundSource(source), is_allowed, day, document)
    raise ValueError(f"{where}: a value has the wrong type")


def _is_place(place: str) -> bool:
    return place == EVERYWHERE or (place.isascii() and len(place) in {2, 18} and place.isalnum())


def card_for(found: Sequence[Card], code: str, source: FundSource, today: date) -> Card | None:
    """The rule for the union with this code (GB 32100: its province stands in it): its own before
    its province's before everybody's, of them the newest in force. None: nothing is said."""
    for place in (code, code[2:4], EVERYWHERE):
        said = [
            card
            for card in found
            if card.place == place and card.source is source and card.valid_from <= today
        ]
        if said:
            return max(said, key=lambda card: card.valid_from)
    return None


@cache
def cards(path: str) -> tuple[Card, ...]:
    """Of the file at `path`; empty: the packaged ones. Raises ValueError, OSError."""
    if path:
        return read_cards(Path(path).read_text("utf-8"), path)
    text = resources.files("marketplace.credit").joinpath(PACKAGED).read_text("utf-8")
    return read_cards(text, PACKAGED)
