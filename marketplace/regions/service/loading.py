"""Loading the facts: all three tables are checked together, then replace what stood before."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

from sqlalchemy import delete, insert

from marketplace.regions.models import Designation, DesignationList, Division
from marketplace.regions.rules.names import short_name
from marketplace.regions.rules.successions import codes_today
from marketplace.regions.rules.tables import (
    BrokenData,
    DesignationRow,
    DivisionRow,
    ListRow,
    designation,
    division,
    published_list,
    read,
)
from marketplace.work import Work

DIVISIONS, LISTS, DESIGNATIONS = "divisions.csv", "lists.csv", "designations.csv"


class Loaded(NamedTuple):
    """How many rows stand in the tables now."""

    divisions: int
    lists: int
    designations: int


def load_facts(w: Work, folder: Traversable | None = None) -> Loaded:
    """Put the packaged facts, or those of `folder`, in place; the same again changes nothing.

    Raises BrokenData with file, line and reason before anything is written.
    """
    place = folder or files("marketplace.regions").joinpath("data")
    divisions = read(DIVISIONS, place.joinpath(DIVISIONS).read_bytes(), division)
    lists = read(LISTS, place.joinpath(LISTS).read_bytes(), published_list)
    entries = read(DESIGNATIONS, place.joinpath(DESIGNATIONS).read_bytes(), designation)
    _check_divisions(divisions)
    _check_designations(entries, divisions, lists)
    _check_lists(lists, entries)
    for table in (Designation, DesignationList, Division):
        w.session.execute(delete(table))
    _write(w, divisions, lists, entries)
    w.session.expire_all()  # what was read before may say something else now
    return Loaded(len(divisions), len(lists), len(entries))


def _write(
    w: Work,
    divisions: list[DivisionRow],
    lists: list[ListRow],
    entries: list[DesignationRow],
) -> None:
    today = codes_today(divisions)
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
            for row in divisions
        ],
    )
    w.session.execute(insert(DesignationList), [row._asdict() for row in lists])
    w.session.execute(insert(Designation), [_entry(row) for row in entries])


def _entry(row: DesignationRow) -> dict[str, object]:
    return {
        "list_slug": row.slug,
        "seq": row.seq,
        "county_code": row.county,
        "code_as_listed": row.listed_code,
        "name_as_listed": row.listed_name,
        "short_name": short_name(row.listed_name),
        "region": row.region,
        "exit_year": row.exit_year,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "note": row.note,
    }


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


def _check_designations(
    entries: list[DesignationRow], divisions: list[DivisionRow], lists: list[ListRow]
) -> None:
    counties = {row.code for row in divisions if row.until is None and row.level == 3}
    slugs = {row.slug for row in lists}
    seen: set[tuple[str, int]] = set()
    for row in entries:
        if row.slug not in slugs:
            raise BrokenData(DESIGNATIONS, row.line, f"unknown list {row.slug}")
        if row.county not in counties:
            raise BrokenData(DESIGNATIONS, row.line, f"{row.county} is no county in use")
        if (row.slug, row.seq) in seen:
            raise BrokenData(DESIGNATIONS, row.line, f"number {row.seq} stands twice")
        seen.add((row.slug, row.seq))


def _check_lists(lists: list[ListRow], entries: list[DesignationRow]) -> None:
    slugs: set[str] = set()
    for line, row in enumerate(lists, start=2):
        found = sum(entry.slug == row.slug for entry in entries)
        if row.slug in slugs:
            raise BrokenData(LISTS, line, f"list {row.slug} stands twice")
        if found != row.known:
            raise BrokenData(LISTS, line, f"{found} entries found, {row.known} announced")
        slugs.add(row.slug)
