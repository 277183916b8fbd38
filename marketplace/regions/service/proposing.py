"""Proposing a version of a list: refused whole with every reason, or kept beside the old one."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from catalog_import import CountyRow, CountySheet, Problem, UnreadableFile, read_counties
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Forbidden, Invalid, Refused
from marketplace.kernel.sheets import RowFault
from marketplace.regions import queries
from marketplace.regions.models import DesignationList, ListVersion
from marketplace.regions.rules.comparing import Entry
from marketplace.regions.service.writing import Content, add_version
from marketplace.regions.states import VersionOrigin
from marketplace.work import Work

LONGEST_NAME = 40  # of a county; the longest of all times has 15 characters
OPERATORS = frozenset({Role.MANAGER, Role.SYSTEM})


class ListRefused(Invalid):
    """Nothing of the list was taken; `problems` names every row with its reason."""

    code = "list_refused"

    def __init__(self, problems: tuple[Problem | RowFault, ...]) -> None:
        super().__init__(count=len(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class NewList:
    """A list that was not kept before: a national one, or an organisation's own."""

    name_zh: str
    name_en: str
    owner_id: uuid.UUID | None = None
    owner_name: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is said about a version beside its counties. `provinces`: name or code → how many the
    list has there; needed where fewer counties are given than the list has."""

    source: str
    effective_day: date
    published: date | None = None
    entries: int | None = None  # None: as many as are given
    qualifies: bool | None = None  # None: as the version before; a first one does not
    note: str = ""
    provinces: Mapping[str, int] = field(default_factory=dict)


def add_list(w: Work, new: NewList) -> DesignationList:
    """An empty list; its first version is proposed next, in the same unit. Raises Forbidden,
    Invalid (name)."""
    _operators_only(w)
    for name, text in (("name_zh", new.name_zh), ("name_en", new.name_en)):
        if not 0 < len(text.strip()) <= 200:
            raise Invalid("name", field=name, value=text)
    made = DesignationList(
        slug=_free_slug(w, new.name_en),
        name_zh=new.name_zh.strip(),
        name_en=new.name_en.strip(),
        owner_id=new.owner_id,
        owner_name=new.owner_name,
        numbered=0,
        newest=0,
    )
    w.session.add(made)
    w.session.flush()
    return made


def propose_file(w: Work, slug: str, data: bytes, proposal: Proposal) -> ListVersion:
    """A version from a sheet. Raises ListRefused with every problem, Forbidden, Missing, Invalid
    (beside its field), Refused list_unchanged."""
    _operators_only(w)
    try:
        sheet = read_counties(data)
    except UnreadableFile as fault:
        raise ListRefused((fault.problem,)) from fault
    rows, faults = _placed(w, sheet, proposal)
    if sheet.problems or faults:
        both: list[Problem | RowFault] = [*sheet.problems, *faults]
        raise ListRefused(tuple(sorted(both, key=lambda one: one.row or 0)))
    return _propose(w, slug, rows, proposal, origin=VersionOrigin.FILE, file_sha256=sheet.sha256)


def propose_counties(w: Work, slug: str, text: str, proposal: Proposal) -> ListVersion:
    """A version typed into a page, one county a line (name or code). Raises as `propose_file`."""
    _operators_only(w)
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    rows = [CountyRow(row=n, line=n, county=line) for n, line in lines]
    if not rows:
        raise Invalid("no_counties", field="counties")
    placed, faults = _entries(w, rows, proposal.effective_day, heading="")
    if faults:
        raise ListRefused(tuple(faults))
    return _propose(w, slug, placed, proposal, origin=VersionOrigin.FORM)


def propose_again(w: Work, slug: str, proposal: Proposal) -> ListVersion:
    """The counties of the newest version with other words: another source, a corrected number, or
    that it opens the zone. Raises Forbidden, Missing, Refused list_unchanged, Invalid."""
    _operators_only(w)
    newest = queries.designation_list(w.session, slug).newest
    before = queries.version_numbered(w.session, slug, newest)
    rows = queries.entries(w.session, before.id) if before else ()
    return _propose(w, slug, list(rows), proposal, origin=VersionOrigin.FORM)


def _propose(
    w: Work,
    slug: str,
    rows: list[Entry],
    proposal: Proposal,
    *,
    origin: VersionOrigin,
    file_sha256: str = "",
) -> ListVersion:
    one = queries.designation_list(w.session, slug)
    before = queries.version_numbered(w.session, slug, one.newest)
    content = _content(w, rows, proposal, before)
    if before is not None and before.sha256 == content.fingerprint:
        raise Refused("list_unchanged", number=before.number)
    if proposal.effective_day < local_day(w.now):
        raise Invalid("effective_day_past", field="effective_day", value=proposal.effective_day)
    made = add_version(w, slug, content, origin, effective_day=proposal.effective_day)
    w.record(
        "propose",
        made,
        to_state=made.state,
        list=slug,
        owner=one.owner_id,
        number=made.number,
        source=made.source,
        sha256=made.sha256,
        file_sha256=file_sha256,
        effective_day=made.effective_day,
        qualifies=made.qualifies,
    )
    return made


def _content(w: Work, rows: list[Entry], proposal: Proposal, before: ListVersion | None) -> Content:
    if not proposal.source.strip():
        raise Invalid("source_missing", field="source")
    entries = len(rows) if proposal.entries is None else proposal.entries
    if entries < len(rows):
        raise Invalid("entries_too_few", field="entries", value=entries, known=len(rows))
    qualifies = before.qualifies if before is not None else False
    return Content(
        source=proposal.source.strip(),
        published=proposal.published,
        entries=entries,
        qualifies=qualifies if proposal.qualifies is None else proposal.qualifies,
        note=proposal.note.strip(),
        rows=rows,
        provinces=_provinces(w, rows, entries, proposal.provinces),
    )


def _provinces(w: Work, rows: list[Entry], entries: int, told: Mapping[str, int]) -> dict[str, int]:
    """Province code → how many the list has there; whole, or not told at all. Raises Invalid."""
    named = {word: place.code for place in queries.provinces(w.session)
             for word in (place.code, place.name, place.label_short)}  # fmt: skip
    spread: dict[str, int] = {}
    for word, count in told.items():
        if word not in named:
            raise Invalid("province_unknown", field="provinces", value=word)
        spread[named[word]] = count
    if not spread:
        return {}
    if sum(spread.values()) != entries:
        raise Invalid("provinces_do_not_add_up", field="provinces", value=sum(spread.values()),
                      entries=entries)  # fmt: skip
    for code, known in Counter(f"{row.county[:2]}0000" for row in rows).items():
        if known > spread.get(code, 0):
            place = next(p for p in queries.provinces(w.session) if p.code == code)
            raise Invalid("province_has_more", field="provinces", value=place.name, known=known)
    return spread


def _placed(w: Work, sheet: CountySheet, proposal: Proposal) -> tuple[list[Entry], list[RowFault]]:
    heading = next((h for h, field_ in sheet.headings.items() if field_ == "county"), "")
    return _entries(w, sheet.rows, proposal.effective_day, heading=heading)


def _entries(
    w: Work, rows: tuple[CountyRow, ...] | list[CountyRow], day: date, *, heading: str
) -> tuple[list[Entry], list[RowFault]]:
    """Every county looked up; what cannot be used is told with its row."""
    found: list[Entry] = []
    faults: list[RowFault] = []
    seen: dict[tuple[str, str, str], int] = {}
    for row in rows:
        try:
            entry = _entry(w, row, day)
            if (first := seen.setdefault(entry.place, row.row)) != row.row:
                raise Invalid("county_twice", value=row.county, row=first)
        except Invalid as fault:
            faults.append(RowFault(row.row, heading, row.county, fault))
        else:
            found.append(entry)
    return found, faults


def _entry(w: Work, row: CountyRow, day: date) -> Entry:
    place = queries.the_county(w.session, row.county)
    since = row.valid_from or day
    if row.valid_until and row.valid_until < since:
        raise Invalid("ends_before_start", value=row.valid_until, since=since)
    name = row.listed_name or (place.name if row.county.isascii() else row.county)
    if len(name) > LONGEST_NAME:
        raise Invalid("name", value=name)
    return Entry(
        county=place.code,
        name=name,
        region=row.region[:LONGEST_NAME],
        exit_year=row.exit_year,
        valid_from=since,
        valid_until=row.valid_until,
        note=row.remark,
    )


def _free_slug(w: Work, name: str) -> str:
    """The English name as an address, numbered when another list has it."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:30] or "list"
    taken = set(queries.list_names(w.session))
    tries = (plain, *(f"{plain}-{n}" for n in range(2, len(taken) + 3)))
    return next(slug for slug in tries if slug not in taken)


def _operators_only(w: Work) -> None:
    if not w.actor.roles & OPERATORS:
        raise Forbidden
