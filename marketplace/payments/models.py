"""Payments and refunds, what the card gateway was asked, and what it said."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.base import Base, Id, LongText, PersonRef, ShortCode, Versioned
from marketplace.kernel.money import ZERO, Money
from marketplace.payments.states import (
    DiscrepancyKind,
    DiscrepancyState,
    DisputeState,
    OperationKind,
    OperationState,
    PaymentState,
    RefundState,
)
from marketplace.work.models import append_only

ProviderRef = String(100)


class Tender(StrEnum):
    CARD = "card"
    TRANSFER = "transfer"
    CREDIT = "credit"  # nothing is left for the buyer's own money; never chosen by anybody
    DIRECT = "direct"  # a transfer to each supplier's own account; nothing comes to us


class PaymentCause(StrEnum):
    """What a payment is for; `purchase_id` is then the id of that."""

    PURCHASE = "purchase"
    CREDIT = "credit"  # a union's money for the credit that it grants


class PartKind(StrEnum):
    """Where the money of an order comes from."""

    VOUCHER = "voucher"
    CREDIT = "credit"
    OWN = "own"  # the buyer's, by card or transfer


def _one_of(name: str, column: str, where: str) -> Index:
    return Index(name, column, unique=True, sqlite_where=text(where), postgresql_where=text(where))


class Payment(Base):
    """The money of one purchase, or of one order of it where each supplier is paid directly
    or each order after its acceptance; `reference` is what the payer writes on a bank transfer."""

    __tablename__ = "mp_payment"

    id: Mapped[Id]
    purchase_id: Mapped[uuid.UUID] = mapped_column(index=True)
    order_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)  # None: all of the purchase
    payer_id: Mapped[PersonRef]  # who bought; never the one who confirms
    tender: Mapped[Tender]
    cause: Mapped[PaymentCause] = mapped_column(default=PaymentCause.PURCHASE)
    amount: Mapped[Money]  # own money still asked; shrinks when an unpaid order is cancelled
    covered: Mapped[Money] = mapped_column(default=ZERO)  # what credit and vouchers pay besides
    taken_off: Mapped[Money] = mapped_column(
        default=ZERO
    )  # what claims took off before it was paid
    refunded: Mapped[Money] = mapped_column(default=ZERO)  # own money of all refunds, sent or not
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    provider_ref: Mapped[str | None] = mapped_column(String(100), unique=True)
    state: Mapped[PaymentState] = mapped_column(default=PaymentState.AWAITING)
    made_at: Mapped[datetime]
    due_at: Mapped[datetime | None]  # of what is paid after acceptance, once it is accepted
    overdue_told_at: Mapped[datetime | None]  # the buyer heard that it is late
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(64))
    pay_to: Mapped[dict[str, Any] | None]  # direct: holder, bank, branch, number; frozen

    __table_args__ = (
        _one_of("uq_mp_payment_purchase", "purchase_id", "order_id IS NULL"),
        CheckConstraint(
            "amount >= 0 AND covered >= 0 AND taken_off >= 0 AND amount + covered + taken_off > 0",
            name="amount_positive",
        ),
        CheckConstraint("refunded >= 0 AND refunded <= amount", name="refunded_at_most_paid"),
        Index(
            "ix_mp_payment_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )


class Refund(Base):
    """Money of one order on its way back: all of it, or a part; an order may have several."""

    __tablename__ = "mp_refund"

    id: Mapped[Id]
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_payment.id"), index=True)
    order_id: Mapped[uuid.UUID] = mapped_column(index=True)
    amount: Mapped[Money]
    own: Mapped[Money]  # of it, what goes back by card or transfer; the rest is back already
    provider_ref: Mapped[str | None] = mapped_column(String(100), unique=True)
    state: Mapped[RefundState] = mapped_column(default=RefundState.REQUESTED)
    requested_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(64))
    bounced: Mapped[int] = mapped_column(default=0)  # how often it was said to be back and was not
    bounced_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(String(500))  # why it was closed without money

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("own >= 0 AND own <= amount", name="own_at_most_amount"),
    )


class PaymentPart(Base):
    """What one source pays of one order; written only where credit or a voucher pays, and frozen
    but for what went back."""

    __tablename__ = "mp_payment_part"

    id: Mapped[Id]
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_payment.id"), index=True)
    order_id: Mapped[uuid.UUID] = mapped_column(index=True)
    kind: Mapped[PartKind]
    source_id: Mapped[uuid.UUID | None] = mapped_column(index=True)  # share or voucher; None: own
    amount: Mapped[Money]
    returned: Mapped[Money] = mapped_column(default=ZERO)
    dropped: Mapped[bool] = mapped_column(default=False)  # let go before anything was paid

    __table_args__ = (
        UniqueConstraint("order_id", "kind", "source_id"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("returned >= 0 AND returned <= amount", name="returned_at_most_paid"),
    )


class RefundPart(Base):
    """What of one refund went back to one source."""

    __tablename__ = "mp_refund_part"

    id: Mapped[Id]
    refund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_refund.id"), index=True)
    part_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_payment_part.id"), index=True)
    amount: Mapped[Money]

    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)


class PaymentOperation(Versioned, Base):
    """One thing that the card gateway is asked to do, committed before it is asked. Its id is the
    key under which the gateway knows the question again, and our reference there."""

    __tablename__ = "mp_payment_operation"

    id: Mapped[Id]
    kind: Mapped[OperationKind]
    gateway: Mapped[ShortCode]
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_payment.id"), index=True)
    charge_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("mp_payment_operation.id"), index=True
    )  # what is given back
    refund_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mp_refund.id"))
    amount: Mapped[Money]
    state: Mapped[OperationState] = mapped_column(default=OperationState.ASKED, index=True)
    is_excess: Mapped[bool] = mapped_column(default=False)  # taken, and not for the payment
    is_told_failed: Mapped[bool] = mapped_column(default=False)  # by the gateway: its last word
    provider_ref: Mapped[str | None] = mapped_column(ProviderRef, unique=True)
    money_ref: Mapped[str | None] = mapped_column(ProviderRef, unique=True)  # of money that came
    send_to: Mapped[LongText] = mapped_column(default="")
    expires_at: Mapped[datetime | None]  # of a charge: the gateway takes no money after it
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        _one_of(
            "uq_mp_payment_operation_charging",
            "payment_id",
            "kind = 'charge' AND state IN ('asked', 'open', 'unknown')",
        ),
        _one_of(
            "uq_mp_payment_operation_refund", "refund_id", "kind = 'refund' AND state <> 'failed'"
        ),
        _one_of(
            "uq_mp_payment_operation_return", "charge_id", "kind = 'return' AND state <> 'failed'"
        ),
    )


class GatewayNotice(Base):
    """An event of the gateway that was heard; written in the transaction of its effect."""

    __tablename__ = "mp_gateway_notice"

    id: Mapped[str] = mapped_column(ProviderRef, primary_key=True)  # the gateway's own
    kind: Mapped[ShortCode]
    about: Mapped[str] = mapped_column(ProviderRef)
    heard_at: Mapped[datetime]


class Dispute(Versioned, Base):
    """The payer's bank wants the money back; until it has decided, the gateway keeps it."""

    __tablename__ = "mp_dispute"

    id: Mapped[Id]
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_payment.id"), index=True)
    provider_ref: Mapped[str] = mapped_column(ProviderRef, unique=True)
    amount: Mapped[Money]
    reason: Mapped[ShortCode]  # the gateway's word
    state: Mapped[DisputeState] = mapped_column(default=DisputeState.OPEN)
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)


class Discrepancy(Versioned, Base):
    """The gateway's word and our books differ: nothing was done on it, a manager looks into it."""

    __tablename__ = "mp_discrepancy"

    id: Mapped[Id]
    kind: Mapped[DiscrepancyKind]
    payment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mp_payment.id"))
    provider_ref: Mapped[str] = mapped_column(ProviderRef)
    told: Mapped[dict[str, Any]]  # ours and theirs, as text
    state: Mapped[DiscrepancyState] = mapped_column(default=DiscrepancyState.OPEN, index=True)
    seen_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    cleared_by: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (UniqueConstraint("provider_ref", "kind"),)


class Reconciliation(Base):
    """One comparison of the gateway's list with our books, with what it found."""

    __tablename__ = "mp_reconciliation"

    id: Mapped[Id]
    since: Mapped[datetime]
    at: Mapped[datetime]
    charges: Mapped[int]  # on the gateway's list
    settled: Mapped[int]  # operations without an end that got one
    found: Mapped[int]  # discrepancies that were not known before
    undecided: Mapped[int]  # operations that still have no end


append_only("mp_gateway_notice")
append_only("mp_reconciliation")
append_only("mp_refund_part")
