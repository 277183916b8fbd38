"""What a county is designated as, by which list, and on which day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.kernel.clock import local_day
from marketplace.regions.models import Designation, DesignationList, Division
from marketplace.regions.queries.counties import PROVINCE, county


@dataclass(frozen=True, slots=True)
class DesignationFact:
    """One named and dated fact with its source; it can be frozen into a sold line."""

    slug: str
    label: str
    label_en: str
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
    says about that very code.
    """
    place = county(session, county_code)
    named = (
        Designation.county_code == place.code
        if place
        else Designation.code_as_listed == county_code
    )
    return _facts(session, and_(named, _holds(at)))


def is_designated(session: Session, county_code: str, at: datetime) -> bool:
    """Whether any list named the county at the instant."""
    return bool(designations_of(session, county_code, at))


def designated(
    county_code: InstrumentedAttribute[str] | ColumnElement[str],
    at: datetime,
    *,
    lists: Collection[str] = (),
) -> ColumnElement[bool]:
    """For a `where`: the column's county is on a list (of `lists`, if given) at the instant.

    The column must hold the code that `county` or `find_county` answered.
    """
    among = [Designation.list_slug.in_(lists)] if lists else []
    return exists().where(Designation.county_code == county_code, _holds(at), *among)


def designated_in_province(session: Session, province: str) -> int:
    """How many counties of the province stand on any list of any time; 0 for a name unknown."""
    named = (Division.name == province) | (Division.short_name == province)
    code = session.execute(
        select(Division.code).where(
            Division.level == PROVINCE, Division.until_year.is_(None), named
        )
    ).scalar()
    if code is None:
        return 0
    counties = func.count(Designation.county_code.distinct())
    inside = Designation.county_code.startswith(code[:2])
    return session.execute(select(counties).where(inside)).scalar_one()


def counties_on(session: Session, slug: str) -> tuple[DesignationFact, ...]:
    """Every entry of a list, in its order."""
    return _facts(session, Designation.list_slug == slug)


def lists(session: Session) -> Sequence[DesignationList]:
    """All lists; look at `complete` before saying that a county is not on one."""
    return session.scalars(select(DesignationList).order_by(DesignationList.slug)).all()


def _holds(at: datetime) -> ColumnElement[bool]:
    day = local_day(at)
    until = Designation.valid_until
    return and_(Designation.valid_from <= day, or_(until.is_(None), until >= day))


def _facts(session: Session, wanted: ColumnElement[bool]) -> tuple[DesignationFact, ...]:
    e, of = Designation, DesignationList
    rows = session.execute(
        select(
            e.list_slug,
            of.name_zh,
            of.name_en,
            e.county_code,
            e.name_as_listed,
            e.region,
            e.exit_year,
            of.source,
            e.valid_from,
            e.valid_until,
            e.note,
        )
        .join(of, of.slug == e.list_slug)
        .where(wanted)
        .order_by(e.list_slug, e.seq)
    )
    return tuple(DesignationFact(*row) for row in rows)
