"""Organisations that pay once they have the goods: the order goes out at once, its money falls due
when it is accepted, and whoever is late is told."""

from __future__ import annotations

import uuid

from marketplace.accounts import service as notices
from marketplace.events import OrderPartRefunded, RefundedLine
from marketplace.kernel.errors import Refused
from marketplace.kernel.workdays import calendar
from marketplace.orders import queries
from marketplace.orders.models import Order, Purchase
from marketplace.orders.states import ORDER
from marketplace.payments import service as payments
from marketplace.work import Work, move

MOST_TOLD = 200  # in one round; the next round goes on


def may_pay_later(w: Work, organisation_id: uuid.UUID | None, *, is_wanted: bool) -> None:
    """Only organisations, and where it is offered. Raises Refused tender_not_offered."""
    may = organisation_id is not None and w.tools.config.offers_after_acceptance
    if is_wanted and not may:
        raise Refused("tender_not_offered", field="on_account")


def ask(w: Work, purchase: Purchase) -> None:
    """One payment for each order, with no day yet; its supplier may send it."""
    w.session.flush()
    for order in queries.orders_of(w.session, purchase.id):
        payments.open_on_account(w, purchase.id, order.id, order.goods + order.freight)
        move(w.by_system(), ORDER, order, "trust")


def lock_payment(w: Work, order_id: uuid.UUID) -> None:
    """Everybody locks the payment before its order; what is received may fall due by it."""
    order = queries.row(w.session, order_id)
    if order.purchase.on_account:
        payments.lock(w, order.purchase_id)


def fall_due(w: Work, order: Order) -> None:
    """It is accepted: so many working days are left to pay it, and the buyer is told."""
    until = calendar().plus(w.now, w.tools.config.after_acceptance_workdays)
    payment = payments.fall_due(w, order.purchase_id, order.id, until)
    _tell(w, order, "payment_due", str(payment.amount))


def tell_overdue(w: Work) -> int:
    """Each buyer of what is late hears of it, once; answers how many. By the system, from time to
    time."""
    late = queries.overdue_payments(w.session, w.now, most=MOST_TOLD)
    for payment, order in late:
        payments.note_overdue(w, payment)
        _tell(w, order, "payment_overdue", str(payment.amount))
    return len(late)


def taken_off(w: Work, order: Order) -> tuple[OrderPartRefunded, ...]:
    """What claims had taken off before it was paid, each as it is told now that it is."""
    return tuple(
        OrderPartRefunded(
            at=w.now,
            order_id=order.id,
            refund_id=refund_id,
            supplier_id=order.supplier_id,
            was_due=False,
            goods=part.goods,
            supply=part.supply,
            lines=tuple(
                RefundedLine(one.order_line_id, one.pieces, one.amount) for one in part.lines
            ),
            is_taken_off=True,
        )
        for refund_id, part in queries.taken_off_parts(w.session, order.id).items()
    )


def _tell(w: Work, order: Order, code: str, amount: str) -> None:
    assert order.organisation_id is not None  # noqa: S101  # only organisations pay later; tells mypy
    told = {"number": order.number, "amount": amount}
    page = ("orders.purchase", {"purchase_id": str(order.purchase_id)})
    notices.notify(w, order.organisation_id, code, told, at=page)
