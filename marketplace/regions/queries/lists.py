"""The lists as they stood at an instant, their versions, and what they can say of a county."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import Missing
from marketplace.regions.models import Coverage, Designation, DesignationList, ListVersion
from marketplace.regions.queries.designations import DesignationFact, designations_of
from marketplace.regions.rules import versions as rules
from marketplace.regions.rules.comparing import Difference, Entry, compare
from marketplace.regions.states import Standing, VersionState


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A list with the version that was in force at the instant asked."""

    slug: str
    name_zh: str
    name_en: str
    owner_id: uuid.UUID | None
    owner_name: str  # empty: a national list
    version: ListVersion
    provinces: Mapping[str, tuple[int, int]]  # province code → (entries, known), where told

    @property
    def source(self) -> str:
        return self.version.source

    @property
    def published(self) -> date | None:
        return self.version.published

    @property
    def entries(self) -> int:
        return self.version.entries

    @property
    def known(self) -> int:
        return self.version.known

    @property
    def qualifies(self) -> bool:
        return self.version.qualifies

    @property
    def complete(self) -> bool:
        """Whether a county that is not here is certainly not on the list."""
        return self.known == self.entries

    @property
    def known_in_part(self) -> dict[str, tuple[int, int]]:
        """The provinces of which entries are missing here."""
        return {code: told for code, told in self.provinces.items() if told[0] != told[1]}

    def is_certain(self, county_code: str) -> bool:
        """Whether silence about this county means that it is not on the list."""
        return rules.is_certain(self.known, self.entries, self.provinces, county_code)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one list says about one county at one instant."""

    about: PublishedList
    facts: tuple[DesignationFact, ...]
    standing: Standing


def lists(session: Session, at: datetime) -> tuple[PublishedList, ...]:
    """All lists in force at the instant, national ones first, by slug."""
    return _in_force(session, at)


def list_in_force(session: Session, slug: str, at: datetime) -> PublishedList:
    """Raises Missing: no such list, or none of its versions was in force."""
    found = _in_force(session, at, DesignationList.slug == slug)
    if not found:
        raise Missing(slug=slug)
    return found[0]


def list_names(session: Session) -> dict[str, tuple[str, str]]:
    """The Chinese and English words of every list that ever was, by slug."""
    rows = session.execute(
        select(DesignationList.slug, DesignationList.name_zh, DesignationList.name_en)
    )
    return {row.slug: (row.name_zh, row.name_en) for row in rows}


def all_lists(session: Session) -> Sequence[DesignationList]:
    """Also those of which nothing is in force yet."""
    by_owner = select(DesignationList).order_by(DesignationList.owner_name, DesignationList.slug)
    return session.scalars(by_owner).all()


def designation_list(session: Session, slug: str) -> DesignationList:
    """Raises Missing."""
    found = session.get(DesignationList, slug, populate_existing=True)
    if found is None:
        raise Missing(slug=slug)
    return found


def version(session: Session, version_id: uuid.UUID) -> ListVersion:
    """Raises Missing."""
    found = session.get(ListVersion, version_id)
    if found is None:
        raise Missing(version_id=version_id)
    return found


def version_numbered(session: Session, slug: str, number: int) -> ListVersion | None:
    wanted = select(ListVersion).where(ListVersion.list_slug == slug, ListVersion.number == number)
    return session.scalar(wanted)


def versions_of(session: Session, slug: str) -> Sequence[ListVersion]:
    """Every version of a list, also proposed and discarded ones, the newest first."""
    return session.scalars(
        select(ListVersion).where(ListVersion.list_slug == slug).order_by(ListVersion.number.desc())
    ).all()


def proposals(session: Session) -> Sequence[ListVersion]:
    """What waits for a second pair of eyes, the oldest first."""
    return session.scalars(
        select(ListVersion)
        .where(ListVersion.state == VersionState.PROPOSED)
        .order_by(ListVersion.proposed_at, ListVersion.list_slug)
    ).all()


def entries(session: Session, version_id: uuid.UUID) -> tuple[Entry, ...]:
    """What stands on a version, in its order."""
    e = Designation
    rows = session.execute(
        select(e.county_code, e.name_as_listed, e.region, e.exit_year, e.valid_from, e.valid_until,
               e.note)
        .where(e.version_id == version_id)
        .order_by(e.seq)
    )  # fmt: skip
    return tuple(Entry(*row) for row in rows)


def coverage(session: Session, version_id: uuid.UUID) -> dict[str, tuple[int, int]]:
    """Province code → (entries, known), where it is told."""
    rows = session.execute(
        select(Coverage.province, Coverage.entries, Coverage.known)
        .where(Coverage.version_id == version_id)
        .order_by(Coverage.province)
    )
    return {row.province: (row.entries, row.known) for row in rows}


def difference(session: Session, of: ListVersion) -> Difference:
    """What a version changes beside the one it was compared with; against nothing, all is added."""
    before = version_numbered(session, of.list_slug, of.based_on)
    return compare(entries(session, before.id) if before else (), entries(session, of.id))


def standings(session: Session, county_code: str, at: datetime) -> tuple[Answer, ...]:
    """What every list in force says about the county (today's code): on, not on, or unknown."""
    facts = designations_of(session, county_code, at)
    return tuple(answer(one, county_code, facts) for one in lists(session, at))


def undetermined(session: Session, county_code: str, at: datetime) -> tuple[PublishedList, ...]:
    """The lists that may have the county, without it being known here."""
    found = standings(session, county_code, at)
    return tuple(one.about for one in found if one.standing is Standing.UNKNOWN)


def answer(one: PublishedList, county_code: str, facts: Sequence[DesignationFact]) -> Answer:
    """`facts` are all entries of the county that hold."""
    own = tuple(fact for fact in facts if fact.slug == one.slug)
    if own:
        return Answer(one, own, Standing.ON)
    silent = Standing.NOT_ON if one.is_certain(county_code) else Standing.UNKNOWN
    return Answer(one, (), silent)


def _in_force(
    session: Session, at: datetime, *wanted: ColumnElement[bool]
) -> tuple[PublishedList, ...]:
    of, v = DesignationList, ListVersion
    rows = session.execute(
        select(of, v)
        .join(v, and_(v.list_slug == of.slug, v.starts_at <= at, v.ends_at > at))
        .where(v.state == VersionState.CONFIRMED, *wanted)
        .order_by(of.owner_name, of.slug)
    ).all()
    told = _coverages(session, [held.id for _one, held in rows])
    return tuple(_published(one, held, told.get(held.id, {})) for one, held in rows)


def _published(
    one: DesignationList, held: ListVersion, provinces: dict[str, tuple[int, int]]
) -> PublishedList:
    return PublishedList(
        slug=one.slug,
        name_zh=one.name_zh,
        name_en=one.name_en,
        owner_id=one.owner_id,
        owner_name=one.owner_name,
        version=held,
        provinces=provinces,
    )


def _coverages(
    session: Session, version_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, dict[str, tuple[int, int]]]:
    rows = session.scalars(
        select(Coverage).where(Coverage.version_id.in_(version_ids)).order_by(Coverage.province)
    )
    found: dict[uuid.UUID, dict[str, tuple[int, int]]] = {}
    for row in rows:
        found.setdefault(row.version_id, {})[row.province] = (row.entries, row.known)
    return found
