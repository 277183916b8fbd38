"""What goes out before its money: what of it is late, what claims took off it, and whether all of
it agrees."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.kernel.money import ZERO, Money, total
from marketplace.orders.models import Delivery, LineRefund, Order, Purchase
from marketplace.orders.states import DeliveryState, OrderState
from marketplace.payments.models import Payment, Refund
from marketplace.payments.states import PaymentState, RefundState


@dataclass(frozen=True, slots=True)
class TakenOff:
    """What of an order's lines one claim took off before it was paid."""

    lines: list[LineRefund] = field(default_factory=list)

    @property
    def goods(self) -> Money:
        return total(one.amount for one in self.lines)

    @property
    def supply(self) -> Money:
        return total(one.supply for one in self.lines)


def overdue_payments(
    session: Session, at: datetime, *, most: int
) -> tuple[tuple[Payment, Order], ...]:
    """Payments that were due before the instant, and whose buyers were not told; held, by day."""
    asked = (
        select(Payment, Order)
        .join(Order, Payment.order_id == Order.id)
        .where(Payment.due_at < at, Payment.state == PaymentState.AWAITING)
        .where(Payment.overdue_told_at.is_(None))
        .order_by(Payment.due_at, Payment.id)
        .limit(most)
        .with_for_update(of=Payment)
        .execution_options(populate_existing=True)
        .options(joinedload(Order.purchase))
    )
    return tuple((row.Payment, row.Order) for row in session.execute(asked))


def taken_off_parts(session: Session, order_id: uuid.UUID) -> dict[uuid.UUID, TakenOff]:
    """By refund, the oldest first."""
    asked = (
        select(LineRefund)
        .join(Refund, LineRefund.refund_id == Refund.id)
        .where(Refund.order_id == order_id, Refund.state == RefundState.TAKEN_OFF)
        .order_by(LineRefund.at, LineRefund.refund_id, LineRefund.order_line_id)
    )
    found: dict[uuid.UUID, TakenOff] = {}
    for one in session.scalars(asked):
        found.setdefault(one.refund_id, TakenOff()).lines.append(one)
    return found


def on_account_faults(session: Session) -> Iterator[str]:
    """P4, P5, P9: an order that goes out before its money has a payment of its own, of what it
    costs without what claims took off, which is due once it is accepted, and not before."""
    sums = select(Refund.payment_id, func.sum(Refund.amount)).where(
        Refund.state == RefundState.TAKEN_OFF
    )
    off = {row[0]: row[1] for row in session.execute(sums.group_by(Refund.payment_id))}
    asked = (
        select(Order, Delivery.state, Payment)
        .join(Purchase, Order.purchase_id == Purchase.id)
        .join(Delivery, Order.delivery_id == Delivery.id)
        .join(Payment, Payment.order_id == Order.id)
        .where(Purchase.on_account)
        .order_by(Order.number)
    )
    for order, delivery, payment in session.execute(asked):
        waits = payment.state is PaymentState.AWAITING
        if waits != (order.state is OrderState.ON_ACCOUNT):
            yield f"order {order.number} is {order.state}, its payment is {payment.state}"
        if waits and (payment.due_at is not None) != (delivery is DeliveryState.RECEIVED):
            yield f"order {order.number} is {delivery}, its payment is due {payment.due_at}"
        if payment.taken_off != off.pop(payment.id, ZERO):
            yield f"order {order.number}: {payment.taken_off} taken off, its refunds say otherwise"
        if payment.amount + payment.taken_off != order.goods + order.freight:
            yield f"order {order.number}: {payment.amount} is asked, {payment.taken_off} taken off"
    for payment_id in off:
        yield f"payment {payment_id}: something was taken off what is not paid later"
    is_asked = exists().where(Payment.order_id == Order.id)
    agreed = (Purchase.on_account) & is_asked
    known = select(Order.number).join(Purchase).where(Order.state == OrderState.ON_ACCOUNT)
    for number in session.scalars(known.where(~agreed)):
        yield f"order {number} goes out without money, and nobody agreed to that"
