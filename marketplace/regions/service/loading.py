"""Taking the packaged facts in: all tables are checked together before anything is written.

Divisions follow the newest table. Lists are never replaced: what changed becomes a new version,
and where an operator's own version is the newest, it only becomes a proposal.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from marketplace.events import DesignationsChanged
from marketplace.kernel.clock import local_day
from marketplace.regions import queries
from marketplace.regions.models import DesignationList, Division, FactsFile
from marketplace.regions.rules import tables, versions
from marketplace.regions.rules.comparing import Entry
from marketplace.regions.rules.names import short_name
from marketplace.regions.rules.successions import codes_today
from marketplace.regions.rules.tables import (
    BrokenData,
    CoverageRow,
    DesignationRow,
    DivisionRow,
    ListRow,
    read,
)
from marketplace.regions.service.writing import Content, add_version, put_in_force
from marketplace.regions.states import VERSION, VersionOrigin
from marketplace.work import Work, move

DIVISIONS, LISTS, DESIGNATIONS = "divisions.csv", "lists.csv", "designations.csv"
COVERAGE = "coverage.csv"
FILES = (DIVISIONS, LISTS, DESIGNATIONS, COVERAGE)


class Loaded(NamedTuple):
    """How many rows the files hold."""

    divisions: int
    lists: int
    designations: int


class Facts(NamedTuple):
    """The files as read and found sound."""

    divisions: list[DivisionRow]
    lists: list[ListRow]
    entries: list[DesignationRow]
    coverage: list[CoverageRow]


def load_facts(w: Work, folder: Traversable | None = None) -> Loaded:
    """Take in the packaged facts, or those of `folder`; the same again changes nothing.

    Raises BrokenData with file, line and reason before anything is written.
    """
    place = folder or files("marketplace.regions").joinpath("data")
    content = {name: place.joinpath(name).read_bytes() for name in FILES}
    facts = _read(content)
    for name, data in content.items():
        if _is_new(w, name, data) and name == DIVISIONS:
            _write_divisions(w, facts.divisions)
    for row in facts.lists:
        _take_list(w, row, facts)
    w.session.flush()
    w.session.expire_all()  # what was read before may say something else now
    return Loaded(len(facts.divisions), len(facts.lists), len(facts.entries))


def facts_are_loaded(session: Session) -> bool:
    """Whether the packaged files are those that were taken in last; quick."""
    place = files("marketplace.regions").joinpath("data")
    known = {row.name: row.sha256 for row in session.scalars(select(FactsFile))}
    return all(known.get(name) == _sum(place.joinpath(name).read_bytes()) for name in FILES)


def _read(content: dict[str, bytes]) -> Facts:
    facts = Facts(
        divisions=read(DIVISIONS, content[DIVISIONS], tables.division),
        lists=read(LISTS, content[LISTS], tables.published_list),
        entries=read(DESIGNATIONS, content[DESIGNATIONS], tables.designation),
        coverage=read(COVERAGE, content[COVERAGE], tables.coverage),
    )
    _check_divisions(facts.divisions)
    _check_designations(facts)
    _check_lists(facts)
    return facts


def _take_list(w: Work, row: ListRow, facts: Facts) -> None:
    """A first version, a newer one, a proposal beside an operator's, or nothing at all."""
    found = w.session.get(DesignationList, row.slug)
    if found is None:
        found = DesignationList(slug=row.slug, owner_name="", numbered=0, newest=0)
        w.session.add(found)
    found.name_zh, found.name_en = row.name_zh, row.name_en
    w.session.flush()
    content = _content(row, facts)
    kept = queries.versions_of(w.session, row.slug)
    if any(v.origin is VersionOrigin.PACKAGED and v.sha256 == content.fingerprint for v in kept):
        return
    made = add_version(w, row.slug, content, VersionOrigin.PACKAGED, effective_day=local_day(w.now))
    w.record("propose", made, to_state=made.state, list=row.slug, sha256=made.sha256)
    if all(version.origin is VersionOrigin.PACKAGED for version in kept):
        begins = w.now if kept else versions.BEGINNING
        move(w, VERSION, made, "confirm", list=row.slug, number=made.number, starts_at=begins)
        made.decided_by, made.decided_at = w.actor.person_id, w.now
        changed = queries.difference(w.session, made).counties
        put_in_force(w, made, begins)
        if kept:
            w.announce(DesignationsChanged(w.now, row.slug, changed, begins))


