"""How a wiring table is written: `on(Event, reaction, …)`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from marketplace.events import Event

if TYPE_CHECKING:
    from marketplace.work.unit import Work

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Wire:
    """One event and everyone who reacts to it, in this order."""

    event: type[Event]
    reactions: tuple[Callable[[Any, Any], None], ...]


def on(event: type[E], *reactions: Callable[[Work, E], None]) -> Wire:
    """Each reaction is checked by type against its event."""
    return Wire(event, reactions)


def name_of(reaction: Callable[..., None]) -> str:
    """The name under which a parcel finds its reaction again: "catalog.reindex"."""
    return f"{reaction.__module__.removeprefix('marketplace.')}.{reaction.__qualname__}"
