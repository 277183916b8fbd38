"""How many pieces of a good a person has bought, and what was sold against its terms."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from math import inf

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from marketplace.catalog.models import Reservation
from marketplace.catalog.rules import kept_fault
from marketplace.catalog.states import ReservationState
from marketplace.orders.models import Order, OrderLine, Purchase

STANDS = (ReservationState.HELD, ReservationState.SOLD)

_TAKEN = (
    select(OrderLine.listing_id, func.sum(OrderLine.to_send))
    .join(Order, OrderLine.order_id == Order.id)
    .join(Purchase, Order.purchase_id == Purchase.id)
    .join(Reservation, OrderLine.reservation_id == Reservation.id)
    .where(
        Purchase.buyer_id == bindparam("person_id"),
        Purchase.organisation_id.is_(None),
        OrderLine.listing_id.in_(bindparam("ids", expanding=True)),
        Reservation.state.in_(STANDS),
    )
    .group_by(OrderLine.listing_id)
)


def taken(
    session: Session, person_id: str, listing_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, int]:
    """Pieces per listing in the person's own orders: not what was cancelled, has lapsed, or was
    refunded because it never left. No question is asked for no listing."""
    if not listing_ids:
        return {}
    rows = session.execute(_TAKEN, {"person_id": person_id, "ids": tuple(listing_ids)})
    return {row[0]: int(row[1]) for row in rows}


def limit_faults(session: Session) -> Iterator[str]:
    """What was sold out of its season or in too few pieces, and who has more of a good than any of
    his orders of it allowed, in words."""
    had_terms = select(OrderLine.listing_id).where(OrderLine.terms.is_not(None))
    asked = (
        select(OrderLine, Purchase)
        .join(Order, OrderLine.order_id == Order.id)
        .join(Purchase, Order.purchase_id == Purchase.id)
        .join(Reservation, OrderLine.reservation_id == Reservation.id)
        .where(Reservation.state.in_(STANDS), OrderLine.listing_id.in_(had_terms))
        .order_by(Purchase.number)
    )
    own: dict[tuple[str, uuid.UUID, str], list[tuple[int, float]]] = {}
    for line, purchase in session.execute(asked):
        terms = line.terms or {}
        if found := kept_fault(terms, line.quantity, purchase.placed_at):
            yield f"{line.title} was sold in {purchase.number}: {found}"
        if purchase.organisation_id is None:
            key = (purchase.buyer_id, line.listing_id, line.title)
            allowed = terms.get("max_per_person", inf)
            own.setdefault(key, []).append((line.to_send, allowed))
    for (buyer, _listing_id, title), lines in own.items():
        has, most = sum(pieces for pieces, _ in lines), max(allowed for _, allowed in lines)
        if has > most:
            yield f"{buyer} has {has} of {title}, at most {most} were allowed"
