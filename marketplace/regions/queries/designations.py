"""What a county is designated as, by which list, and at which instant."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.kernel.base import AT
from marketplace.kernel.clock import local_day
from marketplace.regions.models import Designation, DesignationList, Division, ListVersion
from marketplace.regions.queries.counties import PROVINCE, county
from marketplace.regions.rules.green import USUAL, priority_of


@dataclass(frozen=True, slots=True)
class DesignationFact:
    """One named and dated fact with its source; it can be frozen into a sold line."""

    slug: str
    label: str
    label_en: str
    version: int  # of the list; it is kept as it was
    qualifies: bool  # whether this list opens the zone
    county_code: str
    county_name: str  # as the list names it
    region: str  # empty where the list has no regions
    exit_year: int | None
    source: str
    valid_from: date
    valid_until: date | None  # the last day, in Shanghai
    note: str


def designations_of(
    session: Session, county_code: str, at: datetime
) -> tuple[DesignationFact, ...]:
    """All entries that held for the county at the instant; a merged county has several of a list.

    An older code is followed; one that was split among several counties stands for what the list
    says about that very code. Lists that do not open the zone are among them: see `qualifies`.
    """
    place = county(session, county_code)
    named = (
        Designation.county_code == place.code
        if place
        else Designation.code_as_listed == county_code
    )
    return _facts(session, and_(named, _holds(at)))


def facts_by_county(
    session: Session, codes: Iterable[str], at: datetime
) -> dict[str, tuple[DesignationFact, ...]]:
    """The same for many counties in use at once; each of the codes is answered."""
    wanted = sorted(set(codes))
    found: dict[str, list[DesignationFact]] = {code: [] for code in wanted}
    for fact in _read(session.execute(_FACTS_OF, {"codes": wanted, "at": at})):
        found[fact.county_code].append(fact)
    return {code: tuple(facts) for code, facts in found.items()}


def all_facts(session: Session, at: datetime) -> tuple[DesignationFact, ...]:
    """All entries that held at the instant, in the order in which those of one county are told."""
    return _facts(session, _holds(at))


def lists_by_county(session: Session, at: datetime) -> dict[str, frozenset[str]]:
    """Every county that `designated` holds for at the instant, with all the lists it is on."""
    e = Designation
    rows = session.execute(select(e.county_code, e.list_slug, e.qualifies).where(_holds(at)))
    found: dict[str, set[str]] = {}
    opened = set()
    for code, slug, qualifies in rows:
        found.setdefault(code, set()).add(slug)
        if qualifies:
            opened.add(code)
    return {code: frozenset(slugs) for code, slugs in found.items() if code in opened}


def is_designated(session: Session, county_code: str, at: datetime) -> bool:
    """Whether a list that opens the zone named the county at the instant."""
    return any(fact.qualifies for fact in designations_of(session, county_code, at))


def is_green(session: Session, county_code: str, at: datetime) -> bool:
    """Whether what comes from the county is looked at first, see green_channel.toml."""
    lists = (fact.slug for fact in designations_of(session, county_code, at))
    return priority_of(lists, local_day(at)) < USUAL


def designated(
    county_code: InstrumentedAttribute[str] | ColumnElement[str],
    at: datetime | BindParameter[datetime],
    *,
    lists: Collection[str] | BindParameter[Any] = (),
) -> ColumnElement[bool]:
    """For a `where`: at the instant the column's county is on a list that opens the zone; with
    `lists`, on one of these, whether it opens the zone or not.

    The column must hold the code that `county` or `find_county` answered.
    """
    among = Designation.qualifies.is_(True)
    if isinstance(lists, BindParameter) or lists:
        among = Designation.list_slug.in_(lists)
    # one column by name: with `*` the database would open the table beside its index
    named = select(Designation.county_code).where(Designation.county_code == county_code)
    return named.where(_holds(at), among).exists()


def designated_in_province(session: Session, province: str) -> int:
    """How many counties of the province ever stood on a list that opens the zone; 0 for a name
    unknown."""
    named = or_(Division.name == province, Division.short_name == province)
    code = session.execute(
        select(Division.code).where(
            Division.level == PROVINCE, Division.until_year.is_(None), named
        )
    ).scalar()
    if code is None:
        return 0
    counties = func.count(Designation.county_code.distinct())
    inside = Designation.county_code.startswith(code[:2])
    counted = Designation.holds_from.is_not(None), Designation.qualifies.is_(True)
    return session.execute(select(counties).where(inside, *counted)).scalar_one()


def counties_on(session: Session, slug: str, at: datetime) -> tuple[DesignationFact, ...]:
    """Every entry of the version that was in force at the instant, in its order; also entries
    whose own dates are over."""
    held = and_(ListVersion.starts_at <= at, ListVersion.ends_at > at)
    return _facts(session, and_(Designation.list_slug == slug, held))


def _holds(at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The entry and its version hold; both are written beside the entry."""
    return and_(Designation.holds_from <= at, Designation.holds_until > at)


_FACTS = (
    select(
        Designation.list_slug,
        DesignationList.name_zh,
        DesignationList.name_en,
        ListVersion.number,
        Designation.qualifies,
        Designation.county_code,
        Designation.name_as_listed,
        Designation.region,
        Designation.exit_year,
        ListVersion.source,
        Designation.valid_from,
        Designation.valid_until,
        Designation.note,
    )
    .join(ListVersion, ListVersion.id == Designation.version_id)
    .join(DesignationList, DesignationList.slug == Designation.list_slug)
    .order_by(DesignationList.owner_name, Designation.list_slug, Designation.seq)
)
_FACTS_OF = _FACTS.where(
    Designation.county_code.in_(bindparam("codes", expanding=True)), _holds(AT)
)


def _facts(session: Session, wanted: ColumnElement[bool]) -> tuple[DesignationFact, ...]:
    return _read(session.execute(_FACTS.where(wanted)))


def _read(rows: Iterable[Any]) -> tuple[DesignationFact, ...]:
    return tuple(DesignationFact(*row) for row in rows)
