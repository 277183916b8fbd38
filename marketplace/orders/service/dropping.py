"""What an order that left in part still lacks will not be sent: its price went back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy import update

from marketplace.catalog import service as stock
from marketplace.kernel.errors import Refused
from marketplace.orders import queries
from marketplace.orders.models import Delivery, Order, OrderLine
from marketplace.orders.rules import delivery_state
from marketplace.orders.service.holding import drop_hold
from marketplace.orders.states import DELIVERY, DeliveryState, HoldReason
from marketplace.work import Work, move


def drop_rest(w: Work, order: Order, pieces: Mapping[uuid.UUID, int]) -> None:
    """So many pieces of each line will not leave, so others may buy them. With the last of them the
    order has left as a whole, today, as its lines say. The order is held. Raises Refused
    more_than_left."""
    for line_id in sorted(pieces):
        dropped = w.session.execute(
            update(OrderLine)
            .where(OrderLine.id == line_id, OrderLine.order_id == order.id)
            .where(OrderLine.shipped + OrderLine.unsent + pieces[line_id] <= OrderLine.quantity)
            .values(unsent=OrderLine.unsent + pieces[line_id])
            .returning(OrderLine.id),
            execution_options={"synchronize_session": False},
        ).first()
        if dropped is None:
            raise Refused("more_than_left", wanted=pieces[line_id], line=line_id)
    lines = queries.lines_of(w.session, order.id, anew=True)
    for line in sorted(lines, key=lambda one: one.listing_id):  # as every buyer locks them
        if line.id in pieces:
            stock.give_back(w, line.reservation_id, pieces[line.id])
    delivery = w.session.get_one(Delivery, order.delivery_id)
    w.record("drop_rest", order, pieces={str(key): count for key, count in pieces.items()})
    if delivery_state((line.to_send, line.shipped) for line in lines) is DeliveryState.SHIPPED:
        move(w.by_system(), DELIVERY, delivery, "drop_rest", order=order.number)
        delivery.shipped_at = w.now
        hold = queries.waiting_hold(w.session, order.id)
        if hold is not None and hold.reason is HoldReason.PAPERS:  # not a recall
            drop_hold(w.by_system(), order.id)
