"""Claims and the lines of them."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.claims.states import ClaimKind, ClaimState
from marketplace.kernel.base import Base, Id, PersonRef, ShortCode, ShortText, Versioned
from marketplace.kernel.money import ZERO, Money
from marketplace.orders.models import Order, OrderLine
from marketplace.work.models import append_only

_WAITING = "state NOT IN ('granted', 'closed')"


class Claim(Versioned, Base):
    """What a buyer wants back of one order, and what became of it; one at a time."""

    __tablename__ = "mp_claim"

    id: Mapped[Id]
    number: Mapped[ShortCode] = mapped_column(unique=True)
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_order.id"), index=True)
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"), index=True)
    kind: Mapped[ClaimKind]
    state: Mapped[ClaimState]
    reason: Mapped[str] = mapped_column(String(500))  # the buyer's words
    wanted: Mapped[Money]  # of all lines
    offered: Mapped[Money | None]  # by the supplier; zero: nothing
    granted: Mapped[Money] = mapped_column(default=ZERO)
    answer: Mapped[str] = mapped_column(String(500), default="")  # the supplier's words
    objection: Mapped[str] = mapped_column(String(500), default="")  # the buyer's to the offer
    decision: Mapped[str] = mapped_column(String(500), default="")  # the operator's
    carrier: Mapped[ShortText] = mapped_column(default="")  # of what is sent back
    tracking_number: Mapped[ShortText] = mapped_column(default="")
    refund_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mp_refund.id"), unique=True)
    opened_at: Mapped[datetime]
    opened_by: Mapped[PersonRef]
    due_at: Mapped[datetime | None] = mapped_column(index=True)  # until then somebody is to act
    ended_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("wanted > 0", name="wanted_positive"),
        CheckConstraint("granted >= 0 AND granted <= wanted", name="granted_at_most_wanted"),
        CheckConstraint("offered >= 0 AND offered <= wanted", name="offered_at_most_wanted"),
        Index(
            "uq_mp_claim_waiting",
            "order_id",
            unique=True,
            sqlite_where=text(_WAITING),
            postgresql_where=text(_WAITING),
        ),
    )


class ClaimLine(Base):
    """What is wanted back of one line; frozen. `pieces` are to be sent back, will not be sent,
    or were recalled, by the kind of the claim."""

    __tablename__ = "mp_claim_line"

    id: Mapped[Id]
    claim_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_claim.id"), index=True)
    order_line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_order_line.id"), index=True)
    pieces: Mapped[int]
    amount: Mapped[Money]

    line: Mapped[OrderLine] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("claim_id", "order_line_id"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("pieces >= 0", name="pieces_not_negative"),
    )


append_only(ClaimLine.__tablename__)
