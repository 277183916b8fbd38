"""The budget follows the orders of a plan: paid, called off, paid back."""

from __future__ import annotations

import uuid

from marketplace.events import (
    AddressForgotten,
    OrderCancelled,
    OrderPaid,
    OrderPartRefunded,
    RefundSettled,
)
from marketplace.kernel.money import Money
from marketplace.ledger.states import AccountKind
from marketplace.orders import queries as orders
from marketplace.purchasing import queries, service
from marketplace.unions import service as unions
from marketplace.work import Work


def spend_budget(w: Work, event: OrderPaid) -> None:
    """What was committed for this order is spent."""
    key = f"plan-spent:{event.order_id}"
    if held := _held(w, event.purchase_id, event.goods + event.freight, key):
        unions.spend(w, held)


def release_budget(w: Work, event: OrderCancelled) -> None:
    """No money came: the union may use it for something else. A paid order waits for its refund."""
    key = f"plan-released:{event.order_id}"
    if event.was_paid:
        return
    kept = event.goods + event.taken_off + event.freight
    if held := _held(w, event.purchase_id, kept, key):
        unions.release(w, held, AccountKind.COMMITTED)


def give_back_budget(w: Work, event: RefundSettled) -> None:
    """The money is back with the union."""
    key = f"plan-refunded:{event.refund_id}"
    if held := _held(w, event.purchase_id, event.amount, key):
        unions.release(w, held, AccountKind.SPENT)


def give_back_taken_off(w: Work, event: OrderPartRefunded) -> None:
    """The whole of what was committed was spent; what claims took off is available again."""
    key = f"plan-refunded:{event.refund_id}"
    if not event.is_taken_off:
        return
    purchase_id = orders.row(w.session, event.order_id).purchase_id
    if held := _held(w, purchase_id, event.goods, key):
        unions.release(w, held, AccountKind.SPENT)


def forget_recipients(w: Work, event: AddressForgotten) -> None:
    """Names and staff numbers stay for the sign-off list; numbers of phones and addresses go."""
    plan = queries.of_purchase(w.session, event.purchase_id)
    if plan is not None:
        service.forget_recipients(w, plan)


def _held(w: Work, purchase_id: uuid.UUID, amount: Money, key: str) -> unions.Held | None:
    """Nothing for purchases that no plan ordered."""
    plan = queries.of_purchase(w.session, purchase_id)
    return unions.Held(plan.budget_id, plan.id, amount, key) if plan else None
