"""Unions, members and budgets; the amounts of a budget stand in the ledger's budget book."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.base import Base, Id, ShortCode, ShortText, Versioned
from marketplace.kernel.funds import FundSource
from marketplace.unions.rules import BEGINNING
from marketplace.unions.states import MatchState


class Union(Base):
    """A trade union committee, or an administration or canteen that buys as one; its invoice title
    is its own name and code, a union's begins with 81."""

    __tablename__ = "mp_union"

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("mp_organisation.id"), unique=True
    )
    name: Mapped[ShortText]
    credit_code: Mapped[str] = mapped_column(String(18), unique=True)
    created_at: Mapped[datetime]

    @property
    def is_union(self) -> bool:
        """Whether it is a trade union; dues and credit are a union's alone."""
        return self.credit_code.startswith(BEGINNING)


class UnionMember(Base):
    """Somebody whom the union buys for; may have no account with us."""

    __tablename__ = "mp_union_member"

    id: Mapped[Id]
    union_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_union.id"), index=True)
    name: Mapped[ShortText]
    employee_number: Mapped[ShortCode]
    mobile: Mapped[str] = mapped_column(String(11))
    left_on: Mapped[date | None]

    __table_args__ = (UniqueConstraint("union_id", "employee_number"),)


class MemberAccount(Versioned, Base):
    """What an officer of the union decided: whether this account is that member's own."""

    __tablename__ = "mp_member_account"

    id: Mapped[Id]
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_union_member.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_person.id"), index=True)
    organisation_id: Mapped[uuid.UUID]  # the union's, for the trail
    state: Mapped[MatchState] = mapped_column(default=MatchState.WAITING)
    decided_by: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime]
    note: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        UniqueConstraint("member_id", "person_id"),
        Index(  # one account each
            "uq_mp_member_account_own",
            "member_id",
            unique=True,
            sqlite_where=text("state = 'confirmed'"),
            postgresql_where=text("state = 'confirmed'"),
        ),
    )


class Budget(Base):
    """Money set aside by a union for a purpose and a year, from one source of funds."""

    __tablename__ = "mp_budget"

    id: Mapped[Id]
    union_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_union.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(index=True)  # the union's, for the trail
    name: Mapped[ShortText]
    year: Mapped[int]
    source: Mapped[FundSource]
    document: Mapped[ShortText]  # the decision that granted it
    payer: Mapped[ShortText]  # in whose name its transfers come: the union itself, or another one
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(64))
