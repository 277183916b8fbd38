"""Which place is meant: by code of any year, or by a name as people write it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from marketplace.regions.models import Designation, Division
from marketplace.regions.rules import names

PROVINCE, PREFECTURE, COUNTY = 1, 2, 3


@dataclass(frozen=True, slots=True)
class County:
    """A place as it stands today; `level` tells a county (3) from a prefecture or a province."""

    code: str
    name: str
    prefecture: str  # empty: directly under the province
    province: str
    level: int

    @property
    def label_short(self) -> str:
        """ "新疆", "喀什", "伽师"."""
        return names.short_name(self.name)

    @property
    def whole(self) -> str:
        """As a parcel names it: "新疆维吾尔自治区喀什地区伽师县"."""
        return f"{self.province}{self.prefecture}{self.name}"

    @property
    def label(self) -> str:
        """As read by people: "新疆喀什地区 · 伽师县", "重庆 · 城口县", "江苏省"."""
        if self.level == PROVINCE:
            return self.name
        above = "" if self.level == PREFECTURE else self.prefecture
        return f"{names.short_name(self.province)}{above} · {self.name}"


@dataclass(frozen=True, slots=True)
class _Hit:
    """A name that was found: how people called it then, where, and what it is today."""

    name: str
    short: str
    province: str
    prefecture: str
    today: tuple[str, ...]
    in_use: bool


def county(session: Session, code: str) -> County | None:
    """Today's place for a code of any year; None if unknown or split among several."""
    code = code.strip()
    found = _in_use(session, (code,)) or _in_use(session, _today(session, code))
    return found[0] if len(found) == 1 else None


def counties(session: Session, codes: Iterable[str]) -> dict[str, County]:
    """Places in use, by their codes of today; codes that are no longer in use are left out."""
    return {place.code: place for place in _in_use(session, sorted(set(codes)))}


def plain_names(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """Code in use → the full name of the place, or the code where another place bears that name."""
    places = counties(session, codes)
    wanted = {place.name for place in places.values()}
    d, e = Division, Designation
    borne = [
        select(d.name, d.code).where(d.until_year.is_(None), d.name.in_(wanted)),
        select(e.name_as_listed, e.county_code).where(e.name_as_listed.in_(wanted)),
    ]
    bearers: dict[str, set[str]] = {}
    for question in borne:
        for name, code in session.execute(question):
            bearers.setdefault(name, set()).add(code)
    return {
        code: place.name if bearers[place.name] <= {code} else code
        for code, place in places.items()
    }


def provinces(session: Session) -> tuple[County, ...]:
    """The provinces of today, by code."""
    d = Division
    rows = session.execute(
        select(d.code, d.name, d.prefecture, d.province, d.level)
        .where(d.level == PROVINCE, d.until_year.is_(None))
        .order_by(d.code)
    )
    return tuple(County(*row) for row in rows)


def parts(session: Session, code: str) -> tuple[County, ...]:
    """Of a province its prefectures and the counties directly under it, of a prefecture its
    counties, by code; none of a county, of a prefecture without any (东莞市), of what is unknown.
    """
    place = county(session, code) if code else None
    if place is None or place.level == COUNTY:
        return ()
    d = Division
    asked = select(d.code, d.name, d.prefecture, d.province, d.level).where(
        d.until_year.is_(None), d.province == place.province, d.level > place.level
    )
    if place.level == PROVINCE:
        asked = asked.where(d.prefecture == "")
    else:
        asked = asked.where(d.prefecture == place.name)
    return tuple(County(*row) for row in session.execute(asked.order_by(d.code)))


def find_county(session: Session, text: str) -> tuple[County, ...]:
    """The places that a text may mean, by code order; several when it is ambiguous, never a guess.

    A full name in use wins over an older full name and a short one in use, these over the rest.
    """
    wanted = names.tidy(text)
    if wanted.isascii() and wanted.isdigit():
        return _in_use(session, _today(session, wanted))
    if not wanted:
        return ()
    readings = tuple(names.readings(wanted, *_places_above(session)))
    hits = _hits(session, {reading.name for reading in readings})
    tiers: dict[int, set[str]] = {}
    for reading in readings:
        for hit in hits:
            tier = _tier(reading, hit)
            if tier is not None:
                tiers.setdefault(tier, set()).update(hit.today)
    return _in_use(session, tiers[min(tiers)]) if tiers else ()


def _tier(reading: names.Reading, hit: _Hit) -> int | None:
    """How well a found name answers a reading; lower is better, None is not at all."""
    if reading.province not in (None, hit.province):
        return None
    if reading.prefectures and hit.prefecture not in reading.prefectures:
        return None
    if hit.name == reading.name:
        return 0 if hit.in_use else 1
    if hit.short == names.short_name(reading.name) and names.same_kind(reading.name, hit.name):
        return 1 if hit.in_use else 2  # 东乡县 was one county's name and is another's short one
    return None


def _places_above(session: Session) -> tuple[Sequence[str], Sequence[tuple[str, str]]]:
    """All provinces, and all prefectures of all times with their province."""
    rows = session.execute(
        select(Division.level, Division.name, Division.province)
        .where(Division.level < COUNTY)
        .distinct()
        .order_by(Division.name)
    ).all()
    provinces = [row.name for row in rows if row.level == PROVINCE]
    return provinces, [(row.province, row.name) for row in rows if row.level == PREFECTURE]


def _hits(session: Session, wanted: set[str]) -> list[_Hit]:
    """Places that are or were called so, and places that a list calls so."""
    shorts = {names.short_name(name) for name in wanted}
    d = Division
    spans = session.execute(
        select(
            d.name, d.short_name, d.province, d.prefecture, d.today, d.until_year, d.level
        ).where(or_(d.name.in_(wanted), d.short_name.in_(shorts)))
    )
    hits = [
        _Hit(
            name=row.name,
            short=row.short_name,
            province=row.province,
            prefecture=row.name if row.level == PREFECTURE else row.prefecture,
            today=tuple(row.today),
            in_use=row.until_year is None,
        )
        for row in spans
    ]
    return hits + _listed(session, wanted, shorts)


def _listed(session: Session, wanted: set[str], shorts: set[str]) -> list[_Hit]:
    """Names that stand on a list only, such as committees that never had a code."""
    e, d = Designation, Division
    rows = session.execute(
        select(e.name_as_listed, e.short_name, d.province, d.prefecture, d.code)
        .join(d, (d.code == e.county_code) & d.until_year.is_(None))
        .where(
            e.holds_from.is_not(None),  # of a version that was confirmed
            or_(e.name_as_listed.in_(wanted), e.short_name.in_(shorts)),
        )
        .distinct()
    )
    return [
        _Hit(row.name_as_listed, row.short_name, row.province, row.prefecture, (row.code,), False)
        for row in rows
    ]


_TODAY = (
    select(Division.today)
    .where(Division.code == bindparam("code"))
    .order_by(Division.until_year.is_(None).desc(), Division.until_year.desc())
    .limit(1)
)
_IN_USE = (
    select(Division.code, Division.name, Division.prefecture, Division.province, Division.level)
    .where(Division.code.in_(bindparam("codes", expanding=True)), Division.until_year.is_(None))
    .order_by(Division.code)
)


def _today(session: Session, code: str) -> tuple[str, ...]:
    """The codes in use that a code stands for: its own, else those of its last span."""
    last = session.execute(_TODAY, {"code": code}).scalar()
    return tuple(last or ())


def _in_use(session: Session, codes: Iterable[str]) -> tuple[County, ...]:
    return tuple(County(*row) for row in session.execute(_IN_USE, {"codes": tuple(codes)}))
