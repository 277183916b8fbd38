"""The buyer has the goods in his hands, or nobody objected for so long that he is taken to."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import update

from marketplace.events import OrderReceived
from marketplace.kernel.errors import Missing, Refused
from marketplace.orders import queries
from marketplace.orders.models import Delivery, Order, Shipment
from marketplace.orders.service.completing import complete
from marketplace.orders.service.on_account import lock_payment
from marketplace.orders.states import DELIVERY, MAY_LEAVE, DeliveryState
from marketplace.work import Work, move

MOST_COMPLETED = 500  # orders in one round; the next round goes on


def receive(w: Work, order_id: uuid.UUID) -> Order:
    """Say that all goods have arrived; the order is completed, or its money falls due. By its buyer
    or union's buyer.

    Raises Missing, Forbidden, WrongState, Refused (order_held: its batch is recalled).
    """
    lock_payment(w, order_id)
    order, delivery = for_delivery(w, order_id, "receive")
    not_held(w, order)
    move(w, DELIVERY, delivery, "receive", order=order.number)
    delivery.received_at = w.now
    _all_parcels_received(w, order)
    complete(w, order)
    w.announce(OrderReceived(w.now, order.id))
    return order


def receive_parcel(w: Work, shipment_id: uuid.UUID) -> Order:
    """Say that one parcel has arrived; with the last one of an order that has left as a whole, the
    order is completed. By its buyer or union's buyer; once more changes nothing.

    Raises Missing, Forbidden, WrongState, Refused (order_held).
    """
    parcel = w.session.get(Shipment, shipment_id)
    if parcel is None:
        raise Missing(shipment_id=shipment_id)
    lock_payment(w, parcel.order_id)
    order = queries.row(w.session, parcel.order_id, for_change=True)
    roles = queries.roles_for(w.actor, order)
    if not roles:
        raise Missing(shipment_id=shipment_id)
    # a parcel arrives as an order does: whoever may say so of the whole may say so of a part
    DELIVERY.after(DeliveryState.SHIPPED, "receive", roles)
    w.session.refresh(parcel)
    if parcel.received_at is not None:
        return order
    not_held(w, order)
    delivery = w.session.get_one(Delivery, order.delivery_id)
    if order.state not in MAY_LEAVE or delivery.state is DeliveryState.CALLED_BACK:
        raise Refused("parcel_not_expected", number=order.number)
    parcel.received_at = w.now
    w.record("receive", parcel, order=order.number, place=parcel.place)
    waits = [one for one in queries.shipments(w.session, order.id) if not one.shipment.received_at]
    if delivery.state is DeliveryState.SHIPPED and not waits:
        return receive(w, order.id)
    return order


def complete_due(w: Work) -> int:
    """Take as received what left so many days ago and nobody objected to; answers how many orders.

    By the system, from time to time. What is held, claimed, or called back waits for people.
    """
    since = w.now - timedelta(days=w.tools.config.completion_days)
    done = 0
    for order_id in queries.left_before(w.session, since, most=MOST_COMPLETED):
        lock_payment(w, order_id)
        order = queries.row(w.session, order_id, for_change=True)
        delivery = w.session.get_one(Delivery, order.delivery_id)
        is_waiting = order.is_claimed or queries.waiting_hold(w.session, order_id)
        if order.state not in MAY_LEAVE or is_waiting:
            continue
        move(w, DELIVERY, delivery, "assume", order=order.number)
        delivery.received_at = w.now
        _all_parcels_received(w, order)
        complete(w, order)
        done += 1
    return done


def for_delivery(w: Work, order_id: uuid.UUID, verb: str) -> tuple[Order, Delivery]:
    """The order, locked, and its delivery, from which the verb must be open to the actor. Raises
    Missing, Forbidden, WrongState."""
    order = queries.row(w.session, order_id, for_change=True)
    roles = queries.roles_for(w.actor, order)
    if not roles:
        raise Missing(order_id=order_id)
    delivery = w.session.get_one(Delivery, order.delivery_id)
    DELIVERY.after(delivery.state, verb, roles)  # by the roles that count for this very order
    return order, delivery


def not_held(w: Work, order: Order) -> None:
    """Raises Refused (order_held) while a decision is awaited."""
    if queries.waiting_hold(w.session, order.id) is not None:
        raise Refused("order_held", number=order.number)


def _all_parcels_received(w: Work, order: Order) -> None:
    w.session.execute(
        update(Shipment)
        .where(Shipment.order_id == order.id, Shipment.received_at.is_(None))
        .values(received_at=w.now)
    )
