"""Filling a basket: nothing is promised by it, so no trail and no stock are moved."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlalchemy import bindparam, delete, select

from marketplace.catalog import queries as catalog
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, Missing
from marketplace.orders import queries, rules
from marketplace.orders.models import BasketLine
from marketplace.work import Work


def put(w: Work, listing_id: uuid.UUID, quantity: int) -> BasketLine:
    """Add pieces of a good to the actor's basket. Raises Missing (not for sale now), Invalid."""
    if Role.EMPLOYEE not in w.actor.roles:
        raise Forbidden
    rules.check_quantity(quantity)
    offer = catalog.offer(w.session, listing_id, w.now)
    line = _line(w, listing_id)
    if line is None:
        line = BasketLine(
            person_id=w.actor.person_id, listing_id=listing_id, quantity=0, added_at=w.now
        )
    line.quantity = rules.check_quantity(line.quantity + quantity)
    line.price_seen = offer.listing.sale_price
    w.session.add(line)
    w.session.flush()
    return line


def change(w: Work, listing_id: uuid.UUID, quantity: int) -> BasketLine:
    """Want another number of pieces; the present price counts as seen. Raises Missing, Invalid."""
    line = _line(w, listing_id)
    if line is None:
        raise Missing(listing_id=listing_id)
    line.quantity = rules.check_quantity(quantity)
    offer = catalog.offers(w.session, [listing_id], w.now).get(listing_id)
    if offer is not None:
        line.price_seen = offer.listing.sale_price
    return line


_REMOVED = delete(BasketLine).where(
    BasketLine.person_id == bindparam("person_id"),
    BasketLine.listing_id.in_(bindparam("ids", expanding=True)),
)


def remove(w: Work, listing_ids: Iterable[uuid.UUID]) -> None:
    """Take goods out of the actor's basket; what is not in it is ignored."""
    w.session.execute(_REMOVED, {"person_id": w.actor.person_id, "ids": tuple(listing_ids)})


def leave_out(w: Work) -> int:
    """Take out of the actor's basket what is not for sale, out of its season, or of which nothing
    is left, at this instant; answers how many."""
    filled = queries.basket(w.session, w.actor, w.now, county_code="")
    rows = (row for parcel in filled.parcels for row in parcel.rows if row.is_out)
    out = [row.listing.id for row in (*filled.gone, *rows)]
    remove(w, out)
    return len(out)


def _line(w: Work, listing_id: uuid.UUID) -> BasketLine | None:
    """Held, so that pieces put in from two tabs are both in."""
    own = select(BasketLine).where(
        BasketLine.person_id == w.actor.person_id, BasketLine.listing_id == listing_id
    )
    return w.session.scalar(own.with_for_update())
