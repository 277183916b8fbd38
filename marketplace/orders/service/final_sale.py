"""A person says before buying that he knows which goods he cannot send back."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable

from marketplace.catalog.models import Listing
from marketplace.kernel.errors import Refused
from marketplace.orders import queries


def final_known(
    listings: Iterable[Listing], known: Collection[uuid.UUID] | None
) -> tuple[str, ...]:
    """The names of the goods that cannot be sent back; of each he must have said so; None: nothing
    was shown to anybody. Raises Refused no_return_unknown."""
    goods = tuple(listings)
    final = queries.final_ids(goods)
    untold = final.difference(known) if known is not None else frozenset()
    if untold:
        titles = "、".join(one.name for one in goods if one.id in untold)
        raise Refused("no_return_unknown", field="no_return", titles=titles)
    return tuple(one.name for one in goods if one.id in final)
