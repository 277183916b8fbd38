"""A person says before buying that he knows which goods he cannot send back."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.catalog.models import Listing
from marketplace.kernel.errors import Refused
from marketplace.orders import queries


def final_known(listings: Iterable[Listing], *, is_known: bool) -> tuple[str, ...]:
    """The names of the goods that cannot be sent back; of which he must have said so. Raises
    Refused no_return_unknown."""
    titles = queries.final_titles(listings)
    if titles and not is_known:
        raise Refused("no_return_unknown", field="no_return", titles="、".join(titles))
    return titles
