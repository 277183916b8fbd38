"""Tables of places: code spans, lists in versions, counties on them, villages."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.base import Base, Id, LongText, PersonRef, ShortCode, ShortText, Versioned
from marketplace.regions.states import VersionOrigin, VersionState

VersionId = Annotated[uuid.UUID, mapped_column(ForeignKey("mp_list_version.id"))]


class Division(Base):
    """One life span of one GB/T 2260 code: a county, prefecture or province under one name."""

    __tablename__ = "mp_division"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # line of the table
    code: Mapped[str] = mapped_column(String(6), index=True)
    level: Mapped[int]  # 1 province, 2 prefecture, 3 county
    name: Mapped[str] = mapped_column(String(40), index=True)
    short_name: Mapped[str] = mapped_column(String(40), index=True)
    province: Mapped[str] = mapped_column(String(40))
    prefecture: Mapped[str] = mapped_column(String(40))  # empty: directly under the province
    since_year: Mapped[int | None]  # None: not known
    until_year: Mapped[int | None]  # None: in use
    successors: Mapped[list[str]]  # as published: the codes that took over at the end
    today: Mapped[list[str]]  # followed to codes in use; several when it was split, none if unknown
    note: Mapped[ShortText]

    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 3", name="level_known"),)


class DesignationList(Base):
    """One list of counties, national or an organisation's own; its names are the words shown.

    What stands on it, since when and how much of it is known, its versions say.
    """

    __tablename__ = "mp_designation_list"

    slug: Mapped[ShortCode] = mapped_column(primary_key=True)
    name_zh: Mapped[ShortText]
    name_en: Mapped[ShortText]
    owner_id: Mapped[uuid.UUID | None]  # the organisation whose own list it is
    owner_name: Mapped[ShortText]  # empty: a national list
    numbered: Mapped[int]  # the number of the last version that was made
    newest: Mapped[int]  # the number of the last version that was confirmed; 0: none


class ListVersion(Versioned, Base):
    """One state of one list, never changed once confirmed: in force from `starts_at` to `ends_at`.

    A list that is corrected, prolonged, or begins to open the zone gets a new version.
    """

    __tablename__ = "mp_list_version"

    id: Mapped[Id]
    list_slug: Mapped[str] = mapped_column(ForeignKey("mp_designation_list.slug"))
    number: Mapped[int]
    state: Mapped[VersionState]
    origin: Mapped[VersionOrigin]
    source: Mapped[LongText]  # the document that says so
    published: Mapped[date | None]  # None: the day is not confirmed
    entries: Mapped[int]  # how many the list has
    known: Mapped[int]  # how many of them we know
    qualifies: Mapped[bool]  # whether a county on it opens the zone to its goods
    note: Mapped[LongText]
    sha256: Mapped[str] = mapped_column(String(64))  # of what it says, not of the file's form
    based_on: Mapped[int]  # the version it was compared with when it was proposed
    effective_day: Mapped[date]
    starts_at: Mapped[datetime | None]  # set when confirmed
    ends_at: Mapped[datetime | None]  # exclusive; set when confirmed, moved by the next version
    proposed_by: Mapped[PersonRef]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("list_slug", "number"),
        CheckConstraint("known <= entries", name="known_within_entries"),
    )


class Coverage(Base):
    """How many counties of one province a version has, and how many of them are known here."""

    __tablename__ = "mp_list_coverage"

    version_id: Mapped[VersionId] = mapped_column(primary_key=True)
    province: Mapped[str] = mapped_column(String(6), primary_key=True)  # "620000"
    entries: Mapped[int]
    known: Mapped[int]


class Designation(Base):
    """One county on one version of a list, as the list names it, keyed by today's code.

    `holds_from` and `holds_until` (exclusive) are the instants in which version and entry both
    hold; the predicate of every page asks them alone. None: the version is not confirmed.
    """

    __tablename__ = "mp_designation"

    version_id: Mapped[VersionId] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    list_slug: Mapped[str] = mapped_column(ForeignKey("mp_designation_list.slug"))
    county_code: Mapped[str] = mapped_column(String(6))
    code_as_listed: Mapped[str | None] = mapped_column(String(6))
    name_as_listed: Mapped[str] = mapped_column(String(40), index=True)
    short_name: Mapped[str] = mapped_column(String(40), index=True)
    region: Mapped[str] = mapped_column(String(40))  # empty where the list has no regions
    exit_year: Mapped[int | None]  # left poverty; the designation goes on
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]  # the last day, in Shanghai; None: no end known
    note: Mapped[ShortText]
    qualifies: Mapped[bool]
    holds_from: Mapped[datetime | None]
    holds_until: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_mp_designation_county",
            "county_code", "list_slug", "qualifies", "holds_from", "holds_until",
        ),
        Index("ix_mp_designation_list", "list_slug", "version_id"),
    )  # fmt: skip


class FactsFile(Base):
    """A packaged file of facts as it was last taken in: an unchanged one is not read again."""

    __tablename__ = "mp_facts_file"

    name: Mapped[ShortCode] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[datetime]


class Village(Base):
    """A village that goods come from; demonstration villages say so."""

    __tablename__ = "mp_village"

    id: Mapped[Id]
    county_code: Mapped[str] = mapped_column(String(6), index=True)
    name: Mapped[ShortText]
    households: Mapped[int | None]  # None: not told
    story: Mapped[LongText]
    craft: Mapped[ShortText]
    is_example: Mapped[bool]

    __table_args__ = (CheckConstraint("households > 0", name="households_positive"),)
