"""Money came after the hold had ended: the goods again, or the money back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from marketplace.catalog import service as stock
from marketplace.kernel.money import Money, total
from marketplace.orders import queries
from marketplace.orders.models import Order, Purchase
from marketplace.orders.service.limiting import AboveMost, check_revived
from marketplace.orders.states import ORDER, OrderState
from marketplace.payments import service as payments
from marketplace.work import Work, move


def take_late_money(
    w: Work, purchase_id: uuid.UUID, amount: Money, operation_id: uuid.UUID
) -> None:
    """Everything that had lapsed is held again and paid, or nothing and the money goes back."""
    if revive(w, purchase_id, amount):
        payments.accept_late(w, operation_id)
    else:
        payments.refuse_late(w, operation_id)


def revive(w: Work, purchase_id: uuid.UUID, amount: Money) -> bool:
    """Whether all that had lapsed stands again. Only a person's own purchase: a union's budget was
    given back when it lapsed and is decided on anew; what a person called off stays off."""
    purchase = w.session.get_one(Purchase, purchase_id)
    lapsed = [
        order
        for order in queries.orders_of(w.session, purchase_id)
        if order.state is OrderState.LAPSED
    ]
    is_right = total(order.goods + order.freight for order in lapsed) == amount
    if not lapsed or not is_right or purchase.organisation_id is not None:
        return False
    deeds, announced = len(w.deeds), len(w.announced)
    try:
        with w.session.begin_nested():
            _hold_again(w, purchase, lapsed)
    except (stock.NotForSale, stock.OutOfStock, AboveMost):
        del w.deeds[deeds:], w.announced[announced:]
        return False
    return True


def _hold_again(w: Work, purchase: Purchase, lapsed: Sequence[Order]) -> None:
    lines = [line for order in lapsed for line in queries.lines_of(w.session, order.id)]
    for line in sorted(lines, key=lambda one: one.listing_id):  # as every buyer locks them
        stock.hold_again(w, line.reservation_id, purchase.hold_ends_at)
    check_revived(w, purchase.buyer_id, lines)
    for order in lapsed:
        move(w, ORDER, order, "revive")
        order.cancelled_at = None
    w.session.flush()
