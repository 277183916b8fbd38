"""Money that an organisation pays once it has the goods: one payment for each order, asked at once
and due after its acceptance; what claims grant before it is paid lowers it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import update

from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.kernel.money import ZERO, Money
from marketplace.payments import queries
from marketplace.payments.models import Payment, Refund, Tender
from marketplace.payments.service import settling
from marketplace.payments.states import REFUND, PaymentState, RefundState
from marketplace.work import Work


def open_on_account(w: Work, purchase_id: uuid.UUID, order_id: uuid.UUID, amount: Money) -> Payment:
    """Ask the actor for the money of one order, by transfer, with no day yet. Raises Invalid."""
    if amount <= ZERO:
        raise Invalid("amount_not_positive", field="amount")
    return settling.opened(
        w, purchase_id=purchase_id, order_id=order_id, tender=Tender.TRANSFER, amount=amount
    )


def fall_due(w: Work, purchase_id: uuid.UUID, order_id: uuid.UUID, at: datetime) -> Payment:
    """The order is accepted: it is to be paid by then. Raises Missing, Refused payment_not_open."""
    payment = _of(w, purchase_id, order_id)
    due = (
        update(Payment)
        .where(Payment.id == payment.id, Payment.state == PaymentState.AWAITING)
        .where(Payment.due_at.is_(None))
        .values(due_at=at)
    )
    if not settling.happened(w, due):
        raise Refused("payment_not_open")
    w.session.refresh(payment)
    w.record("fall_due", payment, due=at.isoformat(), amount=payment.amount.fen)
    return payment


def take_off(w: Work, purchase_id: uuid.UUID, order_id: uuid.UUID, amount: Money) -> Refund:
    """Ask for less, because a part of the goods' price goes back before it was paid; nothing moves.

    Raises Missing, Invalid, Refused refund_too_much.
    """
    payment = _of(w, purchase_id, order_id)
    if amount <= ZERO:
        raise Invalid("amount_not_positive", field="amount")
    less = (
        update(Payment)
        .where(Payment.id == payment.id, Payment.state == PaymentState.AWAITING)
        .where(Payment.amount >= amount)
        .values(amount=Payment.amount - amount, taken_off=Payment.taken_off + amount)
    )
    if not settling.happened(w, less):
        raise Refused("refund_too_much", field="amount")
    w.session.refresh(payment)
    after = REFUND.after(RefundState.REQUESTED, "take_off", w.by_system().actor.roles)
    refund = Refund(
        payment_id=payment.id,
        order_id=order_id,
        amount=amount,
        own=ZERO,
        state=after,
        requested_at=w.now,
        settled_at=w.now,
        settled_by=w.actor.person_id,
    )
    w.session.add(refund)
    w.session.flush()  # gives it the id by which it is found again
    w.record("take_off", refund, to_state=after, amount=amount.fen, left=payment.amount.fen)
    return refund


def settle_if_nothing_left(w: Work, purchase_id: uuid.UUID, order_id: uuid.UUID) -> None:
    """Claims took all of it off: there is nothing to wait for."""
    payment = _of(w, purchase_id, order_id)
    if not payment.amount:
        settling.settle(w.by_system(), payment, None, ZERO, verb="settle_covered")


def note_overdue(w: Work, payment: Payment) -> None:
    """Its buyer was told that it is late."""
    payment.overdue_told_at = w.now
    w.record("note_overdue", payment, amount=payment.amount.fen)


def _of(w: Work, purchase_id: uuid.UUID, order_id: uuid.UUID) -> Payment:
    payment = queries.of_order(w.session, purchase_id, order_id)
    if payment is None or payment.order_id != order_id:
        raise Missing(order_id=order_id)
    return payment
