"""The outbox: reactions that run after the commit, at least once, each in a unit of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.events import Event
from marketplace.work.models import Parcel
from marketplace.work.wires import Wire, name_of

FIRST_WAIT = timedelta(seconds=5)
MOST_ATTEMPTS = 10


class Catalogue:
    """Finds event classes and reactions again by the names that stand in parcels."""

    def __init__(self, wires: Iterable[Wire]) -> None:
        self.events: dict[str, type[Event]] = {}
        self.reactions: dict[str, Callable[[Any, Any], None]] = {}
        self.by_event: dict[type[Event], list[str]] = {}
        for wire in wires:
            self.events[wire.event.__name__] = wire.event
            for reaction in wire.reactions:
                name = name_of(reaction)
                self.reactions[name] = reaction
                self.by_event.setdefault(wire.event, []).append(name)

    def pack(self, event: Event, at: datetime) -> list[Parcel]:
        """A parcel for everyone who reacts to the event afterwards."""
        return [
            Parcel(
                event=type(event).__name__,
                reaction=name,
                payload=TypeAdapter(type(event)).dump_json(event).decode(),
                made_at=at,
                due_at=at,
            )
            for name in self.by_event.get(type(event), [])
        ]

    def unpack(self, parcel: Parcel) -> tuple[Callable[[Any, Any], None], Event]:
        """The reaction and its event. Raises KeyError when the wiring no longer knows them."""
        kind = self.events[parcel.event]
        return self.reactions[parcel.reaction], TypeAdapter(kind).validate_json(parcel.payload)


def due(session: Session, at: datetime, *, limit: int = 100) -> list[Parcel]:
    """Parcels to deliver now, oldest first; those that failed too often wait for a person."""
    return list(
        session.scalars(
            select(Parcel)
            .where(Parcel.delivered_at.is_(None), Parcel.due_at <= at)
            .where(Parcel.attempts < MOST_ATTEMPTS)
            .order_by(Parcel.made_at)
            .limit(limit)
        )
    )


def postpone(parcel: Parcel, at: datetime, fault: Exception) -> None:
    """It failed: wait twice as long as last time."""
    parcel.attempts += 1
    parcel.fault = f"{type(fault).__name__}: {fault}"[:500]
    parcel.due_at = at + FIRST_WAIT * 2 ** (parcel.attempts - 1)
