"""What goods do when something happened elsewhere: stock follows orders, search follows sight."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from marketplace.catalog import queries, rules, service
from marketplace.catalog.models import Listing
from marketplace.catalog.states import ListingState
from marketplace.events import (
    DesignationsChanged,
    ListingChanged,
    OrderCancelled,
    OrderPaid,
    SupplierApproved,
    SupplierRestored,
    SupplierSuspended,
)
from marketplace.ports.search import SearchDocument
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


def reindex_listing(w: Work, event: ListingChanged) -> None:
    """Search finds it while it may be seen; safe to repeat."""
    _reindex(w, [event.listing_id])


def reindex_supplier(
    w: Work, event: SupplierApproved | SupplierSuspended | SupplierRestored
) -> None:
    """All listings of a supplier that came into force or left it; safe to repeat."""
    wanted = select(Listing.id).where(
        Listing.supplier_id == event.supplier_id, Listing.state == ListingState.ON_SALE
    )
    _reindex(w, list(w.session.scalars(wanted)))


def reindex_counties(w: Work, event: DesignationsChanged) -> None:
    """All listings from counties about which a list says something else; safe to repeat."""
    wanted = select(Listing.id).where(
        Listing.county_code.in_(event.county_codes), Listing.state == ListingState.ON_SALE
    )
    _reindex(w, list(w.session.scalars(wanted)))


def _reindex(w: Work, listing_ids: list[UUID]) -> None:
    seen = queries.offers(w.session, listing_ids, w.now)
    w.tools.search.remove([listing_id for listing_id in listing_ids if listing_id not in seen])
    w.tools.search.put([_document(w, offer) for offer in seen.values()])


def _document(w: Work, offer: queries.Offer) -> SearchDocument:
    """Title, and the words people look for: where from, by whom, what kind."""
    kind = rules.category(offer.listing.category)
    words = (
        *dict.fromkeys((offer.county.name, offer.county.prefecture, offer.county.province)),
        *(fact.label for fact in offer.designations),
        *(village.name for village in queries.villages(w.session, offer.listing.id)),
        offer.supplier.legal_name,
        kind.zh,
        kind.en,
    )
    return SearchDocument(offer.listing.id, offer.listing.title, " ".join(words))
