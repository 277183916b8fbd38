"""Rows of a sheet beside what the supplier has: which are new, which say something else."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from marketplace.catalog import rules
from marketplace.catalog.queries import variants
from marketplace.catalog.queries.known import Known, Seen, known_goods, moved
from marketplace.catalog.queries.packing import Entry
from marketplace.catalog.queries.photos import photos_of
from marketplace.catalog.queries.sheets import stock_fault
from marketplace.catalog.rules import RowFault, fingerprint, with_photos
from marketplace.catalog.states import ListingState
from marketplace.kernel.errors import Invalid, Refused
from marketplace.regions import queries as regions


class Meanwhile(NamedTuple):
    """What may have become untrue since the sheet was read."""

    gone: frozenset[str]  # counties that are on no list any more
    held: dict[tuple[str, str], str]  # (group code, variant) → who has it
    seen: Mapping[int, Seen | None]  # row → its good as a preview showed it, where there was one


class Ready(NamedTuple):
    """A row to write, with the listing it changes, if there is one; `fingerprint` is of its words
    and its photographs."""

    entry: Entry
    fingerprint: str
    known: Known | None
    photos: list[str]  # that the listing will show; a sheet alone leaves them as they are


@dataclass(slots=True)
class Sorting:
    """Rows by what they do. A row may change words and stock, so it can stand in both lists."""

    new: list[Ready] = field(default_factory=list)
    changed: list[Ready] = field(default_factory=list)
    restocked: list[Ready] = field(default_factory=list)
    updated: int = 0
    unchanged: list[Ready] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    known: dict[int, Known | None] = field(default_factory=dict)  # row → its good, or none

    def known_ids(self) -> list[uuid.UUID]:
        """The listings that will be written over."""
        both = (one.known.id for one in (*self.changed, *self.restocked) if one.known)
        return list(dict.fromkeys(both))


def sort_out(
    session: Session,
    supplier_id: uuid.UUID,
    entries: Sequence[Entry],
    at: datetime,
    *,
    seen: Mapping[int, Seen | None] | None = None,
) -> Sorting:
    """Look again at rows that were good when the sheet was read. With `seen`, row → its good as a
    preview showed it, the listings are locked to be written."""
    skus = [entry.said["sku"] for entry in entries]
    known = known_goods(session, supplier_id, skus=skus, lock=seen is not None)
    pictured = {entry.said["sku"] for entry in entries if entry.photos}
    same = photos_of(session, [one.id for sku, one in known.items() if sku in pictured])
    gone = _gone(session, {entry.county for entry in entries}, at)
    codes = {entry.said["group_code"] for entry in entries}
    held = variants.holders(session, supplier_id, codes)
    now = Meanwhile(gone, held, seen or {})
    found = Sorting()
    for entry in entries:
        listing = known.get(entry.said["sku"])
        found.known[entry.row] = listing
        photos = _photos(entry, listing, same.get(listing.id, {}) if listing else {})
        _sort(found, (entry, listing, photos), now)
    return found


def _gone(session: Session, counties: set[str], at: datetime) -> frozenset[str]:
    """Those that stand on no list any more, also under the code that they have today."""
    named = regions.facts_by_county(session, counties, at)
    doubtful = [code for code, facts in named.items() if not any(one.qualifies for one in facts)]
    return frozenset(one for one in doubtful if not regions.is_designated(session, one, at))


def _photos(entry: Entry, known: Known | None, same: dict[str, str]) -> list[str] | None:
    """Ids in their order; the same bytes are the photograph that is there. None when one that was
    there is gone."""
    if entry.photos is None:
        return known.photos if known else []
    if any(one.sha256 not in same and not one.type for one in entry.photos):
        return None
    return [same.get(one.sha256, one.id) for one in entry.photos]


def _sort(
    found: Sorting, row: tuple[Entry, Known | None, list[str] | None], now: Meanwhile
) -> None:
    entry, known, photos = row
    if photos is None:
        left = Refused("photos_changed", field="photos", value=entry.said["sku"])
        found.faults.append(RowFault(entry.row, "", entry.said["sku"], left))
        return
    words = fingerprint(entry.said, entry.category, entry.county, entry.villages, entry.make)
    mark = with_photos(words, photos)
    same = known is not None and (
        mark == known.fingerprint or _waits(words, known, photos, is_given=entry.photos is not None)
    )
    is_changed = not same or (known is not None and known.state is ListingState.WITHDRAWN)
    is_restocked = known is not None and known.received != entry.stock
    fault = _since(entry, known, now) if is_changed or is_restocked else None
    if fault := fault or _fault(entry, known, now, same=same):
        found.faults.append(fault)
        return
    ready = Ready(entry, mark, known, photos)
    if known is None:
        found.new.append(ready)
        return
    if is_changed:
        found.changed.append(ready)
    if is_restocked:
        found.restocked.append(ready)
    if is_changed or is_restocked:
        found.updated += 1
    else:
        found.unchanged.append(ready)


def _since(entry: Entry, known: Known | None, now: Meanwhile) -> RowFault | None:
    """What a person changed since the preview is not written over."""
    if entry.row not in now.seen or not moved(known, now.seen[entry.row]):
        return None
    sku = entry.said["sku"]
    return RowFault(entry.row, "", sku, Refused("changed_since_preview", field="", value=sku))


def _waits(words: str, known: Known, photos: list[str], *, is_given: bool) -> bool:
    """Whether the row says what an edit that waits says already."""
    if known.proposal is None:
        return False
    own = photos if is_given else known.proposal[rules.PHOTOS]
    return with_photos(words, own) == known.proposed


def _fault(entry: Entry, known: Known | None, now: Meanwhile, *, same: bool) -> RowFault | None:
    """Why a row is not written after all."""
    if entry.county in now.gone:
        away = Invalid("county_not_designated", field="county", value=entry.county, county="")
        return RowFault(entry.row, "", entry.county, away)
    if known is not None and entry.stock < known.promised:
        low = stock_fault(entry.stock, known.promised)
        return RowFault(entry.row, "", str(entry.stock), low)
    if not same and (fault := _taken(entry, now)):
        return fault
    if known is None or same or known.state is not ListingState.ON_SALE:
        return None  # a draft may say anything until it is submitted
    bad = rules.wording_fault(entry.said)
    return RowFault(entry.row, "", str(bad.data["words"]), bad) if bad else None


def _taken(entry: Entry, now: Meanwhile) -> RowFault | None:
    sku: str = entry.said["sku"]
    variant: str = entry.said["variant"]
    holder = now.held.get((entry.said["group_code"], variant), sku)
    if holder == sku:
        return None
    return RowFault(entry.row, "", variant, variants.taken(variant, holder))
