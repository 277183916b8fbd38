"""How a wiring table is written: `on(Event, reaction, …)` and `outside(Kind, handler)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy.orm import Session

from marketplace.events import Event

if TYPE_CHECKING:
    from marketplace.work.runtime import Runtime
    from marketplace.work.unit import Tools, Work

E = TypeVar("E", bound=Event)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wire:
    """One kind of thing and everyone who gets it, in this order."""

    event: type[Any]
    reactions: tuple[Callable[[Any, Any], None], ...]


@dataclass(frozen=True, slots=True)
class Outside:
    """What a handler has that speaks with the outside world: no transaction is open, so it may
    take its time; it reads what it needs. Whoever must write down what was answered does it in
    units of work of the runtime."""

    tools: Tools
    now: datetime
    reading: Callable[[], AbstractContextManager[Session]]
    runtime: Runtime


@dataclass(frozen=True, slots=True)
class Sent(Generic[T]):
    """One parcel of a batch; its key is the same whenever it is brought again."""

    key: str
    what: T


def on(event: type[E], *reactions: Callable[[Work, E], None]) -> Wire:
    """Each reaction is checked by type against its event."""
    return Wire(event, reactions)


def outside(kind: type[T], *handlers: Callable[[Outside, Sequence[Sent[T]]], None]) -> Wire:
    """Each handler gets what is due in batches, after the commit and outside any unit of work."""
    return Wire(kind, handlers)


def name_of(reaction: Callable[..., None]) -> str:
    """The name under which a parcel finds its reaction again: "catalog.reactions.sell"."""
    return f"{reaction.__module__.removeprefix('marketplace.')}.{reaction.__qualname__}"
