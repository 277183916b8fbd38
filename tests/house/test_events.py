"""Every event has somebody who hears it, or stands on the list of the silent ones."""

from __future__ import annotations

from dataclasses import is_dataclass

from marketplace import events
from marketplace.events import Event
from marketplace.wiring import AFTER, OUTSIDE, SILENT, WITHIN
from marketplace.work.wires import name_of
from tests.house.places import nothing_in

HEARD = frozenset(
    wire.event for wire in (*WITHIN, *AFTER, *OUTSIDE) if issubclass(wire.event, Event)
)


def happenings() -> set[type[Event]]:
    """What the vocabulary holds."""
    found = {
        kind
        for kind in vars(events).values()
        if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
    }
    assert found
    return found


def test_every_event_is_wired_or_named_silent() -> None:
    nothing_in(kind.__name__ for kind in happenings() - HEARD - SILENT)


def test_nothing_is_both_heard_and_silent_and_all_is_of_the_vocabulary() -> None:
    assert not HEARD & SILENT
    assert happenings() >= HEARD | SILENT


def test_events_cannot_be_changed_after_they_happened() -> None:
    for kind in happenings():
        assert is_dataclass(kind), kind
        assert kind.__dataclass_params__.frozen, kind  # type: ignore[attr-defined]  # set by dataclass


def test_a_parcel_finds_its_reaction_by_one_name() -> None:
    names = [(wire.event, name_of(r)) for wire in (*AFTER, *OUTSIDE) for r in wire.reactions]
    assert len(names) == len(set(names))
