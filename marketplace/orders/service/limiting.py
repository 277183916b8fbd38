"""Whether goods may be bought on their terms: when, how many at least, how many by one person."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from marketplace.catalog import queries as catalog
from marketplace.catalog.rules import terms_problem
from marketplace.kernel.errors import Refused
from marketplace.orders import queries
from marketplace.orders.models import OrderLine
from marketplace.work import Work


class AboveMost(Refused):
    """More than one person may have; `data`: title, most, taken (before)."""

    code = "above_max_per_person"


def check_terms(
    w: Work, offers: Mapping[uuid.UUID, catalog.Offer], lines: Mapping[uuid.UUID, int]
) -> None:
    """At this very instant. Raises Refused (orders_closed, below_min_quantity)."""
    for listing_id, quantity in lines.items():
        listing = offers[listing_id].listing
        problem = terms_problem(listing, quantity, w.now)
        if problem:
            raise Refused(problem, title=listing.name, least=listing.min_quantity or 1)


def check_person(
    w: Work,
    organisation_id: uuid.UUID | None,
    offers: Mapping[uuid.UUID, catalog.Offer],
    lines: Mapping[uuid.UUID, int],
) -> None:
    """A person's earlier orders and these lines together, once their stock is held: holding it lets
    one buyer of a good at a time past here. A union buys for many. Raises AboveMost."""
    if organisation_id is not None:
        return
    limited = {key: most for key in lines if (most := offers[key].listing.max_per_person)}
    before = queries.taken(w.session, w.actor.person_id, limited)
    for key, most in limited.items():
        if before.get(key, 0) + lines[key] > most:
            title = offers[key].listing.name
            raise AboveMost(title=title, most=most, taken=before.get(key, 0))


def check_revived(w: Work, person_id: str, lines: Sequence[OrderLine]) -> None:
    """The same of lines that are held again, by the limits that stood when they were bought."""
    limited = {
        line.listing_id: (line.title, most)
        for line in lines
        if (most := (line.terms or {}).get("max_per_person"))
    }
    w.session.flush()
    for key, pieces in queries.taken(w.session, person_id, limited).items():
        title, most = limited[key]
        if pieces > most:
            raise AboveMost(title=title, most=most, taken=pieces)
