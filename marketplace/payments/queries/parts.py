"""Which source paid what of a purchase, and what went back to it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.payments.models import Payment, PaymentPart, Refund, RefundPart
from marketplace.payments.states import PaymentState


def parts_of(session: Session, payment_id: uuid.UUID) -> tuple[PaymentPart, ...]:
    """Of all orders of a payment, each order's together; none when own money pays everything."""
    asked = select(PaymentPart).where(PaymentPart.payment_id == payment_id)
    return tuple(
        session.scalars(
            asked.order_by(PaymentPart.order_id, PaymentPart.kind, PaymentPart.source_id)
        )
    )


def parts_of_order(session: Session, order_id: uuid.UUID | None) -> tuple[PaymentPart, ...]:
    """Of one order, always in the same order, which is also the one of their locks."""
    asked = select(PaymentPart).where(PaymentPart.order_id == order_id)
    asked = asked.order_by(PaymentPart.kind, PaymentPart.source_id)
    asked = asked.execution_options(populate_existing=True)
    return tuple(session.scalars(asked.with_for_update()))


def part_faults(session: Session) -> Iterator[str]:
    """P4, P13: parts sum to their payment, and every refund to what went back to its sources."""
    paid: dict[uuid.UUID, list[PaymentPart]] = {}
    for part in session.scalars(select(PaymentPart)):
        paid.setdefault(part.payment_id, []).append(part)
    for payment in session.scalars(select(Payment)):
        parts = paid.get(payment.id, [])
        if payment.state is PaymentState.VOID or not (parts or payment.covered):
            continue
        live = [one for one in parts if not one.dropped]
        own = sum(one.amount.fen for one in live if one.source_id is None)
        covered = sum(one.amount.fen for one in live if one.source_id is not None)
        if (own, covered) != (payment.amount.fen, payment.covered.fen):
            yield f"payment {payment.reference}: its parts are {own} and {covered} fen"
    yield from _refund_faults(session)


def _refund_faults(session: Session) -> Iterator[str]:
    asked = (
        select(Refund.id, Refund.amount, func.sum(RefundPart.amount))
        .join(RefundPart, RefundPart.refund_id == Refund.id)
        .group_by(Refund.id, Refund.amount)
    )
    for refund_id, amount, parts in session.execute(asked):
        if amount != parts:
            yield f"refund {refund_id} is of {amount}, its sources got {parts}"
    asked_parts = (
        select(PaymentPart.id, PaymentPart.returned, func.sum(RefundPart.amount))
        .join(RefundPart, RefundPart.part_id == PaymentPart.id)
        .group_by(PaymentPart.id, PaymentPart.returned)
    )
    for part_id, returned, refunded in session.execute(asked_parts):
        if returned != refunded:
            yield f"part {part_id} got {returned} back, its refunds sum to {refunded}"
