"""Payments and refunds."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.base import Base, Id, PersonRef
from marketplace.kernel.money import ZERO, Money
from marketplace.payments.states import PaymentState, RefundState


class Tender(StrEnum):
    CARD = "card"
    TRANSFER = "transfer"


class Payment(Base):
    """The money of one purchase; `reference` is what the payer writes on a bank transfer."""

    __tablename__ = "mp_payment"

    id: Mapped[Id]
    purchase_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    payer_id: Mapped[PersonRef]  # who bought; never the one who confirms
    tender: Mapped[Tender]
    amount: Mapped[Money]  # what is still asked; shrinks when an unpaid order is cancelled
    refunded: Mapped[Money] = mapped_column(default=ZERO)  # all refunds, also those to send
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    provider_ref: Mapped[str | None] = mapped_column(String(100), unique=True)
    state: Mapped[PaymentState] = mapped_column(default=PaymentState.AWAITING)
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("refunded >= 0 AND refunded <= amount", name="refunded_at_most_paid"),
    )


class Refund(Base):
    """Money of one cancelled order on its way back; at most one per order."""

    __tablename__ = "mp_refund"

    id: Mapped[Id]
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_payment.id"), index=True)
    order_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    amount: Mapped[Money]
    provider_ref: Mapped[str | None] = mapped_column(String(100), unique=True)
    state: Mapped[RefundState] = mapped_column(default=RefundState.REQUESTED)
    requested_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)
