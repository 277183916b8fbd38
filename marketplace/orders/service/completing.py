"""An order is done when it is paid and received: whichever comes last completes it."""

from __future__ import annotations

from marketplace.events import OrderCompleted
from marketplace.orders.models import Delivery, Order
from marketplace.orders.service import on_account
from marketplace.orders.states import ORDER, DeliveryState, OrderState
from marketplace.work import Work, move


def complete(w: Work, order: Order) -> None:
    """It is received: completed, or its money falls due."""
    if order.state is OrderState.ON_ACCOUNT:
        on_account.fall_due(w, order)
        return
    move(w, ORDER, order, "complete")
    goods, supply = order.goods - order.refunded, order.supply - order.supply_refunded
    w.announce(
        OrderCompleted(
            w.now, order.id, order.supplier_id, goods, supply, order.freight,
            is_direct=order.purchase.is_direct,
        )
    )  # fmt: skip


def complete_paid(w: Work, order: Order) -> None:
    """It is paid: completed, if it was received before."""
    if w.session.get_one(Delivery, order.delivery_id).state is DeliveryState.RECEIVED:
        complete(w, order)
