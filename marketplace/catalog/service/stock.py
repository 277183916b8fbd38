"""Pieces of goods: held, sold, given back. Only by guarded updates: nobody sells what is gone."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, and_, inspect, select, update
from sqlalchemy.orm.attributes import QueryableAttribute, set_committed_value

from marketplace.catalog import queries, rules
from marketplace.catalog.models import Listing, Reservation
from marketplace.catalog.states import ReservationState
from marketplace.kernel.errors import Conflict, Missing, Refused, WrongState
from marketplace.suppliers import queries as suppliers
from marketplace.work import Work

_R = ReservationState
PIECES = ("received", "available", "reserved", "sold", "version")
Changes = dict[QueryableAttribute[int], ColumnElement[int] | int]


class OutOfStock(Refused):
    """Fewer pieces are left than asked for; `data`: listing_id, title, available, wanted."""

    code = "out_of_stock"


class NotForSale(Refused):
    """Nobody may buy it now: not on sale, or its supplier or its origin is not in force."""

    code = "not_for_sale"


def hold(w: Work, listing_id: uuid.UUID, quantity: int, ends_at: datetime) -> Reservation:
    """Keep pieces for one order line until `ends_at`; whoever holds them lets go or sells.

    Raises NotForSale, OutOfStock, Invalid (quantity).
    """
    rules.check_quantity(quantity)
    _take(w, listing_id, quantity)
    kept = Reservation(
        listing_id=listing_id,
        quantity=quantity,
        state=_R.HELD,
        held_at=w.now,
        ends_at=ends_at,
    )
    w.session.add(kept)
    w.record("hold", kept, to_state=_R.HELD, listing_id=listing_id, quantity=quantity)
    return kept


def hold_again(w: Work, reservation_id: uuid.UUID, ends_at: datetime) -> None:
    """Pieces that were let go are kept once more, if they are still there and may be sold.

    Raises NotForSale, OutOfStock, WrongState when they were not let go.
    """
    kept = _end(w, reservation_id, "hold_again", _R.RELEASED, _R.HELD)
    kept.ends_at, kept.ended_at = ends_at, None
    _take(w, kept.listing_id, kept.quantity)


def sell(w: Work, reservation_id: uuid.UUID) -> None:
    """The held pieces are paid for. Raises WrongState when they are not held any more."""
    kept = _end(w, reservation_id, "sell", _R.HELD, _R.SOLD)
    n = kept.quantity
    changes: Changes = {Listing.reserved: Listing.reserved - n, Listing.sold: Listing.sold + n}
    _change(w, kept.listing_id, changes, Listing.reserved >= n)


def release(w: Work, reservation_id: uuid.UUID) -> None:
    """The held pieces may be bought by others again. Raises WrongState when not held any more."""
    kept = _end(w, reservation_id, "release", _R.HELD, _R.RELEASED)
    n = kept.quantity
    changes: Changes = {
        Listing.reserved: Listing.reserved - n,
        Listing.available: Listing.available + n,
    }
    _change(w, kept.listing_id, changes, Listing.reserved >= n)


def restock(w: Work, reservation_id: uuid.UUID) -> None:
    """Sold pieces come back after a paid order was cancelled. Raises WrongState when not sold."""
    kept = _end(w, reservation_id, "restock", _R.SOLD, _R.RELEASED)
    n = kept.quantity
    changes: Changes = {Listing.sold: Listing.sold - n, Listing.available: Listing.available + n}
    _change(w, kept.listing_id, changes, Listing.sold >= n)


def set_stock(w: Work, listing_id: uuid.UUID, received: int) -> Listing:
    """Say how many pieces are offered in all, those held and sold included; at once, without
    review. Raises Invalid, Missing, Refused (stock_below_promised: that many are held or sold)."""
    rules.check_stock(received)
    listing, _ = queries.own_listing(w.session, w.actor, listing_id)
    before = listing.received
    if before == received:
        return listing
    promised = Listing.reserved + Listing.sold
    changes: Changes = {Listing.received: received, Listing.available: received - promised}
    if not _change(w, listing_id, changes, promised <= received):
        least = listing.reserved + listing.sold
        raise Refused("stock_below_promised", field="stock", value=received, least=least)
    w.record("set_stock", listing, before=before, received=received)
    return listing


def _take(w: Work, listing_id: uuid.UUID, quantity: int) -> None:
    listing = queries.to_hold(w.session, listing_id, w.now)
    if listing is None:
        raise NotForSale(listing_id=listing_id)
    changes: Changes = {
        Listing.available: Listing.available - quantity,
        Listing.reserved: Listing.reserved + quantity,
    }
    # asked again now that its supplier is held: what was decided while we waited counts
    stands = suppliers.stands(w.now, Listing.supplier_id, Listing.standing)
    unchanged = and_(Listing.available >= quantity, Listing.version == listing.version, stands)
    seen = listing.version
    if not _change(w, listing_id, changes, unchanged):
        if listing.version != seen:  # withdrawn or revised since it was looked at
            raise Conflict(listing_id=listing_id)
        if listing.available >= quantity:
            raise NotForSale(listing_id=listing_id)
        raise OutOfStock(
            listing_id=listing_id, title=listing.name, available=listing.available, wanted=quantity
        )


def _end(
    w: Work, reservation_id: uuid.UUID, verb: str, before: ReservationState, after: ReservationState
) -> Reservation:
    """Move a reservation on, exactly once: of two at the same time one finds no row."""
    moved = w.session.execute(
        update(Reservation)
        .where(Reservation.id == reservation_id, Reservation.state == before)
        .values(state=after, ended_at=w.now),
        execution_options={"synchronize_session": False},
    )
    kept = w.session.scalar(
        select(Reservation)
        .where(Reservation.id == reservation_id)
        .execution_options(populate_existing=True)
    )
    if kept is None:
        raise Missing(reservation_id=reservation_id)
    if not isinstance(moved, CursorResult) or moved.rowcount != 1:
        raise WrongState(verb=verb, state=kept.state)
    w.record(verb, kept, from_state=before, to_state=after, quantity=kept.quantity)
    return kept


def _change(w: Work, listing_id: uuid.UUID, changes: Changes, enough: ColumnElement[bool]) -> bool:
    """Change the pieces of a listing where there are enough; False when there are not."""
    w.session.flush()
    now = w.session.execute(
        update(Listing)
        .where(Listing.id == listing_id, enough)
        .values(changes)
        .returning(*(getattr(Listing, name) for name in PIECES)),
        execution_options={"synchronize_session": False},
    ).one_or_none()
    known = w.session.identity_map.get(
        inspect(Listing).identity_key_from_primary_key((listing_id,))
    )
    if known is not None and now is not None:  # what was read before is old now
        for name, value in zip(PIECES, now, strict=True):
            set_committed_value(known, name, value)
    elif known is not None:
        w.session.refresh(known, PIECES)
    return now is not None
