"""The parcel leaves the supplier, the buyer has it in his hands."""

from __future__ import annotations

import uuid

from marketplace.events import OrderReceived, OrderShipped
from marketplace.kernel.errors import Invalid, Missing, WrongState
from marketplace.orders import queries
from marketplace.orders.models import Delivery, Order
from marketplace.orders.states import DELIVERY, ORDER, OrderState
from marketplace.work import Work, move


def ship(w: Work, order_id: uuid.UUID, carrier: str, tracking: str) -> Order:
    """Say that a paid order is on its way. By its supplier.

    Raises Missing, Forbidden, WrongState, Invalid (carrier, tracking).
    """
    order, delivery = _for_delivery(w, order_id, "ship")
    if order.state is not OrderState.PAID:
        raise WrongState(verb="ship", state=order.state)
    for field, text in (("carrier", carrier), ("tracking", tracking)):
        if not text.strip() or len(text.strip()) > 200:
            raise Invalid("shipping_incomplete", field=field)
    delivery.carrier, delivery.tracking_number = carrier.strip(), tracking.strip()
    delivery.shipped_at = w.now
    move(w, DELIVERY, delivery, "ship", order=order.number, carrier=delivery.carrier)
    w.announce(OrderShipped(w.now, order.id))
    return order


def receive(w: Work, order_id: uuid.UUID) -> Order:
    """Say that the goods have arrived; the order is completed. By its buyer or union's buyer.

    Raises Missing, Forbidden, WrongState.
    """
    order, delivery = _for_delivery(w, order_id, "receive")
    move(w, DELIVERY, delivery, "receive", order=order.number)
    move(w, ORDER, order, "complete")
    delivery.received_at = w.now
    w.announce(OrderReceived(w.now, order.id))
    return order


def _for_delivery(w: Work, order_id: uuid.UUID, verb: str) -> tuple[Order, Delivery]:
    order = queries.row(w.session, order_id, for_change=True)
    roles = queries.roles_for(w.actor, order)
    if not roles:
        raise Missing(order_id=order_id)
    delivery = w.session.get_one(Delivery, order.delivery_id)
    DELIVERY.after(delivery.state, verb, roles)  # by the roles that count for this very order
    return order, delivery
