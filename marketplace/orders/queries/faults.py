"""Whether orders, their money and the stock they hold agree."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from marketplace.catalog.models import Batch, Reservation
from marketplace.catalog.states import ReservationState
from marketplace.orders.models import LineBatch, Order, OrderLine, Purchase
from marketplace.orders.states import OrderState

EXPECTED = {  # what the stock of an order must be
    OrderState.PLACED: ReservationState.HELD,
    OrderState.PAID: ReservationState.SOLD,
    OrderState.COMPLETED: ReservationState.SOLD,
    OrderState.TAKEN_BACK: ReservationState.SOLD,
    OrderState.CANCELLED: ReservationState.RELEASED,
    OrderState.LAPSED: ReservationState.RELEASED,
}


def faults(session: Session) -> Iterator[str]:
    """Sums that differ, reservations without a line, stock that is held for nothing, and goods that
    left from a recalled batch, in words; nothing when all agrees."""
    yield from _sums(session)
    yield from _reservations(session)
    yield from _batches(session)


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
        select(Order.number, Order.state, OrderLine.quantity, Reservation.quantity,
               Reservation.state)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Reservation, OrderLine.reservation_id == Reservation.id)
    )  # fmt: skip
    for number, state, bought, held, kept in session.execute(asked):
        if held != bought:
            yield f"order {number}: {bought} pieces bought, {held} held"
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
