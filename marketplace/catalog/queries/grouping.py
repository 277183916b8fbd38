"""Rows of a sheet that are sizes of one good, looked at together."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from marketplace.catalog import rules
from marketplace.catalog.models import ChangeSet, Listing
from marketplace.catalog.queries.variants import MOST_SIZES, said_shared, taken
from marketplace.catalog.rules import Content
from marketplace.catalog.states import ChangeState, ListingState
from marketplace.kernel.errors import Refused

Blamed = tuple[int, Refused]  # the number of a row, and what is wrong with it


class Kept(NamedTuple):
    """A listing that has a group code already; `ways`: what it says of `rules.SHARED`, and would
    say by the change that waits."""

    sku: str
    variant: str
    is_out: bool
    ways: tuple[tuple[str, ...], ...]


class Row(NamedTuple):
    """A row of a sheet that has a group code; `said` as `rules.SHARED`."""

    row: int
    sku: str
    variant: str
    said: tuple[str, ...]


class Groups:
    """The rows of a sheet that are sizes of one good, looked at together once all are read."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = {}

    def add(self, row: int, said: Content, placed: Sequence[str]) -> None:
        """A good row; `placed`: its category, county and make as they were looked up."""
        if code := said["group_code"]:
            one = Row(row, said["sku"], said["variant"], (said["title"], *placed))
            self._rows.setdefault(code, []).append(one)

    def faults(self, session: Session, supplier_id: uuid.UUID) -> Iterator[Blamed]:
        """A size that stands twice or belongs to another listing; rows that do not say the same of
        `rules.SHARED`. What differed before the sheet and stays so is no fault of the sheet."""
        if not self._rows:
            return
        kept = _kept(session, supplier_id)
        for code, rows in self._rows.items():
            known = kept.get(code, {})
            yield from _too_many(rows, known)
            yield from _twice(rows)
            yield from _taken(rows, known)
            yield from _differing(rows, known)


def _too_many(rows: Sequence[Row], known: Mapping[str, Kept]) -> Iterator[Blamed]:
    others = known.keys() - {one.sku for one in rows}
    for row in rows[max(0, MOST_SIZES - len(others)) :]:
        fault = Refused("group_too_large", field="group_code", value="", most=MOST_SIZES)
        yield row.row, fault


def _twice(rows: Sequence[Row]) -> Iterator[Blamed]:
    seen: dict[str, int] = {}
    for row in rows:
        first = seen.setdefault(row.variant, row.row)
        if first != row.row:
            fault = Refused("variant_twice", field="variant", value=row.variant, row=first)
            yield row.row, fault


def _taken(rows: Sequence[Row], known: Mapping[str, Kept]) -> Iterator[Blamed]:
    holder = {one.variant: one.sku for one in known.values()}
    for row in rows:
        sku = holder.get(row.variant, row.sku)
        if sku != row.sku:
            yield row.row, taken(row.variant, sku)


def _differing(rows: Sequence[Row], known: Mapping[str, Kept]) -> Iterator[Blamed]:
    first = rows[0]
    moved = not _stays(first, known)
    for row in rows[1:]:
        field = rules.differing(first.said, row.said)
        if field and (moved or not _stays(row, known)):
            fault = Refused("group_differs", field=field, value=_said(row, field), row=first.row)
            yield row.row, fault
    named = {one.sku for one in rows}
    for one in known.values():
        if moved and one.sku not in named and not one.is_out and first.said not in one.ways:
            field = rules.differing(first.said, one.ways[0])
            fault = Refused(
                "group_differs_known", field=field, value=_said(first, field), sku=one.sku
            )
            yield first.row, fault
            return


def _said(row: Row, field: str) -> str:
    """The title as it stands in the row; what was looked up stood there in other words."""
    return row.said[0] if field == "title" else ""


def _stays(row: Row, known: Mapping[str, Kept]) -> bool:
    """Whether the listing belonged to the group and said the same before the sheet."""
    return row.sku in known and row.said in known[row.sku].ways


def _kept(session: Session, supplier_id: uuid.UUID) -> dict[str, dict[str, Kept]]:
    """Group code → stock number → the listing, of everything that has a group code."""
    waits = and_(ChangeSet.listing_id == Listing.id, ChangeSet.state == ChangeState.PROPOSED)
    rows = session.execute(
        select(Listing, ChangeSet.content)
        .join(ChangeSet, waits, isouter=True)
        .where(Listing.supplier_id == supplier_id, Listing.group_code != "")
        .execution_options(yield_per=500)
    )
    found: dict[str, dict[str, Kept]] = {}
    for listing, proposed in rows:
        ways = (said_shared(listing), *([rules.shared(proposed)] if proposed else ()))
        is_out = listing.state is ListingState.WITHDRAWN
        kept = Kept(listing.sku, listing.variant, is_out, ways)
        found.setdefault(listing.group_code, {})[listing.sku] = kept
    return found
