"""What orders do when something happened elsewhere: money came, a batch was recalled."""

from __future__ import annotations

from marketplace.events import (
    BatchRecalled,
    OrderCancelled,
    PaidLate,
    PaperRevoked,
    PaymentSettled,
)
from marketplace.orders import service
from marketplace.orders.states import HoldReason
from marketplace.work import Work


def mark_paid(w: Work, event: PaymentSettled) -> None:
    """In the same transaction: every order of the purchase is paid, or none; or the one order
    whose supplier has the money."""
    if event.cause == "purchase":
        amount = event.amount + event.covered
        service.mark_paid(w, event.purchase_id, amount, event.tender, event.order_id)


def take_late_money(w: Work, event: PaidLate) -> None:
    """The goods again if they are still there, else the money goes back; never neither."""
    service.take_late_money(w, event.purchase_id, event.amount, event.operation_id)


def drop_hold(w: Work, event: OrderCancelled) -> None:
    """What is called off needs no decision any more."""
    service.drop_hold(w, event.order_id)


def hold_recalled(w: Work, event: BatchRecalled) -> None:
    """What of the batch is not in anybody's hands yet waits for a decision; safe to repeat."""
    cause = service.Cause(
        HoldReason.RECALL, (event.listing_id,), _words(event), batch_id=event.batch_id
    )
    service.hold_recalled(w, cause)


def hold_out_of_force(w: Work, _event: PaperRevoked) -> None:
    """What was paid for and has not left waits for a decision, as after an expiry; safe to
    repeat."""
    service.hold_out_of_force(w)


def tell_recalled(w: Work, event: BatchRecalled) -> None:
    """Buyers and recipients are told; safe to repeat."""
    service.tell_recalled(w, event.batch_id, _words(event))


def _words(event: BatchRecalled) -> str:
    return f"“{event.title}”批次 {event.number} 已召回：{event.reason}"[:400]
