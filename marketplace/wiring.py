"""Who reacts to what: two tables, read from top to bottom, and the list of what nobody hears.

WITHIN runs in the same transaction; AFTER is written to the outbox in it and delivered at least
once, so those reactions must be safe to repeat.
"""

from __future__ import annotations

from marketplace import events
from marketplace.catalog import reactions as catalog
from marketplace.ledger import reactions as ledger
from marketplace.orders import reactions as orders
from marketplace.purchasing import reactions as purchasing
from marketplace.statistics import reactions as statistics
from marketplace.work import Wire, on

WITHIN: tuple[Wire, ...] = (
    on(
        events.OrderCancelled,
        ledger.book_cancelled_order,
        catalog.give_back,
        statistics.count_refund,
        purchasing.release_budget,
    ),
    on(
        events.OrderPaid,
        ledger.book_paid_order,
        catalog.sell,
        statistics.count_sale,
        purchasing.spend_budget,
    ),
    on(events.PaymentSettled, ledger.book_payment, orders.mark_paid),
    on(events.RefundSettled, ledger.book_refund, purchasing.give_back_budget),
)
AFTER: tuple[Wire, ...] = (
    on(events.ImportAdvanced, catalog.write_part),
    on(events.ImportEnded, catalog.forget_sheet),
    on(events.ListingChanged, catalog.reindex_listing),
    on(events.SupplierApproved, catalog.reindex_supplier),
    on(events.SupplierRestored, catalog.reindex_supplier),
    on(events.SupplierSuspended, catalog.reindex_supplier),
)
SILENT: frozenset[type[events.Event]] = frozenset(
    {
        events.DesignationsChanged,  # whoever searches asks for the lists of the instant
        events.OrderReceived,
        events.OrderShipped,
        events.PurchaseLapsed,
        events.PurchasePlaced,  # a promise is not money
    }
)

__all__ = ["AFTER", "SILENT", "WITHIN", "on"]
