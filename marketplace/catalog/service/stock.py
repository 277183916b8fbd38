"""Pieces of goods: held, sold, given back. Only by guarded updates: nobody sells what is gone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, Row, bindparam, inspect, select, update
from sqlalchemy.orm.attributes import QueryableAttribute, set_committed_value

from marketplace.catalog import queries, rules
from marketplace.catalog.models import Listing, Reservation
from marketplace.catalog.states import ReservationState
from marketplace.kernel.base import AT, new_id
from marketplace.kernel.errors import Conflict, Missing, Refused, WrongState
from marketplace.suppliers import queries as suppliers
from marketplace.work import Work, insert_things

_R = ReservationState
PIECES = ("received", "available", "reserved", "sold", "version")
Pieces = Mapping[uuid.UUID, int]  # listing → pieces
Changes = dict[QueryableAttribute[int], ColumnElement[int] | int]


class OutOfStock(Refused):
    """Fewer pieces are left than asked for; `data`: listing_id, title, available, wanted."""

    code = "out_of_stock"


class NotForSale(Refused):
    """Nobody may buy it now: not on sale, or its supplier or its origin is not in force."""

    code = "not_for_sale"


def hold(w: Work, listing_id: uuid.UUID, quantity: int, ends_at: datetime | None) -> Reservation:
    """Keep pieces for one order line until `ends_at` (None: until it is called off); whoever holds
    them lets go or sells.

    Raises NotForSale, OutOfStock, Invalid (quantity).
    """
    rules.check_quantity(quantity)
    _take(w, _to_hold(w, listing_id), quantity)
    return _keep(w, {listing_id: quantity}, ends_at)[listing_id]


def hold_offers(
    w: Work, offers: Mapping[uuid.UUID, queries.Offer], pieces: Pieces, ends_at: datetime | None
) -> dict[uuid.UUID, Reservation]:
    """The same for several that `queries.offers(held=True)` found in this unit; in the order of
    listings, so that no two buyers wait for each other. Raises OutOfStock, NotForSale, Invalid."""
    for listing_id in sorted(pieces):
        rules.check_quantity(pieces[listing_id])
        _take(w, offers[listing_id].listing, pieces[listing_id])
    return _keep(w, pieces, ends_at)


def hold_again(w: Work, reservation_id: uuid.UUID, ends_at: datetime | None) -> None:
    """Pieces that were let go are kept once more, if they are still there and may be sold.

    Raises NotForSale, OutOfStock, WrongState when they were not let go.
    """
    kept = _end(w, reservation_id, "hold_again", _R.RELEASED, _R.HELD)
    kept.ends_at, kept.ended_at = ends_at, None
    w.session.flush()
    _take(w, _to_hold(w, kept.listing_id), kept.quantity)


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


def give_back(w: Work, reservation_id: uuid.UUID, pieces: int) -> None:
    """So many pieces were refunded before they left, and may be bought by others again: sold ones,
    or held ones of what is paid later. Raises Conflict when so many are neither."""
    kept = w.session.scalar(
        update(Reservation)
        .where(Reservation.id == reservation_id, Reservation.state.in_((_R.SOLD, _R.HELD)))
        .where(Reservation.quantity >= pieces)
        .values(quantity=Reservation.quantity - pieces)
        .returning(Reservation),
        execution_options={"populate_existing": True},
    )
    if kept is None:
        raise Conflict(reservation_id=reservation_id)
    kind = Listing.sold if kept.state is _R.SOLD else Listing.reserved
    changes: Changes = {kind: kind - pieces, Listing.available: Listing.available + pieces}
    _change(w, kept.listing_id, changes, kind >= pieces)
    w.record("give_back", kept, quantity=pieces)


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


def _keep(w: Work, pieces: Pieces, ends_at: datetime | None) -> dict[uuid.UUID, Reservation]:
    made = {
        one: Reservation(
            id=new_id(),
            listing_id=one,
            quantity=pieces[one],
            state=_R.HELD,
            held_at=w.now,
            ends_at=ends_at,
        )
        for one in sorted(pieces)
    }
    insert_things(w.session, list(made.values()))
    for one, kept in made.items():
        w.record_named("hold", kept, to_state=_R.HELD, listing_id=one, quantity=pieces[one])
    return made


def _to_hold(w: Work, listing_id: uuid.UUID) -> Listing:
    listing = queries.to_hold(w.session, listing_id, w.now)
    if listing is None:
        raise NotForSale(listing_id=listing_id)
    return listing


_L = Listing.__table__.c
_WANTED = bindparam("wanted", type_=_L.available.type)
# its standing is asked again now that its supplier is held: what was decided while we waited counts
_TAKEN = (
    update(Listing.__table__)  # type: ignore[arg-type]  # a mapped class has a Table
    .where(
        _L.id == bindparam("listing_id"),
        _L.available >= _WANTED,
        _L.version == bindparam("seen"),
        suppliers.stands(AT, _L.supplier_id, _L.standing),
    )
    .values(available=_L.available - _WANTED, reserved=_L.reserved + _WANTED)
    .returning(*(_L[name] for name in PIECES))
)


def _take(w: Work, listing: Listing, quantity: int) -> None:
    """The listing as it was found by `to_hold` or among `offers(held=True)` of this unit."""
    seen = listing.version
    given = {"listing_id": listing.id, "wanted": quantity, "seen": seen, "at": w.now}
    now = w.session.connection().execute(_TAKEN, given).one_or_none()
    if now is not None:
        _read_back(listing, now)
        return
    w.session.refresh(listing, PIECES)
    if listing.version != seen:  # withdrawn or revised since it was looked at
        raise Conflict(listing_id=listing.id)
    if listing.available >= quantity:
        raise NotForSale(listing_id=listing.id)
    raise OutOfStock(
        listing_id=listing.id, title=listing.name, available=listing.available, wanted=quantity
    )


def _read_back(listing: Listing, now: Row[tuple[int, ...]]) -> None:
    """What was read before is old now."""
    for name, value in zip(PIECES, now, strict=True):
        set_committed_value(listing, name, value)


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
    if known is not None and now is not None:
        _read_back(known, now)
    elif known is not None:
        w.session.refresh(known, PIECES)
    return now is not None
