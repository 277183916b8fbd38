"""What invoices do when something happened elsewhere: money came, money goes back."""

from __future__ import annotations

from marketplace.events import (
    OrderCancelled,
    OrderPaid,
    OrderPartRefunded,
    OrderTakenBack,
    RefundSettled,
)
from marketplace.invoices import service
from marketplace.orders.models import Purchase
from marketplace.work import Work


def ask_for_union(w: Work, event: OrderPaid) -> None:
    """A union needs an invoice for everything it buys; a person asks for one, or chose a title."""
    if event.organisation_id is not None:
        service.ask_for_union(w, event.order_id)
    elif w.session.get_one(Purchase, event.purchase_id).invoice_to:
        service.ask_as_chosen(w, event.order_id)


def follow_cancelled(w: Work, event: OrderCancelled) -> None:
    """What is called off is not invoiced, and what was is to be taken back."""
    if event.was_paid:
        service.follow_order(w, event.order_id)


def follow_part_refund(w: Work, event: OrderPartRefunded) -> None:
    """A part goes back: so much less is to be invoiced."""
    service.follow_order(w, event.order_id)


def follow_taken_back(w: Work, event: OrderTakenBack) -> None:
    """The same for what was completed before."""
    service.follow_order(w, event.order_id)


def follow_refund(w: Work, event: RefundSettled) -> None:
    """Money went back, for whatever reason; a union's for its credit was for no order."""
    if event.cause == "purchase":
        service.follow_order(w, event.order_id)
