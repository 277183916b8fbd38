"""New and changed goods by the thousand: the same deeds as one by one, in few statements."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    String,
    Table,
    bindparam,
    cast,
    delete,
    select,
    update,
)

from marketplace.catalog import queries, rules
from marketplace.catalog.models import CatalogImport, Listing, ListingVillage
from marketplace.catalog.queries import Known, Ready
from marketplace.catalog.rules import Content
from marketplace.catalog.service import clock
from marketplace.catalog.service.bringing import keep_photos
from marketplace.catalog.service.proposing import propose, supersede
from marketplace.catalog.states import LISTING, AbsentGoods, ClockStep, ListingState
from marketplace.events import ListingChanged, ReviewDropped
from marketplace.kernel.errors import Busy
from marketplace.kernel.money import Money
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.service import profile
from marketplace.work import Deed, Work, insert_columns, insert_rows

LISTINGS: Table = Listing.__table__  # type: ignore[assignment]  # a mapped class has a Table
VILLAGES: Table = ListingVillage.__table__  # type: ignore[assignment]  # likewise
PRICES = ("supply_price", "sale_price", "per_500g")
NO_PHOTOS: list[str] = []  # one object, which is made ready for the driver once
_PROMISED = LISTINGS.c.reserved + LISTINGS.c.sold


def add(w: Work, taken: CatalogImport, ready: Sequence[Ready]) -> None:
    """New listings as drafts with their first pieces."""
    if not ready:
        return
    gate = _Gate(w, taken.supplier_id)
    same = {
        "supplier_id": taken.supplier_id,
        "import_id": taken.id,
        "state": ListingState.DRAFT,
        "created_at": w.now,
        "reserved": 0,
        "price_reason": "",
        "version": 1,
        "sold": 0,
        "reviews": 0,
        "stars": 0,
    }
    stock = [one.entry.stock for one in ready]
    columns = {
        **_columns([one.entry.said for one in ready]),
        **_columns([gate.columns(one) for one in ready]),
        **_columns([_following(one) for one in ready]),
        "id": [uuid.uuid4() for _ in ready],
        "received": stock,
        "available": stock,
        "sheet_left": [queries.left(1, pieces) for pieces in stock],
    }
    columns |= {name: [rules.day_of(one) for one in columns[name]] for name in rules.DAYS}
    fen = {name: columns.pop(name) for name in PRICES}
    insert_columns(w.session, LISTINGS, columns, same=same, typed=fen)
    settled = list(zip(columns["id"], ready, strict=True))
    _settle(w, settled)
    keep_photos(w, taken, settled)
    who, kind, supplier_id = w.actor.person_id, Listing.__name__, taken.supplier_id
    w.deeds += [
        Deed(who, "draft", kind, listing_id, supplier_id, to_state="draft",
             data={"sku": one.entry.said["sku"], "received": one.entry.stock})
        for listing_id, one in settled
    ]  # fmt: skip  # one row, one line more


def change(w: Work, taken: CatalogImport, ready: Sequence[Ready]) -> None:
    """Other words for known listings. What is on sale changes only by a change-set: through at once
    by a rule, or waiting for a person; whatever else they were, they are drafts now.

    Raises WrongState, Forbidden; Busy when one was changed meanwhile.
    """
    supplier_id = taken.supplier_id
    known = [(one, one.known) for one in ready if one.known is not None]
    keep_photos(w, taken, [(found.id, one) for one, found in known])
    on_sale = [one for one, found in known if found.state is ListingState.ON_SALE]
    through = propose(w, [(one.known.id, _content(one)) for one in on_sale if one.known])
    rows, settled = [], []
    gate = _Gate(w, supplier_id)
    for one, found in known:
        passed = through.get(found.id)
        if one in on_sale and passed is None:
            continue
        verb = "edit" if passed else "revise"
        after = LISTING.after(found.state, verb, w.actor.roles)
        mark = queries.left(found.version + 1, one.entry.stock)
        known_as = {"this": found.id, "seen": found.version, "state": after, "sheet_left": mark}
        rows.append({**known_as, **_row(one, gate)})
        settled.append((found.id, one))
        told: dict[str, Any] = {"before": _prices(found), "fingerprint": one.fingerprint}
        if passed:
            told["change"] = str(passed)
        deed = _deed(w, supplier_id, found.id, verb, told, to=after, was=found.state)
        w.deeds.append(deed)
        if found.state is ListingState.SUBMITTED:
            w.announce(ReviewDropped(w.now, ReviewKind.LISTING, found.id))
        if found.state is not ListingState.DRAFT:  # nobody was shown a draft
            w.announce(ListingChanged(w.now, found.id))
    _write(w, rows, settled)
    again = (ListingState.SUBMITTED, ListingState.WITHDRAWN)
    begun = [
        clock.Timed(found.id, found.id, supplier_id, one.entry.county)
        for one, found in known
        if found.state in again
    ]
    clock.begin(w, ClockStep.DRAFT, begun)


def _write(
    w: Work, rows: Sequence[dict[str, Any]], settled: Sequence[tuple[uuid.UUID, Ready]]
) -> None:
    """Raises Busy."""
    if not rows:
        return
    names = [name for name in rows[0] if name not in {"this", "seen"}]
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    done = w.session.connection().execute(
        update(LISTINGS)
        .where(LISTINGS.c.id == bindparam("this"), LISTINGS.c.version == bindparam("seen"))
        .values(**values, version=LISTINGS.c.version + 1),  # who is about to buy looks again
        rows,
    )
    if done.rowcount != len(rows):
        raise Busy
    w.session.execute(delete(VILLAGES).where(VILLAGES.c.listing_id.in_([i for i, _ in settled])))
    _settle(w, settled)
    outdate(w)


def restock(w: Work, supplier_id: uuid.UUID, ready: Sequence[Ready]) -> None:
    """Other numbers of pieces offered in all; they count at once.

    Raises Busy when pieces were promised meanwhile; the unit may be run again then.
    """
    rows = []
    for one in ready:
        if one.known is not None:
            rows.append({"this": one.known.id, "pieces": one.entry.stock})
            told = {"before": one.known.received, "received": one.entry.stock}
            w.deeds.append(_deed(w, supplier_id, one.known.id, "set_stock", told))
    if not rows:
        return
    promised = _PROMISED
    pieces: BindParameter[int] = bindparam("pieces", type_=Integer())
    done = w.session.connection().execute(
        update(LISTINGS)
        .where(LISTINGS.c.id == bindparam("this"), promised <= pieces)
        .values(
            received=pieces,
            available=pieces - promised,
            sheet_left=_left(LISTINGS.c.version, pieces),
        ),
        rows,
    )
    if done.rowcount != len(rows):
        raise Busy
    outdate(w)


def leave_out(w: Work, taken: CatalogImport, ids: Sequence[uuid.UUID]) -> int:
    """What was chosen for goods that a sheet does not name; answers how many were changed.

    Raises Forbidden.
    """
    known = w.session.execute(
        select(LISTINGS.c.id, LISTINGS.c.state, LISTINGS.c.received, _PROMISED.label("promised"))
        .where(LISTINGS.c.id.in_(ids), LISTINGS.c.supplier_id == taken.supplier_id)
        .order_by(LISTINGS.c.id)
        .with_for_update()
    ).all()
    if taken.absent_goods is AbsentGoods.WITHDRAW:
        sources = LISTING.steps["withdraw"].sources
        return _withdraw(w, taken.supplier_id, [one for one in known if one.state in sources])
    return _empty(w, taken.supplier_id, [one for one in known if one.received > one.promised])


def _withdraw(w: Work, supplier_id: uuid.UUID, known: Sequence[Any]) -> int:
    for one in known:
        after = LISTING.after(one.state, "withdraw", w.actor.roles)
        deed = _deed(w, supplier_id, one.id, "withdraw", {}, to=after, was=one.state)
        w.deeds.append(deed)
        if one.state is ListingState.SUBMITTED:
            w.announce(ReviewDropped(w.now, ReviewKind.LISTING, one.id))
        w.announce(ListingChanged(w.now, one.id))
    for waiting in queries.open_changes(w.session, [one.id for one in known]).values():
        supersede(w, waiting)
    clock.end(w, [one.id for one in known])
    w.session.execute(
        update(LISTINGS)
        .where(LISTINGS.c.id.in_([one.id for one in known]))
        .values(
            state=ListingState.WITHDRAWN,
            version=LISTINGS.c.version + 1,
            sheet_left=_left(LISTINGS.c.version + 1, LISTINGS.c.received),
        )
    )
    outdate(w)
    return len(known)


def _empty(w: Work, supplier_id: uuid.UUID, known: Sequence[Any]) -> int:
    for one in known:
        told = {"before": one.received, "received": one.promised}
        w.deeds.append(_deed(w, supplier_id, one.id, "set_stock", told))
    w.session.execute(
        update(LISTINGS)
        .where(LISTINGS.c.id.in_([one.id for one in known]))
        .values(received=_PROMISED, available=0, sheet_left=_left(LISTINGS.c.version, _PROMISED))
    )
    outdate(w)
    return len(known)


def _prices(found: Known) -> dict[str, int]:
    return {"sale_price": found.sale_price.fen, "supply_price": found.supply_price.fen}


def _left(version: ColumnElement[int], received: ColumnElement[int]) -> ColumnElement[str]:
    """`queries.left`, said by the database."""
    return cast(version, String) + "/" + cast(received, String)


def outdate(w: Work) -> None:
    """Listings that this session read before are old now."""
    for one in list(w.session.identity_map.values()):
        if isinstance(one, Listing):
            w.session.expire(one)


def _content(one: Ready) -> Content:
    """What a row says as a whole, as `rules.fingerprint_of` takes it."""
    entry = one.entry
    return {
        **entry.said,
        "category": entry.category,
        "county": entry.county,
        "villages": sorted(entry.villages),
        **dict(zip(rules.MAKE, entry.make, strict=True)),
        rules.PHOTOS: one.photos,
    }


class _Gate:
    """Where goods of each make stand at the gate; of a whole sheet each make is asked once."""

    def __init__(self, w: Work, supplier_id: uuid.UUID) -> None:
        self._w, self._supplier_id = w, supplier_id
        self._known: dict[tuple[str, ...], dict[str, Any]] = {}
        self._own = suppliers.with_own(w.session, supplier_id)

    def columns(self, one: Ready) -> dict[str, Any]:
        """The make of a row and its place at the gate, as the columns of a listing have them."""
        claims = rules.claims_in(one.entry.said)
        words = (one.entry.category, *one.entry.make, *claims)
        if one.known and one.known.id in self._own:
            return self._asked(one, claims, one.known.id)
        if words not in self._known:
            self._known[words] = self._asked(one, claims)
        return self._known[words]

    def _asked(
        self, one: Ready, claims: Sequence[str], listing_id: uuid.UUID | None = None
    ) -> dict[str, Any]:
        make = rules.make_of(rules.category(one.entry.category), one.entry.make, claims)
        return {
            "category": make.category,
            "processing": make.processing,
            "packaging": make.packaging,
            "maker": make.maker,
            "claims": sorted(make.claims),
            "standing": profile(self._w, self._supplier_id, make, listing_id),
        }


def _columns(rows: Sequence[dict[str, Any]]) -> dict[str, Sequence[Any]]:
    """The same by name: of rows that have the same names in the same order."""
    values = zip(*[row.values() for row in rows], strict=True)
    return dict(zip(rows[0], values, strict=True))


def _following(one: Ready) -> dict[str, Any]:
    """What follows from what a row says, as the columns of a listing have it; fen for a price."""
    said = one.entry.said
    return {
        "county_code": one.entry.county,
        "picture": rules.picture_for(said["title"], rules.category(one.entry.category)),
        rules.PHOTOS: one.photos or NO_PHOTOS,
        "fingerprint": one.fingerprint,
        "per_500g": rules.per_500g(said),
    }


def _row(one: Ready, gate: _Gate) -> dict[str, Any]:
    """All that a row says and what follows from it, its prices and days as the table knows them."""
    row = {**one.entry.said, **gate.columns(one), **_following(one)}
    days = {name: rules.day_of(row[name]) for name in rules.DAYS}
    prices = {name: row[name] for name in PRICES}
    fen = {n: None if fen is None else Money(fen) for n, fen in prices.items()}
    return {**row, **fen, **days}


def _settle(w: Work, settled: Sequence[tuple[uuid.UUID, Ready]]) -> None:
    rows = [
        {"listing_id": listing_id, "village_id": uuid.UUID(village_id)}
        for listing_id, one in settled
        for village_id in one.entry.villages
    ]
    insert_rows(w.session, VILLAGES, rows)


def _deed(
    w: Work,
    supplier_id: uuid.UUID,
    listing_id: uuid.UUID,
    verb: str,
    told: dict[str, Any],
    *,
    to: str | None = None,
    was: str | None = None,
) -> Deed:
    """One trail row, as `w.record` writes it."""
    return Deed(
        actor=w.actor.person_id,
        verb=verb,
        subject_kind=Listing.__name__,
        subject_id=listing_id,
        supplier_id=supplier_id,
        from_state=was,
        to_state=to,
        data=told,
    )
