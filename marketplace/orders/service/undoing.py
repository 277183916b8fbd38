"""Calling an order off: by a person with a reason, or because nobody paid in time."""

from __future__ import annotations

import uuid

from marketplace.events import OrderCancelled, OrderTakenBack, PurchaseLapsed
from marketplace.kernel.errors import Missing, Refused, SamePerson, WrongState
from marketplace.kernel.money import ZERO, Money
from marketplace.orders import queries, rules
from marketplace.orders.models import Delivery, Order
from marketplace.orders.states import ORDER, DeliveryState, OrderState
from marketplace.payments import service as payments
from marketplace.payments.models import Refund
from marketplace.work import Work, move


def cancel(w: Work, order_id: uuid.UUID, reason: str) -> Order:
    """Call the order off while nothing is on its way; paid money is owed back, unpaid not asked.

    By its buyer, its union's buyer or its supplier. Raises Missing, Forbidden, WrongState, Invalid.
    """
    # everybody locks the payment before its orders: so does a transfer that is confirmed
    payments.lock(w, queries.row(w.session, order_id).purchase_id)
    order = queries.row(w.session, order_id, for_change=True)
    roles = queries.roles_for(w.actor, order)
    if not roles:
        raise Missing(order_id=order_id)
    ORDER.after(order.state, "cancel", roles)  # by the roles that count for this very order
    delivery = w.session.get_one(Delivery, order.delivery_id)
    if delivery.state is not DeliveryState.WAITING:
        raise WrongState(verb="cancel", state=delivery.state)
    return call_off(w, order, rules.reason(reason))


def call_off(w: Work, order: Order, told: str) -> Order:
    """What follows when an order is called off, for whoever has asked whether it may be; payment
    and order are held."""
    was_paid = order.state is OrderState.PAID
    move(w, ORDER, order, "cancel", reason=told)
    order.cancelled_at, order.cancel_reason = w.now, told
    if was_paid:
        if _due(order):  # a claim may have given all of it back before
            owe_rest(w, order)
    else:
        payments.reduce(w, order.purchase_id, _due(order), order.id)
    w.announce(cancelled(w, order, was_paid=was_paid))
    return order


def take_back(w: Work, order_id: uuid.UUID, reason: str) -> Order:
    """Undo a completed order as a whole: its buyer is owed the money, its supplier gives it back.
    By a manager who stands on neither side. Raises Missing, Forbidden, SamePerson, WrongState,
    Invalid."""
    payments.lock(w, queries.row(w.session, order_id).purchase_id)
    order = queries.row(w.session, order_id, for_change=True)
    ORDER.after(order.state, "take_back", w.actor.roles)
    if queries.is_on_a_side(w.actor, order):
        raise SamePerson
    told = rules.reason(reason)
    move(w, ORDER, order, "take_back", reason=told)
    order.cancelled_at, order.cancel_reason = w.now, told
    owe_rest(w, order)
    goods, supply = _left(order)
    w.announce(
        OrderTakenBack(
            w.now, order.id, order.supplier_id, goods, supply, order.freight,
            is_direct=order.purchase.is_direct,
        )
    )  # fmt: skip
    return order


def owe_rest(w: Work, order: Order) -> Refund:
    """What has not gone back in parts. Raises Refused already_refunded when nothing is left."""
    due = _due(order)
    if not due:
        raise Refused("already_refunded", number=order.number)
    refund = payments.request_refund(
        w, order_id=order.id, purchase_id=order.purchase_id, amount=due
    )
    w.session.flush()  # gives it the id by which it is found again
    return refund


def _due(order: Order) -> Money:
    return order.goods - order.refunded + order.freight


def _left(order: Order) -> tuple[Money, Money]:
    """Goods and supply that have not gone back in parts."""
    return order.goods - order.refunded, order.supply - order.supply_refunded


def lapse_due(w: Work) -> int:
    """Let go of everything that was held long enough and not paid; answers how many orders.

    For the system alone; what was paid in the meantime is left as it is.
    """
    lapsed = 0
    for purchase in queries.overdue(w.session, w.now):
        if not payments.void(w, purchase.id):
            continue
        for order in queries.orders_of(w.session, purchase.id):
            if order.state is not OrderState.PLACED:
                continue
            move(w, ORDER, order, "lapse")
            order.cancelled_at = w.now
            w.announce(cancelled(w, order, was_paid=False))
            lapsed += 1
        w.announce(PurchaseLapsed(w.now, purchase.id))
    return lapsed


def cancelled(w: Work, order: Order, *, was_paid: bool) -> OrderCancelled:
    """How it is told."""
    goods, supply = _left(order)
    return OrderCancelled(
        at=w.now,
        order_id=order.id,
        purchase_id=order.purchase_id,
        number=order.number,
        supplier_id=order.supplier_id,
        organisation_id=order.organisation_id,
        was_paid=was_paid,
        goods=goods,
        supply=supply,
        freight=order.freight,
        lines=queries.sold_lines(w.session, order.id),
        is_direct=order.purchase.is_direct,
        taken_off=ZERO if was_paid else order.refunded,
    )
