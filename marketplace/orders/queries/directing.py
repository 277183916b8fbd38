"""Orders whose supplier is paid directly: what waits for him, and whether all of it agrees."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.money import ZERO, Money, total
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.orders.models import Order, Purchase
from marketplace.orders.states import OrderState
from marketplace.payments.models import Payment, Refund, Tender
from marketplace.payments.states import PaymentState, RefundState
from marketplace.suppliers import queries as suppliers
from marketplace.web.paging import Page, paged

PAID = frozenset({PaymentState.SETTLED})
GONE = frozenset({RefundState.SETTLED, RefundState.UNDONE})
WAITS = (RefundState.REQUESTED, RefundState.SENT)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One order that is paid to its supplier's account, with what goes back of it."""

    order: Order
    payment: Payment
    refunds: tuple[Refund, ...]


def receipts(session: Session, actor: Actor, number: int) -> Page[Any]:
    """Orders whose money or whose refund is not there yet: for the staff of the supplier his own,
    for managers and auditors all; the oldest first."""
    owed = select(Refund.order_id).where(Refund.state.in_(WAITS))
    asked: Select[Any] = (
        select(Order)
        .join(Payment, Payment.order_id == Order.id)
        .join(Purchase, Order.purchase_id == Purchase.id)
        .where(Purchase.tender == Tender.DIRECT)
        .where(or_(Payment.state == PaymentState.AWAITING, Order.id.in_(owed)))
        .options(joinedload(Order.purchase), joinedload(Order.supplier))
        .order_by(Purchase.placed_at, Order.number)
    )
    if not actor.roles & {Role.MANAGER, Role.AUDITOR}:
        supplier = suppliers.own(session, actor)
        asked = asked.where(Order.supplier_id == (supplier.id if supplier else None))
    page = paged(session, asked, number)
    ids = [order.id for order in page.items]
    paid = {one.order_id: one for one in session.scalars(_of(Payment, ids))}
    back: dict[Any, list[Refund]] = {}
    for refund in session.scalars(_of(Refund, ids)):
        back.setdefault(refund.order_id, []).append(refund)
    return page.with_items(
        lambda order: Receipt(order, paid[order.id], tuple(back.get(order.id, ())))
    )


def _of(model: Any, ids: list[Any]) -> Select[Any]:
    return select(model).where(model.order_id.in_(ids))


def direct_faults(session: Session) -> Iterator[str]:
    """P3, P4 where suppliers are paid directly: one payment for each order, of its amount; what
    they hold for no order that stands, and what they owe back, are what the books say."""
    asked = (
        select(Order, Payment)
        .join(Purchase, Order.purchase_id == Purchase.id)
        .join(Payment, Payment.order_id == Order.id)
        .where(Purchase.tender == Tender.DIRECT)
        .order_by(Order.number)
    )
    back: dict[uuid.UUID, list[Refund]] = {}
    for refund in session.scalars(select(Refund)):
        back.setdefault(refund.order_id, []).append(refund)
    unasked = exists().where(Payment.order_id == Order.id)
    lacking = select(Order.number).join(Purchase, Order.purchase_id == Purchase.id)
    for number in session.scalars(lacking.where(Purchase.tender == Tender.DIRECT, ~unasked)):
        yield f"order {number}: nobody is asked to pay its supplier"
    held = owed = ZERO
    for order, payment in session.execute(asked):
        if payment.amount != order.goods + order.freight:
            yield f"order {order.number}: its supplier is asked {payment.amount}"
        if (payment.state in PAID) != (order.paid_at is not None):
            yield f"order {order.number} is {order.state}, its payment is {payment.state}"
        refunds = back.get(order.id, [])
        held += _held(order, payment, refunds)
        owed += total(one.amount for one in refunds if one.state not in GONE)
    pairs = {AccountKind.DIRECT_PAID: held, AccountKind.DIRECT_REFUNDS: -owed}
    for kind, counted in pairs.items():
        booked = ledger.balance(session, kind)
        if booked != counted:
            yield f"{kind}: the books say {booked}, orders and refunds sum to {counted}"


def _held(order: Order, payment: Payment, refunds: list[Refund]) -> Money:
    """Of what its supplier was paid, what is neither his own nor back with the buyer."""
    if payment.state not in PAID:
        return ZERO
    back = total(one.amount for one in refunds if one.state in GONE)
    kept = ZERO
    if order.state is OrderState.COMPLETED:
        kept = order.goods - order.refunded + order.freight
    return payment.amount - back - kept
