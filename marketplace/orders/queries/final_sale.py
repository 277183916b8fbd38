"""Goods that a person cannot send back within seven days, by their category or what is said of
them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from marketplace.catalog.models import Listing
from marketplace.catalog.rules import no_return_of


def is_returnable(listing: Listing) -> bool:
    """Whether a person may send it back without a reason."""
    return not no_return_of(listing)


def final_ids(listings: Iterable[Listing]) -> frozenset[uuid.UUID]:
    """Those that stay sold."""
    return frozenset(listing.id for listing in listings if not is_returnable(listing))


def final_reasons(listings: Iterable[Listing]) -> dict[str, tuple[str, ...]]:
    """The same by the reason."""
    found: dict[str, tuple[str, ...]] = {}
    for listing in listings:
        if reason := no_return_of(listing):
            found[reason] = (*found.get(reason, ()), listing.name)
    return found
