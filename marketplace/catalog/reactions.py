"""What goods do when something happened elsewhere: stock follows orders, search follows sight."""

from __future__ import annotations

from contextlib import nullcontext

from marketplace.catalog import queries, service
from marketplace.events import (
    ImportAdvanced,
    ImportEnded,
    ListingChanged,
    OrderCancelled,
    OrderPaid,
    SupplierApproved,
    SupplierRestored,
    SupplierSuspended,
)
from marketplace.work import Work


def sell(w: Work, event: OrderPaid) -> None:
    """The pieces held for a paid order are sold."""
    for line in event.lines:
        service.sell(w, line.reservation_id)


def give_back(w: Work, event: OrderCancelled) -> None:
    """The pieces of a cancelled order may be bought again."""
    for line in event.lines:
        if event.was_paid:
            service.restock(w, line.reservation_id)
        else:
            service.release(w, line.reservation_id)


def write_part(w: Work, event: ImportAdvanced) -> None:
    """The next rows of a long sheet; a part that is written already stays as it is."""
    service.write_part(w, event.import_id, event.part)


def forget_sheet(w: Work, event: ImportEnded) -> None:
    """What was kept of a sheet goes; safe to repeat."""
    service.forget(w, event.import_id)


def reindex_listing(w: Work, event: ListingChanged) -> None:
    """Search finds it while it is on sale; safe to repeat."""
    service.reindex(w.tools.search, lambda: nullcontext(w.session), [event.listing_id])


def reindex_supplier(
    w: Work, event: SupplierApproved | SupplierSuspended | SupplierRestored
) -> None:
    """All listings of a supplier that came into force or left it; safe to repeat."""
    ids = queries.listings_of(w.session, event.supplier_id)
    service.reindex(w.tools.search, lambda: nullcontext(w.session), ids)
