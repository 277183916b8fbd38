"""Money came: every order of the purchase that is still wanted is paid."""

from __future__ import annotations

import uuid

from marketplace.events import OrderPaid
from marketplace.kernel.errors import Refused
from marketplace.kernel.money import Money, total
from marketplace.orders import queries
from marketplace.orders.models import Order
from marketplace.orders.service import on_account
from marketplace.orders.service.completing import complete_paid
from marketplace.orders.states import ORDER, UNPAID
from marketplace.work import Work, move


def mark_paid(
    w: Work, purchase_id: uuid.UUID, amount: Money, tender: str, order_id: uuid.UUID | None = None
) -> None:
    """Mark the orders paid, or the one that is named, and tell of each. Raises Refused when they
    do not sum to `amount`."""
    open_ = [
        order
        for order in queries.orders_of(w.session, purchase_id)
        if order.state in UNPAID and order_id in (None, order.id)
    ]
    if total(order.goods - order.refunded + order.freight for order in open_) != amount:
        raise Refused("paid_for_nothing", purchase_id=purchase_id)
    for order in open_:
        move(w, ORDER, order, "pay", tender=tender)
        order.paid_at = w.now
        w.announce(_paid(w, order, tender))
        if order.purchase.on_account:
            w.announced.extend(on_account.taken_off(w, order))
            complete_paid(w, order)


def _paid(w: Work, order: Order, tender: str) -> OrderPaid:
    return OrderPaid(
        at=w.now,
        order_id=order.id,
        purchase_id=order.purchase_id,
        number=order.number,
        supplier_id=order.supplier_id,
        supplier_name=order.supplier.legal_name,
        organisation_id=order.organisation_id,
        source=order.purchase.source.value,
        tender=tender,
        goods=order.goods,
        supply=order.supply,
        freight=order.freight,
        lines=queries.sold_lines(w.session, order.id),
    )
