"""What differs between two versions of a list, as somebody who must confirm it reads it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Entry:
    """One county on a version."""

    county: str  # today's code
    name: str  # as listed
    region: str
    exit_year: int | None
    valid_from: date
    valid_until: date | None
    note: str

    @property
    def place(self) -> tuple[str, str, str]:
        return self.county, self.name, self.region


@dataclass(frozen=True, slots=True)
class Change:
    """The same county on both versions; `fields` are the names of what differs."""

    before: Entry
    after: Entry
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """In the order of the newer version, what was removed in that of the older."""

    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    changed: tuple[Change, ...]  # dates, year of exit, note
    renamed: tuple[Change, ...]  # the same code under another name or region
    moved: tuple[Change, ...]  # the same name under another code
    same: int

    @property
    def counties(self) -> tuple[str, ...]:
        """The codes of all counties about which something differs."""
        pairs = (*self.changed, *self.renamed, *self.moved)
        ends = [entry for pair in pairs for entry in (pair.before, pair.after)]
        return tuple(sorted({entry.county for entry in (*self.added, *self.removed, *ends)}))

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.renamed or self.moved)


def compare(before: Sequence[Entry], after: Sequence[Entry]) -> Difference:
    """Entries are matched by code, name and region; then by code; then by name and region."""
    old, new = list(before), list(after)
    same_place = _pairs(old, new, lambda entry: entry.place)
    same_code = _pairs(old, new, lambda entry: entry.county)
    same_name = _pairs(old, new, lambda entry: (entry.name, entry.region))
    told = [Change(one, other, fields) for one, other in same_place
            if (fields := _differing(one, other))]  # fmt: skip
    return Difference(
        added=tuple(new),
        removed=tuple(old),
        changed=tuple(told),
        renamed=tuple(Change(one, other, _differing(one, other)) for one, other in same_code),
        moved=tuple(Change(one, other, _differing(one, other)) for one, other in same_name),
        same=len(same_place) - len(told),
    )


def _pairs(
    old: list[Entry], new: list[Entry], key: Callable[[Entry], Hashable]
) -> list[tuple[Entry, Entry]]:
    """Takes what matches out of both lists."""
    waiting: dict[Hashable, list[Entry]] = {}
    for entry in old:
        waiting.setdefault(key(entry), []).append(entry)
    found: list[tuple[Entry, Entry]] = []
    left: list[Entry] = []
    for entry in new:
        if matching := waiting.get(key(entry)):
            found.append((matching.pop(0), entry))
        else:
            left.append(entry)
    new[:] = left
    taken = {id(one) for one, _other in found}
    old[:] = [entry for entry in old if id(entry) not in taken]
    return found


def _differing(one: Entry, other: Entry) -> tuple[str, ...]:
    names = ("county", "name", "region", "exit_year", "valid_from", "valid_until", "note")
    return tuple(name for name in names if getattr(one, name) != getattr(other, name))


def in_order(entries: Iterable[Entry]) -> tuple[tuple[object, ...], ...]:
    """The entries as plain rows, for a fingerprint."""
    return tuple(
        (e.county, e.name, e.region, e.exit_year, e.valid_from, e.valid_until, e.note)
        for e in entries
    )
