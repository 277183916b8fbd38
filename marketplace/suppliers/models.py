"""Suppliers and their papers."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.kernel.base import Base, Id, LongText, PersonRef, ShortCode, ShortText, Versioned
from marketplace.kernel.money import ZERO, Money
from marketplace.suppliers.states import (
    HitVerdict,
    LookupResult,
    PaperKind,
    PaperState,
    SupplierKind,
    SupplierState,
)
from marketplace.work.models import append_only


class Supplier(Versioned, Base):
    """One seller and its application; sells only while `queries.may_sell` holds."""

    __tablename__ = "mp_supplier"

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("mp_organisation.id"), unique=True
    )
    kind: Mapped[SupplierKind]
    legal_name: Mapped[ShortText]
    credit_code: Mapped[str] = mapped_column(String(18), unique=True)
    county_code: Mapped[str] = mapped_column(String(6), index=True)  # where it is registered
    address: Mapped[ShortText]
    contact_name: Mapped[ShortText]
    contact_mobile: Mapped[str] = mapped_column(String(11))
    story: Mapped[LongText] = mapped_column(default="")
    is_example: Mapped[bool] = mapped_column(default=False)  # shown as 示例: invented for the demo
    freight_fee: Mapped[Money] = mapped_column(default=ZERO)  # per order, see orders.rules
    free_freight_from: Mapped[Money | None]  # goods of at least this much travel free
    state: Mapped[SupplierState] = mapped_column(default=SupplierState.DRAFT)
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None] = mapped_column(String(64))
    checked_at: Mapped[datetime | None]  # by the first of two persons
    checked_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(String(500))  # the reviewer's reason

    @property
    def supplier_id(self) -> uuid.UUID:
        """The trail asks every subject whose it is."""
        return self.id


class Paper(Versioned, Base):
    """One paper as it was handed in, with its scan; never changed, a correction is a new row."""

    __tablename__ = "mp_paper"

    id: Mapped[Id]
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"), index=True)
    goods_id: Mapped[uuid.UUID | None] = mapped_column(index=True)  # a listing or batch above us
    corrects_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mp_paper.id"), index=True)
    kind: Mapped[PaperKind]
    number: Mapped[ShortText]
    number_key: Mapped[ShortText] = mapped_column(default="")  # as it is compared, see rules.checks
    holder: Mapped[ShortText]
    issuer: Mapped[ShortText]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]  # the last day; None: long-term
    starts_at: Mapped[datetime]  # the same as instants, computed in Asia/Shanghai
    ends_at: Mapped[datetime | None]  # exclusive
    scan_key: Mapped[ShortText]
    scan_name: Mapped[ShortText]
    scan_type: Mapped[ShortText]
    scan_sha256: Mapped[str] = mapped_column(String(64), index=True)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the fields of its kind
    findings: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # rules.findings, kept
    state: Mapped[PaperState] = mapped_column(default=PaperState.PENDING)
    added_at: Mapped[datetime]
    added_by: Mapped[PersonRef]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(String(500))

    supplier: Mapped[Supplier] = relationship(lazy="raise")

    __table_args__ = (
        Index("ix_mp_paper_valid", "supplier_id", "kind", "starts_at", "ends_at"),
        Index("ix_mp_paper_number", "number_key", "kind"),
    )


class ExpiryReminder(Base):
    """A paper was told of, so many days before its end; once, whatever happens to the worker."""

    __tablename__ = "mp_expiry_reminder"

    id: Mapped[Id]
    paper_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_paper.id"))
    days: Mapped[int]  # the notice: 120, 90, 60, 30 or 7 days before the end
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("paper_id", "days"),)


class Lookup(Base):
    """What a reviewer found about a supplier in an outside register, on that day; never changed:
    who looks again writes a new one."""

    __tablename__ = "mp_lookup"

    id: Mapped[Id]
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"))
    register: Mapped[ShortCode]  # slug, see registers.toml
    searched_for: Mapped[ShortText]  # what was typed there
    looked_on: Mapped[date]
    result: Mapped[LookupResult]
    found: Mapped[LongText]  # in the reviewer's words; empty when clean
    shot_key: Mapped[ShortText]
    shot_name: Mapped[ShortText]
    shot_type: Mapped[ShortText]
    shot_sha256: Mapped[str] = mapped_column(String(64))
    again_on: Mapped[date]
    at: Mapped[datetime]
    by: Mapped[PersonRef]

    __table_args__ = (Index("ix_mp_lookup_newest", "supplier_id", "register", "at"),)


class HitDecision(Base):
    """What was decided about a hit, with the reason; once."""

    __tablename__ = "mp_hit_decision"

    id: Mapped[Id]
    lookup_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_lookup.id"), unique=True)
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"))
    verdict: Mapped[HitVerdict]
    note: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]
    by: Mapped[PersonRef]


for _table in (ExpiryReminder, Lookup, HitDecision):
    append_only(_table.__tablename__)