def _content(row: ListRow, facts: Facts) -> Content:
    mine = [entry for entry in facts.entries if entry.slug == row.slug]
    return Content(
        source=row.source,
        published=row.published,
        entries=row.entries,
        qualifies=True,
        note=row.note,
        rows=[_entry(entry) for entry in mine],
        provinces={one.province: one.entries for one in facts.coverage if one.slug == row.slug},
        listed_codes=[entry.listed_code for entry in mine],
    )


def _entry(row: DesignationRow) -> Entry:
    return Entry(
        county=row.county,
        name=row.listed_name,
        region=row.region,
        exit_year=row.exit_year,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        note=row.note,
    )


def _write_divisions(w: Work, rows: list[DivisionRow]) -> None:
    today = codes_today(rows)
    w.session.execute(delete(Division))
    w.session.execute(
        insert(Division),
        [
            {
                "id": row.line,
                "code": row.code,
                "level": row.level,
                "name": row.name,
                "short_name": short_name(row.name),
                "province": row.province,
                "prefecture": row.prefecture,
                "since_year": row.since,
                "until_year": row.until,
                "successors": list(row.successors),
                "today": list(today[row.line]),
                "note": row.note,
            }
            for row in rows
        ],
    )


def _is_new(w: Work, name: str, data: bytes) -> bool:
    """Notes the file's sum; False when it is the one of last time."""
    kept = w.session.get(FactsFile, name)
    if kept is None:
        kept = FactsFile(name=name, sha256="")
        w.session.add(kept)
    if kept.sha256 == _sum(data):
        return False
    kept.sha256, kept.loaded_at = _sum(data), w.now
    return True


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _check_divisions(rows: list[DivisionRow]) -> None:
    in_use: set[str] = set()
    codes = {row.code for row in rows}
    for row in rows:
        if row.until is None and row.code in in_use:
            raise BrokenData(DIVISIONS, row.line, f"code {row.code} is in use twice")
        if row.until is None:
            in_use.add(row.code)
        if lost := set(row.successors) - codes:
            raise BrokenData(DIVISIONS, row.line, f"unknown successor {min(lost)}")
    if not rows:
        raise BrokenData(DIVISIONS, 1, "no rows")


def _check_designations(facts: Facts) -> None:
    counties = {row.code for row in facts.divisions if row.until is None and row.level == 3}
    slugs = {row.slug for row in facts.lists}
    seen: set[tuple[str, int]] = set()
    for row in facts.entries:
        if row.slug not in slugs:
            raise BrokenData(DESIGNATIONS, row.line, f"unknown list {row.slug}")
        if row.county not in counties:
            raise BrokenData(DESIGNATIONS, row.line, f"{row.county} is no county in use")
        if (row.slug, row.seq) in seen:
            raise BrokenData(DESIGNATIONS, row.line, f"number {row.seq} stands twice")
        seen.add((row.slug, row.seq))


def _check_lists(facts: Facts) -> None:
    slugs: set[str] = set()
    for row in facts.lists:
        found = sum(entry.slug == row.slug for entry in facts.entries)
        if row.slug in slugs:
            raise BrokenData(LISTS, row.line, f"list {row.slug} stands twice")
        if found != row.known:
            raise BrokenData(LISTS, row.line, f"{found} entries found, {row.known} announced")
        slugs.add(row.slug)
        _check_coverage(row, facts)
    for one in facts.coverage:
        if one.slug not in slugs:
            raise BrokenData(COVERAGE, one.line, f"unknown list {one.slug}")


def _check_coverage(row: ListRow, facts: Facts) -> None:
    """How a list spreads over provinces is told whole or not at all, and never below what is
    known."""
    spread = [one for one in facts.coverage if one.slug == row.slug]
    if not spread:
        return
    if (total := sum(one.entries for one in spread)) != row.entries:
        raise BrokenData(
            COVERAGE, spread[-1].line, f"{total} entries in all, {row.entries} announced"
        )
    known = Counter(f"{e.county[:2]}0000" for e in facts.entries if e.slug == row.slug)
    for one in spread:
        if known.pop(one.province, 0) > one.entries:
            raise BrokenData(COVERAGE, one.line, f"more than {one.entries} entries are known")
    if known:
        raise BrokenData(COVERAGE, spread[-1].line, f"province {min(known)} is missing")
