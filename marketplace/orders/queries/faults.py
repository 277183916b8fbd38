"""Whether orders, their money and the stock they hold agree."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from marketplace.catalog.models import Batch, Reservation
from marketplace.catalog.states import ReservationState
from marketplace.kernel.money import ZERO, Money
from marketplace.orders.models import LineBatch, LineRefund, Order, OrderLine, Purchase
from marketplace.orders.queries.freight import freight_faults
from marketplace.orders.queries.limits import limit_faults
from marketplace.orders.queries.on_account import on_account_faults
from marketplace.orders.queries.shipments import shipment_faults
from marketplace.orders.states import OrderState
from marketplace.payments.models import Payment, PaymentCause, Refund

EXPECTED = {  # what the stock of an order must be
    OrderState.PLACED: ReservationState.HELD,
    OrderState.ON_ACCOUNT: ReservationState.HELD,
    OrderState.PAID: ReservationState.SOLD,
    OrderState.COMPLETED: ReservationState.SOLD,
    OrderState.TAKEN_BACK: ReservationState.SOLD,
    OrderState.CANCELLED: ReservationState.RELEASED,
    OrderState.LAPSED: ReservationState.RELEASED,
}

UNDONE = frozenset({OrderState.CANCELLED, OrderState.TAKEN_BACK})


def faults(session: Session) -> Iterator[str]:
    """Sums and freights that differ, reservations without a line, stock that is held for nothing,
    goods that left from a recalled batch, parcels that hold other than was sent, and sales against
    the terms of a good, in words; nothing when all agrees."""
    yield from _sums(session)
    yield from freight_faults(session)
    yield from _reservations(session)
    yield from _batches(session)
    yield from on_account_faults(session)
    yield from shipment_faults(session)
    yield from limit_faults(session)


def refund_faults(session: Session) -> Iterator[str]:
    """P4: what goes back of an order is what its lines say, at most what was paid for it, and all
    of it once it is undone; in words, nothing when all agrees."""
    yield from _line_refunds(session)
    sums = (
        select(Refund.order_id, func.sum(Refund.amount))
        .join(Payment, Refund.payment_id == Payment.id)
        .where(Payment.cause == PaymentCause.PURCHASE)  # a union's refunds are credit's own
        .group_by(Refund.order_id)
    )
    owed = {row[0]: row[1] for row in session.execute(sums)}
    for order in session.scalars(select(Order).order_by(Order.number)):
        is_undone = order.state in UNDONE and order.paid_at is not None
        due = order.goods + order.freight if is_undone else order.refunded
        if owed.pop(order.id, ZERO) != due:
            yield f"order {order.number} is {order.state}: {due} must go back, its refunds differ"
    for order_id in owed:
        yield f"refund for {order_id}, which is no order"


def _line_refunds(session: Session) -> Iterator[str]:
    """Kept sums of lines and orders are those of what went back."""
    sums = (
        select(
            LineRefund.order_line_id,
            func.sum(LineRefund.amount),
            func.sum(LineRefund.pieces),
            func.sum(LineRefund.supply),
        ).group_by(LineRefund.order_line_id)
    )  # fmt: skip
    back = {row[0]: (row[1], row[2], row[3]) for row in session.execute(sums)}
    per_order: dict[uuid.UUID, tuple[Money, Money]] = {}
    asked = select(OrderLine).where(
        or_(OrderLine.id.in_(back), OrderLine.refunded != ZERO, OrderLine.returned != 0)
    )
    for line in session.scalars(asked):
        amount, pieces, supply = back.get(line.id, (ZERO, 0, ZERO))
        if (line.refunded, line.returned) != (amount, pieces):
            yield f"line {line.id}: {line.refunded} refunded, its refunds sum to {amount}"
        goods, share = per_order.get(line.order_id, (ZERO, ZERO))
        per_order[line.order_id] = (goods + amount, share + supply)
    for order in session.scalars(select(Order)):
        if (order.refunded, order.supply_refunded) != per_order.get(order.id, (ZERO, ZERO)):
            yield f"order {order.number}: {order.refunded} refunded, its lines say otherwise"


def _sums(session: Session) -> Iterator[str]:
    lines = (
        select(OrderLine.order_id, func.sum(OrderLine.amount).label("goods"))
        .group_by(OrderLine.order_id)
        .subquery()
    )
    asked = select(Order.number, Order.goods, lines.c.goods).outerjoin(
        lines, lines.c.order_id == Order.id
    )
    for number, goods, summed in session.execute(asked):
        if goods != summed:
            yield f"order {number}: goods {goods}, its lines sum to {summed}"
    per_purchase = (
        select(Order.purchase_id, func.sum(Order.goods), func.sum(Order.freight))
        .group_by(Order.purchase_id)
    )  # fmt: skip
    totals = {row[0]: row[1] + row[2] for row in session.execute(per_purchase)}
    for purchase in session.scalars(select(Purchase)):
        if totals.get(purchase.id) != purchase.total:
            summed = totals.get(purchase.id)
            yield f"purchase {purchase.number}: {purchase.total}, its orders sum to {summed}"


def _reservations(session: Session) -> Iterator[str]:
    kept_for_a_line = exists().where(OrderLine.reservation_id == Reservation.id)
    for orphan in session.scalars(select(Reservation.id).where(~kept_for_a_line)):
        yield f"reservation {orphan}: belongs to no order line"
    asked = (
        select(Order.number, Order.state, OrderLine.to_send, Reservation.quantity,
               Reservation.state)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Reservation, OrderLine.reservation_id == Reservation.id)
    )  # fmt: skip
    for number, state, bought, held, kept in session.execute(asked):
        if held != bought:
            yield f"order {number}: {bought} pieces bought and not refunded unsent, {held} held"
        if kept is not EXPECTED[state]:
            yield f"order {number} is {state}, its stock is {kept}"


def _batches(session: Session) -> Iterator[str]:
    late = (
        select(Order.number, Batch.number)
        .join(LineBatch, LineBatch.order_id == Order.id)
        .join(Batch, LineBatch.batch_id == Batch.id)
        .where(LineBatch.at > Batch.recalled_at)
        .order_by(Order.number, Batch.number)
    )
    for number, batch in session.execute(late):
        yield f"order {number}: left from batch {batch} after its recall"
