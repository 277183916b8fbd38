"""Credit follows the money: held credit pays, what is off comes back, a union's money counts."""

from __future__ import annotations

from marketplace.credit import service
from marketplace.events import CoverReturned, PaymentSettled, RefundSettled
from marketplace.work import Work

CREDIT = "credit"  # what the payment is for, see payments.PaymentCause


def settle(w: Work, event: PaymentSettled) -> None:
    """A union's money makes credit; a buyer's lets credit and vouchers pay their part."""
    if event.cause == CREDIT:
        service.fund(w, event)
    elif event.covered:
        service.pay(w, event)


def take_back(w: Work, event: CoverReturned) -> None:
    """In the same transaction as the refund, or as what was let go."""
    service.take_back(w, event)


def give_back_budget(w: Work, event: RefundSettled) -> None:
    """What a union got back of its credit may be used for something else."""
    if event.cause == CREDIT:
        service.give_back_budget(w, event)
