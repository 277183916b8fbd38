"""What statistics do when an order is paid, or a paid one is called off."""

from __future__ import annotations

from marketplace.events import OrderCancelled, OrderPaid, OrderPartRefunded, OrderTakenBack
from marketplace.statistics import service
from marketplace.work import Work


def count_sale(w: Work, event: OrderPaid) -> None:
    """In the same transaction: what is paid is counted, or neither."""
    service.count_sale(w, event)


def count_refund(w: Work, event: OrderCancelled | OrderTakenBack) -> None:
    """In the same transaction: what is owed back is counted against it."""
    service.count_refund(w, event)


def count_part_refund(w: Work, event: OrderPartRefunded) -> None:
    """In the same transaction: the order stays a sale, of less."""
    service.count_part_refund(w, event)
