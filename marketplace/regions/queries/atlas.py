"""What is true of all designated counties at an instant, kept while it stays true."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.kernel.errors import Missing
from marketplace.regions.models import Designation, FactsFile, ListVersion
from marketplace.regions.queries.counties import County, counties, provinces
from marketplace.regions.queries.designations import DesignationFact, all_facts, facts_by_county
from marketplace.regions.queries.lists import PublishedList, answer, lists
from marketplace.regions.states import Standing
from marketplace.work.kept import Dated, Kept, is_kept, newest


@dataclass(frozen=True, slots=True)
class Atlas:
    """Lists, provinces, and by code of today every county that stands on any list: the place, its
    entries that hold, and the slugs of its lists if one of these opens the zone."""

    lists: tuple[PublishedList, ...]
    provinces: tuple[County, ...]
    places: Mapping[str, County]
    facts: Mapping[str, tuple[DesignationFact, ...]]
    on_lists: Mapping[str, frozenset[str]]

    def list_named(self, slug: str) -> PublishedList:
        """Raises Missing: no such list, or none of its versions is in force."""
        for one in self.lists:
            if one.slug == slug:
                return one
        raise Missing(slug=slug)

    def undetermined(self, county_code: str) -> tuple[PublishedList, ...]:
        """The lists that may have the county (today's code), without it being known here."""
        facts = self.facts.get(county_code, ())
        told = (answer(one, county_code, facts) for one in self.lists)
        return tuple(one.about for one in told if one.standing is Standing.UNKNOWN)


def ask_atlas(session: Session, at: datetime) -> Dated[Atlas]:
    """Asked anew, with how long it holds."""
    facts: dict[str, list[DesignationFact]] = {}
    for fact in all_facts(session, at):
        facts.setdefault(fact.county_code, []).append(fact)
    found = Atlas(
        lists(session, at),
        provinces(session),
        counties(session, facts),
        {code: tuple(of) for code, of in facts.items()},
        {
            code: frozenset(fact.slug for fact in of)
            for code, of in facts.items()
            if any(fact.qualifies for fact in of)
        },
    )
    return Dated(found, at, min(_turns(session, at), default=None))


def _turns(session: Session, at: datetime) -> Iterator[datetime]:
    """The next instants at which an entry or a version begins or ends to hold."""
    for bound in (
        Designation.holds_from, Designation.holds_until, ListVersion.starts_at, ListVersion.ends_at,
    ):  # fmt: skip  # all bounds there are
        if (turn := _next(session, bound, at)) is not None:
            yield turn


def _next(
    session: Session, bound: InstrumentedAttribute[datetime | None], at: datetime
) -> datetime | None:
    return session.scalar(select(func.min(bound)).where(bound > at))


ATLAS_MARKS = (newest(ListVersion), select(func.max(FactsFile.loaded_at)).scalar_subquery())
atlas = Kept(ask_atlas, *ATLAS_MARKS)


def of_counties(
    session: Session, codes: Collection[str], at: datetime
) -> tuple[Mapping[str, County], Mapping[str, tuple[DesignationFact, ...]]]:
    """Places in use and the entries that hold, by code of today, at least of those asked for."""
    if is_kept(session):
        known = atlas(session, at)
        if known.facts.keys() >= set(codes):
            return known.places, known.facts
    places = counties(session, codes)
    return places, facts_by_county(session, places, at)
