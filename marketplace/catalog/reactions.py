"""What goods do when something happened elsewhere: stock follows orders, search follows sight."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.catalog import queries, service
from marketplace.events import (
    EntityChanged,
    GoodsPaperAccepted,
    ImportAdvanced,
    ImportEnded,
    ListingChanged,
    OrderCancelled,
    OrderPaid,
    PaperRevoked,
    PhotosLeft,
    RatingChanged,
    SoldLine,
    SupplierApproved,
    SupplierRestored,
    SupplierSuspended,
)
from marketplace.work import Outside, Sent, Work


def sell(w: Work, event: OrderPaid) -> None:
    """The pieces held for a paid order are sold."""
    for line in _in_lock_order(event):
        service.sell(w, line.reservation_id)


def count_rating(w: Work, event: RatingChanged) -> None:
    """What pages show beside a good without asking for its reviews."""
    service.count_rating(w, event.listing_id, count=event.count, stars=event.stars)


def give_back(w: Work, event: OrderCancelled) -> None:
    """The pieces of a cancelled order may be bought again."""
    for line in _in_lock_order(event):
        if event.was_paid:
            service.restock(w, line.reservation_id)
        else:
            service.release(w, line.reservation_id)


def stand_anew(w: Work, event: GoodsPaperAccepted | PaperRevoked) -> None:
    """A listing with a paper of its own has its own place at the gate; batches have none."""
    if event.goods_id is not None:
        service.stand_anew(w, event.goods_id)


def write_part(w: Work, event: ImportAdvanced) -> None:
    """The next rows of a long sheet; a part that is written already stays as it is."""
    service.write_part(w, event.import_id, event.part)


def forget_sheet(w: Work, event: ImportEnded) -> None:
    """What was kept of a sheet goes; safe to repeat."""
    service.forget(w, event.import_id)


def drop_photos(w: Work, event: PhotosLeft) -> None:
    """Files that nothing names go; safe to repeat."""
    for key in event.keys:
        w.tools.storage.drop(key)


def _in_lock_order(event: OrderPaid | OrderCancelled) -> list[SoldLine]:
    """Everybody moves stock in the order of listings, so that no two wait for each other."""
    return sorted(event.lines, key=lambda line: line.listing_id)


def reindex_supplier(
    w: Work,
    event: SupplierApproved | SupplierSuspended | SupplierRestored | EntityChanged,
) -> None:
    """All goods of a supplier that came into force, left it, or bears another name now may read
    differently."""
    for listing_id in queries.listings_of(w.session, event.supplier_id):
        w.announce(ListingChanged(w.now, listing_id))


def reindex_listings(outside: Outside, changed: Sequence[Sent[ListingChanged]]) -> None:
    """Search finds each while it is on sale; a batch is one commit of the index."""
    ids = list(dict.fromkeys(one.what.listing_id for one in changed))
    service.reindex(outside.tools.search, outside.reading, ids)
