"""Goods that a person cannot send back within seven days, by their category."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.catalog.models import Listing
from marketplace.catalog.rules import category


def is_returnable(listing: Listing) -> bool:
    """Whether a person may send it back without a reason."""
    return not category(listing.category).perishable


def final_titles(listings: Iterable[Listing]) -> tuple[str, ...]:
    """The names of those that stay sold, in the order given."""
    return tuple(listing.name for listing in listings if not is_returnable(listing))
