"""What a sheet would do, told before anything is written: counts that add up, and examples."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog_import import Problem
from marketplace.catalog import rules
from marketplace.catalog.models import Listing
from marketplace.catalog.queries.known import Seen, known_goods, pack_absent, pack_seen, seen_of
from marketplace.catalog.queries.lists import origin, villages
from marketplace.catalog.queries.packing import PART, Entry, unpack
from marketplace.catalog.queries.sheets import Checked, Pictures
from marketplace.catalog.queries.sorting import Ready, Sorting, sort_out
from marketplace.catalog.rules import ImportReport
from marketplace.catalog.states import ListingState
from marketplace.kernel.money import Money
from marketplace.regions import queries as regions
from marketplace.regions.models import Village

SHOWN = 5  # rows of each kind that are shown
MOST_NAMES = 50  # of pictures and goods that are told one by one
SEEN = (ListingState.ON_SALE, ListingState.SUBMITTED)  # what can be withdrawn


class Change(NamedTuple):
    """What a row says otherwise: the field, and how it reads before and after."""

    field: str
    before: str
    after: str


class Sample(NamedTuple):
    """One of the first rows of its kind: created, updated or unchanged."""

    kind: str
    row: int
    sku: str
    title: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Absent:
    """The supplier's goods that a sheet does not name: all of them, those that buyers or reviewers
    see, and those of which pieces are left. `parts`: as they wait to be written behind the rows."""

    ids: tuple[uuid.UUID, ...] = ()
    seen: int = 0
    with_pieces: int = 0
    parts: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Foretold:
    """`report` counts every row once: read = created + updated + unchanged + refused. `seen`: part
    by part the goods as they stood, see `queries.known`."""

    report: ImportReport
    samples: tuple[Sample, ...] = ()
    absent: Absent = Absent()
    seen: tuple[bytes, ...] = ()

    def as_data(self, checked: Checked) -> dict[str, Any]:
        """As it is kept with an import that waits for its yes."""
        report = self.report
        return {
            "created": report.created,
            "updated": report.updated,
            "unchanged": report.unchanged,
            "refused": report.refused,
            "samples": self.samples,
            "absent": len(self.absent.ids),
            "absent_seen": self.absent.seen,
            "absent_with_pieces": self.absent.with_pieces,
            "absent_parts": len(self.absent.parts),
            "seen_parts": len(self.seen),
            "notices": [[one.code, one.row, dict(one.data)] for one in report.notices],
            "gb18030": report.encoding_to_confirm,
            "pictures": pictures_as_data(checked.pictures),
            **columns_as_data(checked),
        }


def pictures_as_data(pictures: Pictures | None) -> dict[str, Any] | None:
    """What is told of an archive; of long lists the first names."""
    if pictures is None:
        return None
    return {
        "new": pictures.new,
        "same": pictures.same,
        "without_row": pictures.without_row[:MOST_NAMES],
        "rows_lacking": len(pictures.without_picture),
        "without_picture": pictures.without_picture[:MOST_NAMES],
        "names_lacking": len(pictures.without_row),
    }


def columns_as_data(checked: Checked) -> dict[str, Any]:
    """The columns of a sheet as they are kept with it."""
    told = [[one.heading, one.field, one.asks, list(one.samples)] for one in checked.columns]
    return {"columns": told, "remembered": checked.remembered, "sheet": checked.sheet}


def notices_of(foretold: dict[str, Any]) -> list[Problem]:
    """What a person should know of a kept import."""
    return [Problem(code, row=row, data=data) for code, row, data in foretold.get("notices", ())]


def foretell(session: Session, supplier_id: uuid.UUID, checked: Checked, at: datetime) -> Foretold:
    """What the good rows of a sheet would do; writes nothing. The refused ones are counted."""
    created = updated = unchanged = refused = 0
    shown: dict[str, list[Ready]] = {"created": [], "updated": [], "unchanged": []}
    skus: set[str] = set()
    seen: list[bytes] = []
    for part in checked.parts:
        entries = [one for one in unpack(part) if one.row not in checked.repeated]
        found = sort_out(session, supplier_id, entries, at)
        skus.update(one.said["sku"] for one in entries)
        created += len(found.new)
        updated += found.updated
        unchanged += len(found.unchanged)
        refused += len(found.faults)
        seen.append(pack_seen({row: seen_of(one) for row, one in found.known.items()}))
        _keep_some(shown, found)
    report = replace(
        checked.report,
        created=created,
        updated=updated,
        unchanged=unchanged,
        refused=checked.report.refused + refused,
    )
    samples = tuple(_sample(session, kind, one) for kind, some in shown.items() for one in some)
    return Foretold(report, samples, _absent(session, supplier_id, skus), tuple(seen))


def _keep_some(shown: dict[str, list[Ready]], found: Sorting) -> None:
    rows = {id(one.entry): one for one in (*found.changed, *found.restocked)}
    both = sorted(rows.values(), key=lambda one: one.entry.row)
    for kind, some in (("created", found.new), ("updated", both), ("unchanged", found.unchanged)):
        shown[kind] += some[: SHOWN - len(shown[kind])]


def _sample(session: Session, kind: str, one: Ready) -> Sample:
    said = one.entry.said
    changes: tuple[Change, ...] = ()
    if kind == "updated" and one.known is not None:
        listing = session.get_one(Listing, one.known.id)
        changes = tuple(_changes(session, one.entry, listing))
        if listing.photos != one.photos:
            counts = [str(len(ids)) for ids in (listing.photos, one.photos)]
            changes = (*changes, Change(rules.PHOTOS, *counts))
    name = f"{said['title']} {said['variant']}".rstrip()
    return Sample(kind, one.entry.row, said["sku"], name, changes)


def _changes(session: Session, entry: Entry, listing: Listing) -> Iterator[Change]:
    """Field by field, in the order of the sheet's template."""
    for field, after in entry.said.items():
        before = getattr(listing, field)
        before = before.fen if isinstance(before, Money) else before
        if before != after:
            yield Change(field, _shown(field, before), _shown(field, after))
    yield from _looked_up(session, entry, listing)
    if listing.received != entry.stock:
        yield Change("stock", str(listing.received), str(entry.stock))


