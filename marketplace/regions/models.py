"""Tables of places: code spans, published lists, counties on lists, villages."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.base import Base, Id, LongText, ShortCode, ShortText


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
    """One published list of counties; its names are the words shown to people."""

    __tablename__ = "mp_designation_list"

    slug: Mapped[ShortCode] = mapped_column(primary_key=True)
    name_zh: Mapped[ShortText]
    name_en: Mapped[ShortText]
    source: Mapped[LongText]
    published: Mapped[date | None]  # None: the day is not confirmed
    entries: Mapped[int]  # how many the list has
    known: Mapped[int]  # how many of them we know
    note: Mapped[LongText]

    @property
    def complete(self) -> bool:
        """Whether a county that is not here is certainly not on the list."""
        return self.known == self.entries


class Designation(Base):
    """One county on one list, as the list names it, keyed by today's code."""

    __tablename__ = "mp_designation"

    list_slug: Mapped[str] = mapped_column(ForeignKey("mp_designation_list.slug"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    county_code: Mapped[str] = mapped_column(String(6), index=True)
    code_as_listed: Mapped[str | None] = mapped_column(String(6))
    name_as_listed: Mapped[str] = mapped_column(String(40), index=True)
    short_name: Mapped[str] = mapped_column(String(40), index=True)
    region: Mapped[str] = mapped_column(String(40))  # empty where the list has no regions
    exit_year: Mapped[int | None]  # left poverty; the designation goes on
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]  # the last day, in Shanghai; None: no end known
    note: Mapped[ShortText]


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
