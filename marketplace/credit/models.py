"""Grants of credit and their shares, batches of vouchers and their codes; the amounts of credit
stand in the ledger's money book, each share's on accounts of its own."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.credit.states import Funder, GrantState, LimitOf, VoucherState
from marketplace.kernel.base import Base, Id, PersonRef, ShortCode, ShortText, Versioned
from marketplace.kernel.money import ZERO, Money


class CreditGrant(Versioned, Base):
    """A benefit that a union gives its members as credit: so much each, for a time."""

    __tablename__ = "mp_credit_grant"

    id: Mapped[Id]
    union_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_union.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(index=True)  # the union's, for the trail
    budget_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_budget.id"), index=True)
    name: Mapped[ShortText]
    per_person: Mapped[Money]
    total: Mapped[Money]
    people: Mapped[int]
    zone_only: Mapped[bool]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]  # exclusive
    rule: Mapped[ShortCode]  # the card that allowed it
    rule_document: Mapped[ShortText]
    content_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[GrantState] = mapped_column(default=GrantState.PROPOSED, index=True)
    proposed_by: Mapped[PersonRef]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(String(500))
    funded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("per_person > 0 AND total = per_person * people", name="total_adds_up"),
        CheckConstraint("valid_until > valid_from", name="valid_for_some_time"),
    )


class CreditShare(Base):
    """What one person gets of a grant; owner of its accounts in the ledger."""

    __tablename__ = "mp_credit_share"

    id: Mapped[Id]
    grant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_credit_grant.id"), index=True)
    person_id: Mapped[PersonRef]
    name: Mapped[ShortText]
    amount: Mapped[Money]

    __table_args__ = (UniqueConstraint("grant_id", "person_id"),)


class VoucherBatch(Versioned, Base):
    """Codes that each take an amount off one purchase; `used` is kept by a guarded update."""

    __tablename__ = "mp_voucher_batch"

    id: Mapped[Id]
    name: Mapped[ShortText]
    funder: Mapped[Funder]
    face: Mapped[Money]
    min_spend: Mapped[Money]  # goods, of the zone when zone_only
    zone_only: Mapped[bool]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]  # exclusive
    codes: Mapped[int]
    most: Mapped[int]  # uses in all
    most_per_person: Mapped[int]
    most_per_union: Mapped[int | None]
    used: Mapped[int] = mapped_column(default=0)
    state: Mapped[VoucherState] = mapped_column(default=VoucherState.DRAFT)
    made_by: Mapped[PersonRef]
    made_at: Mapped[datetime]
    issued_by: Mapped[str | None] = mapped_column(String(64))
    issued_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (CheckConstraint("used >= 0 AND used <= most", name="used_within_limit"),)


class Voucher(Base):
    """One code, of which only the hash is kept; used by at most one purchase at a time."""

    __tablename__ = "mp_voucher"

    id: Mapped[Id]
    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_voucher_batch.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purchase_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    person_id: Mapped[str | None] = mapped_column(String(64), index=True)
    unions: Mapped[list[str]] = mapped_column(default=list)  # for whose limits it was counted
    amount: Mapped[Money] = mapped_column(default=ZERO)  # what it paid
    returned: Mapped[Money] = mapped_column(default=ZERO)  # of it, what came back
    used_at: Mapped[datetime | None]


class VoucherUse(Base):
    """How often one person, or the members of one union, used codes of a batch."""

    __tablename__ = "mp_voucher_use"

    id: Mapped[Id]
    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_voucher_batch.id"))
    limit_of: Mapped[LimitOf]
    owner: Mapped[str] = mapped_column(String(64))  # a person's id, or a union's
    used: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("batch_id", "limit_of", "owner"),
        CheckConstraint("used >= 0", name="used_not_negative"),
    )