def _looked_up(session: Session, entry: Entry, listing: Listing) -> Iterator[Change]:
    """What a sheet says in words of its own, in ours."""
    if listing.category != entry.category:
        names = [rules.category(slug).zh for slug in (listing.category, entry.category)]
        yield Change("category", *names)
    for part, after in zip(rules.MAKE, entry.make, strict=True):
        if (before := getattr(listing, part)) != after:
            yield Change(part, *(rules.make_name(part, one, "zh") for one in (before, after)))
    if listing.county_code != entry.county:
        place = regions.county(session, entry.county)
        yield Change("county", origin(session, listing), place.label if place else entry.county)
    was = [one.name for one in villages(session, listing.id)]
    ids = [uuid.UUID(one) for one in entry.villages]
    becomes = session.scalars(
        select(Village.name).where(Village.id.in_(ids)).order_by(Village.name)
    ).all()
    if was != list(becomes):
        yield Change("villages", "、".join(was), "、".join(becomes))


def _shown(field: str, value: Any) -> str:
    """A plain value as a sheet would say it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return Money(value).yuan if field in {"supply_price", "sale_price"} else str(value)


def _absent(session: Session, supplier_id: uuid.UUID, named: set[str]) -> Absent:
    rows = session.execute(
        select(Listing.id, Listing.sku, Listing.state, Listing.available)
        .where(Listing.supplier_id == supplier_id, Listing.state != ListingState.WITHDRAWN)
        .order_by(Listing.id)
    )
    found: Sequence[Any] = [row for row in rows if row.sku not in named]
    ids = [row.id for row in found]
    cuts = (ids[start : start + PART] for start in range(0, len(ids), PART))
    return Absent(
        tuple(ids),
        sum(row.state in SEEN for row in found),
        sum(row.available > 0 for row in found),
        tuple(pack_absent(_seen(session, supplier_id, some)) for some in cuts),
    )


def _seen(
    session: Session, supplier_id: uuid.UUID, ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, Seen | None]:
    known = known_goods(session, supplier_id, ids=ids)
    return {one.id: seen_of(one) for one in known.values()}
