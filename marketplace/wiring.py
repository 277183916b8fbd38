"""Who reacts to what: two tables, read from top to bottom, and the list of what nobody hears.

WITHIN runs in the same transaction; AFTER is written to the outbox in it and delivered at least
once, so those reactions must be safe to repeat.
"""

from __future__ import annotations

from marketplace import events
from marketplace.catalog import reactions as catalog
from marketplace.statistics import reactions as statistics
from marketplace.work import Wire, on

WITHIN: tuple[Wire, ...] = (
    on(events.OrderCancelled, catalog.give_back, statistics.count_refund),
    on(events.OrderPaid, catalog.sell, statistics.count_sale),
)
AFTER: tuple[Wire, ...] = (
    on(events.ListingChanged, catalog.reindex_listing),
    on(events.SupplierApproved, catalog.reindex_supplier),
    on(events.SupplierRestored, catalog.reindex_supplier),
    on(events.SupplierSuspended, catalog.reindex_supplier),
)
SILENT: frozenset[type[events.Event]] = frozenset()

__all__ = ["AFTER", "SILENT", "WITHIN", "on"]
