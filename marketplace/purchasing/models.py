"""Plans, what each person gets, and who the people are."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.base import Base, Id, PersonRef, ShortText, Versioned
from marketplace.kernel.money import Money
from marketplace.purchasing.states import PlanState


class Plan(Versioned, Base):
    """One bulk purchase of one union; every recipient gets the same goods."""

    __tablename__ = "mp_plan"

    id: Mapped[Id]
    union_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_union.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(index=True)
    budget_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_budget.id"), index=True)
    title: Mapped[ShortText]
    per_person: Mapped[Money]  # a ceiling: goods and freight share of one person
    minutes: Mapped[ShortText] = mapped_column(default="")  # 工会委员会会议纪要: number and date
    on_account: Mapped[bool] = mapped_column(default=False)  # paid for once it is accepted
    address_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_address.id"))
    state: Mapped[PlanState] = mapped_column(default=PlanState.DRAFT)
    created_at: Mapped[datetime]
    requested_by: Mapped[PersonRef]
    submitted_at: Mapped[datetime | None]
    submissions: Mapped[int] = mapped_column(default=0)  # how often it was submitted
    reserved: Mapped[Money | None]  # what was submitted for approval
    content_hash: Mapped[str | None] = mapped_column(String(64))  # of lines, people and total
    approved_hash: Mapped[str | None] = mapped_column(String(64))
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(String(500))
    purchase_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mp_purchase.id"), unique=True)


class PlanLine(Base):
    """One good, so many pieces for each person, with content and price of the day it was chosen."""

    __tablename__ = "mp_plan_line"

    id: Mapped[Id]
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_plan.id"), index=True)
    listing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_listing.id"))
    pieces_each: Mapped[int]
    unit_price: Mapped[Money]
    fingerprint: Mapped[str] = mapped_column(String(64))  # the listing's own, stock apart

    __table_args__ = (
        UniqueConstraint("plan_id", "listing_id"),
        CheckConstraint("pieces_each > 0", name="pieces_positive"),
    )


class Recipient(Base):
    """One person of the plan, from the union's list."""

    __tablename__ = "mp_recipient"

    id: Mapped[Id]
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_plan.id"), index=True)
    name: Mapped[ShortText]
    employee_number: Mapped[ShortText] = mapped_column(default="")
    mobile: Mapped[str | None] = mapped_column(String(11))  # None: forgotten
    address: Mapped[ShortText] = mapped_column(default="")

    __table_args__ = (UniqueConstraint("plan_id", "mobile"),)
