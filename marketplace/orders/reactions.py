"""What orders do when money arrived elsewhere."""

from __future__ import annotations

from marketplace.events import PaymentSettled
from marketplace.orders import service
from marketplace.work import Work


def mark_paid(w: Work, event: PaymentSettled) -> None:
    """In the same transaction: every order of the purchase is paid, or none."""
    service.mark_paid(w, event.purchase_id, event.amount, event.tender)
