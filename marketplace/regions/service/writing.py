"""Making versions of lists: numbers given out once, entries beside them, nothing ever replaced."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import insert, select, update

from marketplace.kernel.errors import Missing, Refused, WrongState
from marketplace.regions import queries
from marketplace.regions.models import Coverage, Designation, DesignationList, ListVersion
from marketplace.regions.rules import versions
from marketplace.regions.rules.comparing import Entry, in_order
from marketplace.regions.rules.names import short_name
from marketplace.regions.states import VersionOrigin, VersionState
from marketplace.work import Work


@dataclass(frozen=True, slots=True)
class Content:
    """Everything a version says. `provinces`: province code → how many the list has there."""

    source: str
    published: date | None
    entries: int
    qualifies: bool
    note: str
    rows: Sequence[Entry]
    provinces: Mapping[str, int] = field(default_factory=dict)
    listed_codes: Sequence[str | None] = ()  # beside `rows`; empty: not told

    @property
    def fingerprint(self) -> str:
        words = {
            "source": self.source,
            "published": self.published,
            "entries": self.entries,
            "qualifies": self.qualifies,
            "note": self.note,
            "provinces": sorted(self.provinces.items()),
        }
        return versions.fingerprint(words, in_order(self.rows))


def add_version(
    w: Work, slug: str, content: Content, origin: VersionOrigin, *, effective_day: date
) -> ListVersion:
    """A proposed version with its entries; it counts for nothing until it is confirmed.

    Raises Missing (no such list).
    """
    version = ListVersion(
        id=uuid.uuid4(),
        list_slug=slug,
        number=_next_number(w, slug),
        state=VersionState.PROPOSED,
        origin=origin,
        source=content.source,
        published=content.published,
        entries=content.entries,
        known=len(content.rows),
        qualifies=content.qualifies,
        note=content.note,
        sha256=content.fingerprint,
        based_on=queries.designation_list(w.session, slug).newest,
        effective_day=effective_day,
        proposed_by=w.actor.person_id,
        proposed_at=w.now,
    )
    w.session.add(version)
    w.session.flush()
    _write_entries(w, version, content)
    return version


def put_in_force(w: Work, version: ListVersion, starts_at: datetime) -> None:
    """Let the version hold from the instant and end the one before it there.

    Raises Refused list_changed_since (another version was confirmed meanwhile) and
    starts_before_newest (the newest one begins later than this).
    """
    before = queries.version_numbered(w.session, version.list_slug, version.based_on)
    if before is not None and before.starts_at is not None and before.starts_at > starts_at:
        raise Refused("starts_before_newest", field="effective_day", number=before.number)
    taken = w.session.execute(
        update(DesignationList)
        .where(
            DesignationList.slug == version.list_slug,
            DesignationList.newest == version.based_on,
        )
        .values(newest=version.number)
    )
    if not taken.rowcount:  # type: ignore[attr-defined]  # a CursorResult, as of every UPDATE
        raise Refused("list_changed_since", number=version.number)
    version.starts_at, version.ends_at = starts_at, versions.FOREVER
    _set_spans(w, version)
    if before is not None:
        before.ends_at = starts_at
        _set_spans(w, before)


def _next_number(w: Work, slug: str) -> int:
    """Given out once: the row of the list is locked by the update until the unit ends."""
    counted = w.session.execute(
        update(DesignationList)
        .where(DesignationList.slug == slug)
        .values(numbered=DesignationList.numbered + 1)
    )
    if not counted.rowcount:  # type: ignore[attr-defined]  # a CursorResult, as of every UPDATE
        raise Missing(slug=slug)
    return w.session.scalars(
        select(DesignationList.numbered).where(DesignationList.slug == slug)
    ).one()


def _write_entries(w: Work, version: ListVersion, content: Content) -> None:
    codes = content.listed_codes or [None] * len(content.rows)
    rows = [
        {
            "version_id": version.id,
            "seq": seq,
            "list_slug": version.list_slug,
            "county_code": entry.county,
            "code_as_listed": listed,
            "name_as_listed": entry.name,
            "short_name": short_name(entry.name),
            "region": entry.region,
            "exit_year": entry.exit_year,
            "valid_from": entry.valid_from,
            "valid_until": entry.valid_until,
            "note": entry.note,
            "qualifies": version.qualifies,
        }
        for seq, (entry, listed) in enumerate(zip(content.rows, codes, strict=True), start=1)
    ]
    if rows:
        w.session.execute(insert(Designation), rows)
    known = Counter(f"{entry.county[:2]}0000" for entry in content.rows)
    spread = [
        {"version_id": version.id, "province": code, "entries": has, "known": known[code]}
        for code, has in content.provinces.items()
    ]
    if spread:
        w.session.execute(insert(Coverage), spread)


def _set_spans(w: Work, version: ListVersion) -> None:
    """Write what version and entries say together beside the entries, for the fast predicate."""
    if version.starts_at is None or version.ends_at is None:
        raise WrongState(verb="put in force", state=version.state)
    e = Designation
    ranges = w.session.execute(
        select(e.valid_from, e.valid_until).where(e.version_id == version.id).distinct()
    ).all()
    for valid_from, valid_until in ranges:
        begins, ends = versions.span(valid_from, valid_until, version.starts_at, version.ends_at)
        until = e.valid_until.is_(None) if valid_until is None else e.valid_until == valid_until
        w.session.execute(
            update(e)
            .where(e.version_id == version.id, e.valid_from == valid_from, until)
            .values(holds_from=begins, holds_until=ends)
        )
