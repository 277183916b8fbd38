"""An order was undone as a whole: what was claimed of it is over."""

from __future__ import annotations

from marketplace.claims import service
from marketplace.events import OrderCancelled, OrderTakenBack, ParcelLeft
from marketplace.work import Work


def drop_claim(w: Work, event: OrderCancelled | OrderTakenBack) -> None:
    service.drop_claim(w, event.order_id)


def drop_unsent(w: Work, event: ParcelLeft) -> None:
    service.drop_unsent(w, event.order_id)
