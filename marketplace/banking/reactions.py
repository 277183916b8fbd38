"""What the bank's lines have to do with money that was confirmed by hand."""

from __future__ import annotations

from marketplace.banking import service
from marketplace.events import PaymentSettled
from marketplace.payments.models import Tender
from marketplace.work import Work


def claim_line(w: Work, event: PaymentSettled) -> None:
    """In the same transaction: one movement at the bank is counted once."""
    if event.tender == Tender.TRANSFER:
        service.claim_settled(w, event.payment_id)
