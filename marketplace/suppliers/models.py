"""Suppliers and their papers."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.kernel.base import Base, Id, LongText, PersonRef, ShortCode, ShortText, Versioned
from marketplace.kernel.money import ZERO, Money
from marketplace.suppliers.rules.freight import Tariff, tariff_of
from marketplace.suppliers.states import (
    AccountState,
    DeclarationState,
    EntityChangeState,
    GrowerKind,
    GrowerLink,
    HitVerdict,
    LookupResult,
    PaperKind,
    PaperState,
    SupplierKind,
    SupplierState,
    WaiverState,
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
    # a draft may know no more than kind and name: the code is None, texts are empty
    credit_code: Mapped[str | None] = mapped_column(String(18), unique=True)
    county_code: Mapped[str] = mapped_column(String(6), index=True, default="")  # of registration
    address: Mapped[ShortText] = mapped_column(default="")
    contact_name: Mapped[ShortText] = mapped_column(default="")
    contact_mobile: Mapped[str] = mapped_column(String(11), default="")
    story: Mapped[LongText] = mapped_column(default="")
    is_example: Mapped[bool] = mapped_column(default=False)  # shown as 示例: invented for the demo
    freight_fee: Mapped[Money] = mapped_column(default=ZERO)  # per order; with the next two: tariff
    free_freight_from: Mapped[Money | None]  # goods of at least this much travel free
    freight_rules: Mapped[dict[str, Any]] = mapped_column(default=dict)  # see rules.freight
    saved: Mapped[list[str]] = mapped_column(default=list)  # steps of the application
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

    @property
    def tariff(self) -> Tariff:
        """What it asks for sending goods, today."""
        return tariff_of(self.freight_fee, self.free_freight_from, self.freight_rules)


class FreightTariff(Base):
    """What a supplier asked for sending goods from an instant on; never changed."""

    __tablename__ = "mp_freight_tariff"

    id: Mapped[Id]
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"))
    version: Mapped[int]
    base: Mapped[Money]
    free_from: Mapped[Money | None]
    rules: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    by: Mapped[PersonRef]

    __table_args__ = (UniqueConstraint("supplier_id", "version"),)


def preview_of(scan_key: str) -> str:
    """Where the small picture of a scan lies."""
    return f"{scan_key}-preview"


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
    has_preview: Mapped[bool] = mapped_column(default=False)  # beside the scan, see adapters.scans
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the fields of its kind
    findings: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # rules.findings, kept
    state: Mapped[PaperState] = mapped_column(default=PaperState.PENDING)
    added_at: Mapped[datetime]
    added_by: Mapped[PersonRef]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(String(500))

    supplier: Mapped[Supplier] = relationship(lazy="raise")

    @property
    def preview_key(self) -> str:
        """Where the small picture lies, if there is one."""
        return preview_of(self.scan_key)

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


for _table in (ExpiryReminder, FreightTariff, Lookup, HitDecision):
    append_only(_table.__tablename__)


class Grower(Base):
    """One grower for whom a trading firm sells; when that ends, so does the row, for the record."""

    __tablename__ = "mp_grower"

    id: Mapped[Id]
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"), index=True)
    name: Mapped[ShortText]
    kind: Mapped[GrowerKind]
    credit_code: Mapped[str | None] = mapped_column(String(18))  # farmers have none
    county_code: Mapped[str] = mapped_column(String(6))  # where it grows
    link: Mapped[GrowerLink]
    agreement: Mapped[ShortText]  # number and day of the agreement
    added_at: Mapped[datetime]
    added_by: Mapped[PersonRef]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(64))


def _one_at_a_time(table: str, state: str) -> Index:
    """At most one row of a supplier in this state."""
    only = text(f"state = '{state}'")
    name = f"uq_{table}_{state}"
    return Index(name, "supplier_id", unique=True, sqlite_where=only, postgresql_where=only)


class EntityChange(Versioned, Base):
    """What a supplier that was let in wants to be called and registered as from now on; its old
    facts stand until a reviewer has approved."""

    __tablename__ = "mp_entity_change"

    id: Mapped[Id]
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"), index=True)
    kind: Mapped[SupplierKind]
    legal_name: Mapped[ShortText]
    credit_code: Mapped[str] = mapped_column(String(18))
    county_code: Mapped[str] = mapped_column(String(6))
    before: Mapped[dict[str, Any]]  # the same four as they stood
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[EntityChangeState] = mapped_column(default=EntityChangeState.PROPOSED)
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[PersonRef]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (_one_at_a_time("mp_entity_change", EntityChangeState.PROPOSED.value),)


class BankAccount(Versioned, Base):
    """One account that a supplier wants to be paid to; the one that is confirmed is paid to."""

    __tablename__ = "mp_bank_account"

    id: Mapped[Id]
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"), index=True)
    holder: Mapped[ShortText]  # the legal name when it was handed in
    bank: Mapped[ShortText]
    branch: Mapped[ShortText]
    number: Mapped[str] = mapped_column(String(34), index=True)  # pages show its last four digits
    salt: Mapped[str] = mapped_column(String(32))  # of the sum that the trail keeps of the number
    paper_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_paper.id"))
    told_mobile: Mapped[str] = mapped_column(String(11))  # the contact who hears of a later change
    proved: Mapped[bool]  # whether the password was asked for again
    state: Mapped[AccountState] = mapped_column(default=AccountState.PROPOSED)
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[PersonRef]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    paid_from: Mapped[datetime | None]  # payouts to it are paused until then
    note: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        _one_at_a_time("mp_bank_account", AccountState.PROPOSED.value),
        _one_at_a_time("mp_bank_account", AccountState.CONFIRMED.value),
    )


class Waiver(Versioned, Base):
    """A requirement that need not be met, on the record: two reviewers, a reason, an end."""

    __tablename__ = "mp_waiver"

    id: Mapped[Id]
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"), index=True)
    goods_id: Mapped[uuid.UUID | None]  # one listing; None: whatever the supplier sells
    requirement: Mapped[ShortCode]  # its slug
    reason: Mapped[str] = mapped_column(String(500))
    evidence: Mapped[ShortText] = mapped_column(default="")  # e.g. the number of the reply
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]  # exclusive
    state: Mapped[WaiverState] = mapped_column(default=WaiverState.PROPOSED)
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[PersonRef]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(String(500))


class Declaration(Versioned, Base):
    """Answers to one structured declaration; a correction is a new row, the last counts."""

    __tablename__ = "mp_declaration"

    id: Mapped[Id]
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"), index=True)
    name: Mapped[ShortCode]
    number: Mapped[int]  # the first declaration of this name is 1
    edition: Mapped[int]  # of the questions
    answers: Mapped[dict[str, Any]]  # question → as rules.kept writes it
    state: Mapped[DeclarationState]
    made_at: Mapped[datetime]
    made_by: Mapped[PersonRef]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (UniqueConstraint("supplier_id", "name", "number"),)


class Profile(Base):
    """What goods of one make, or one listing with its own papers, must show; see docs/gate.md."""

    __tablename__ = "mp_profile"

    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    slugs: Mapped[list[str]]
    goods_id: Mapped[uuid.UUID | None]
    scheme: Mapped[str] = mapped_column(String(16))  # the digest of the data it was reckoned with


class Standing(Base):
    """A span of time in which everything that a profile asks for is met."""

    __tablename__ = "mp_standing"

    supplier_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime | None]  # exclusive

    __table_args__ = (
        ForeignKeyConstraint(["supplier_id", "key"], ["mp_profile.supplier_id", "mp_profile.key"]),
    )
