"""Unions, members and budgets; the amounts of a budget stand in the ledger's budget book."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.base import Base, Id, ShortCode, ShortText
from marketplace.kernel.funds import FundSource


class Union(Base):
    """A trade union committee; its invoice title is its own name and 81… code."""

    __tablename__ = "mp_union"

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("mp_organisation.id"), unique=True
    )
    name: Mapped[ShortText]
    credit_code: Mapped[str] = mapped_column(String(18), unique=True)
    created_at: Mapped[datetime]


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
