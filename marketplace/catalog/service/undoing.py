"""Taking back the last sheet of a supplier, while nothing of it was sold."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CursorResult, Date, Enum, Table, bindparam, delete, select, update

from marketplace.catalog import queries
from marketplace.catalog.models import CatalogImport, ImportedBefore, Listing, ListingVillage
from marketplace.catalog.service import bringing, clock
from marketplace.catalog.service.many import outdate
from marketplace.catalog.service.proposing import supersede
from marketplace.catalog.service.standing import place_anew
from marketplace.catalog.states import IMPORT, ClockStep, ListingState
from marketplace.events import ListingChanged, ReviewAsked, ReviewDropped
from marketplace.kernel.base import Instant, MoneyType
from marketplace.kernel.errors import Refused
from marketplace.kernel.money import Money
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers.models import Supplier
from marketplace.work import Deed, Work, insert_rows, move

MOST_UNDONE = 20_000  # listings of one unit of work
LISTINGS: Table = Listing.__table__  # type: ignore[assignment]  # a mapped class has a Table
VILLAGES: Table = ListingVillage.__table__  # type: ignore[assignment]  # likewise
BEFORE: Table = ImportedBefore.__table__  # type: ignore[assignment]  # likewise
STEPS = {
    ListingState.DRAFT: ClockStep.DRAFT,
    ListingState.SUBMITTED: ClockStep.SUBMITTED,
    ListingState.RETURNED: ClockStep.RETURNED,
}
# whose a listing is never changes, and its pieces are a matter of promises
_KEPT = frozenset({"id", "supplier_id", "sku", "created_at", "import_id", "version"})
_COUNTED = frozenset({"available", "reserved", "sold"})
# column of ImportedBefore → of Listing: what the sheet made, and nobody has moved since
_AFTER = {"after": "fingerprint", "after_state": "state", "after_received": "received"}
_RESTORED = tuple(one for one in LISTINGS.c if one.name not in _KEPT | _COUNTED)


def lock_supplier(w: Work, supplier_id: uuid.UUID) -> None:
    """Of two who begin or end sheets of one supplier at the same time the second one waits."""
    w.session.execute(
        select(Supplier.id).where(Supplier.id == supplier_id).with_for_update(key_share=True)
    )


def forget_earlier(w: Work, taken: CatalogImport) -> None:
    """Only the last sheet can be undone: what earlier ones found need not be kept."""
    others = select(CatalogImport.id).where(
        CatalogImport.supplier_id == taken.supplier_id, CatalogImport.id != taken.id
    )
    w.session.execute(delete(BEFORE).where(BEFORE.c.import_id.in_(others)))


def remember(w: Work, taken: CatalogImport, ids: Sequence[uuid.UUID]) -> None:
    """Keep what these listings are, before the sheet changes them."""
    if not ids:
        return
    villages: dict[uuid.UUID, list[str]] = {one: [] for one in ids}
    for row in w.session.execute(select(VILLAGES).where(VILLAGES.c.listing_id.in_(ids))):
        villages[row.listing_id].append(str(row.village_id))
    found = w.session.execute(select(LISTINGS).where(LISTINGS.c.id.in_(ids)))
    rows = [
        {
            "import_id": taken.id,
            "listing_id": row.id,
            "before": {
                **{one.name: _plain(row._mapping[one]) for one in _RESTORED},
                "villages": sorted(villages[row.id]),
            },
            "after": row.fingerprint,
            "after_state": row.state,
            "after_received": row.received,
            "promised": row.reserved + row.sold,
        }
        for row in found
    ]
    insert_rows(w.session, BEFORE, rows)


def remember_after(w: Work, taken: CatalogImport, ids: Sequence[uuid.UUID]) -> None:
    """And what the sheet made of them; a proposal leaves a listing as it is."""
    if ids:
        found = LISTINGS.c.id == BEFORE.c.listing_id
        now = {
            name: select(LISTINGS.c[column]).where(found).scalar_subquery()
            for name, column in _AFTER.items()
        }
        w.session.execute(
            update(BEFORE)
            .where(BEFORE.c.import_id == taken.id, BEFORE.c.listing_id.in_(ids))
            .values(now)
        )


def undo(w: Work, import_id: uuid.UUID) -> CatalogImport:
    """Withdraw what the supplier's last sheet brought and make all that it changed what it was.

    Raises Missing, WrongState, Refused: import_not_last, import_sold (pieces were held or sold
    since), import_changed (goods were changed by hand since), import_long.
    """
    taken = queries.own_import(w.session, w.actor, import_id)
    lock_supplier(w, taken.supplier_id)
    if queries.last_import(w.session, taken.supplier_id) != taken.id:
        raise Refused("import_not_last")
    kept = w.session.execute(select(BEFORE).where(BEFORE.c.import_id == taken.id)).all()
    if taken.created + len(kept) > MOST_UNDONE:
        raise Refused("import_long", most=MOST_UNDONE)
    _drop_proposals(w, taken, [one.listing_id for one in kept])
    move(w, IMPORT, taken, "undo", withdrawn=taken.created, restored=len(kept))
    _withdraw_new(w, taken)
    _restore(w, taken, kept)
    w.session.execute(delete(BEFORE).where(BEFORE.c.import_id == taken.id))
    outdate(w)
    place_anew(w, taken.supplier_id, [one.listing_id for one in kept])
    bringing.take_back(w, taken)
    return taken


def _drop_proposals(w: Work, taken: CatalogImport, ids: Sequence[uuid.UUID]) -> None:
    """What the sheet proposed for goods on sale is no longer wanted."""
    brought = w.session.scalars(select(Listing.id).where(Listing.import_id == taken.id)).all()
    for waiting in queries.open_changes(w.session, [*ids, *brought]).values():
        if waiting.listing_id in ids and taken.ended_at and waiting.at > taken.ended_at:
            raise Refused("import_changed")  # a person proposed it since
        supersede(w, waiting)


def _withdraw_new(w: Work, taken: CatalogImport) -> None:
    brought = LISTINGS.c.import_id == taken.id
    was = w.session.execute(
        select(LISTINGS.c.id, LISTINGS.c.state).where(brought).order_by(LISTINGS.c.id)
    ).all()
    done = w.session.execute(
        update(LISTINGS)
        .where(brought, LISTINGS.c.reserved + LISTINGS.c.sold == 0)
        .values(state=ListingState.WITHDRAWN, version=LISTINGS.c.version + 1)
    )
    if not isinstance(done, CursorResult) or done.rowcount != len(was):
        raise Refused("import_sold")
    clock.end(w, [row.id for row in was])
    for row in was:
        _tell(w, taken, row.id, row.state, ListingState.WITHDRAWN)


def _restore(w: Work, taken: CatalogImport, kept: Sequence[Any]) -> None:
    """Everything as it was, guarded: not what was sold since, nor what a person changed since."""
    if not kept:
        return
    ids = [one.listing_id for one in kept]
    now = {
        row.id: row
        for row in w.session.execute(
            select(LISTINGS.c.id, *(LISTINGS.c[column] for column in _AFTER.values()))
            .where(LISTINGS.c.id.in_(ids))
            .order_by(LISTINGS.c.id)
            .with_for_update()
        )
    }
    if any(_moved(now[one.listing_id], one) for one in kept):
        raise Refused("import_changed")
    if _size_is_taken(w, taken.supplier_id, kept):
        raise Refused("import_changed")
    promised = LISTINGS.c.reserved + LISTINGS.c.sold
    columns: dict[str, Any] = {one.name: bindparam(one.name) for one in _RESTORED}
    done = w.session.connection().execute(
        update(LISTINGS)
        .where(LISTINGS.c.id == bindparam("this"), promised <= bindparam("most"))
        .values(
            **columns, available=bindparam("received") - promised, version=LISTINGS.c.version + 1
        ),
        [_row(one) for one in kept],
    )
    if done.rowcount != len(kept):
        raise Refused("import_sold")
    w.session.execute(delete(VILLAGES).where(VILLAGES.c.listing_id.in_(ids)))
    insert_rows(w.session, VILLAGES, list(_villages(kept)))
    _time_again(w, taken, [one for one in kept if now[one.listing_id].state != one.before["state"]])
    for one in kept:
        _tell(w, taken, one.listing_id, now[one.listing_id].state, one.before["state"])
        if one.before["state"] == ListingState.SUBMITTED:
            _ask_again(w, taken, one)


def _moved(now: Any, one: Any) -> bool:
    """Whether somebody has changed it, or decided about it, since the sheet."""
    return any(getattr(now, column) != getattr(one, name) for name, column in _AFTER.items())


def _size_is_taken(w: Work, supplier_id: uuid.UUID, kept: Sequence[Any]) -> bool:
    """Whether goods that the sheet did not touch have a size now that would come back."""
    back = {(one.before["group_code"], one.before["variant"]): one.listing_id for one in kept}
    found = w.session.execute(
        select(LISTINGS.c.id, LISTINGS.c.group_code, LISTINGS.c.variant).where(
            LISTINGS.c.supplier_id == supplier_id,
            LISTINGS.c.group_code.in_({code for code, _variant in back if code}),
        )
    )
    restored = set(back.values())
    return any((row.group_code, row.variant) in back and row.id not in restored for row in found)


def _row(one: Any) -> dict[str, Any]:
    values = {column.name: _typed(column, one.before[column.name]) for column in _RESTORED}
    return {**values, "this": one.listing_id, "most": one.promised}


def _villages(kept: Iterable[Any]) -> Iterable[dict[str, Any]]:
    for one in kept:
        for village_id in one.before["villages"]:
            yield {"listing_id": one.listing_id, "village_id": uuid.UUID(village_id)}


def _tell(w: Work, taken: CatalogImport, listing_id: uuid.UUID, was: str, becomes: str) -> None:
    deed = Deed(
        actor=w.actor.person_id,
        verb="undo_import",
        subject_kind=Listing.__name__,
        subject_id=listing_id,
        supplier_id=taken.supplier_id,
        from_state=was,
        to_state=becomes,
        data={"import_id": str(taken.id)},
    )
    w.deeds.append(deed)
    if was == ListingState.SUBMITTED:
        w.announce(ReviewDropped(w.now, ReviewKind.LISTING, listing_id))
    w.announce(ListingChanged(w.now, listing_id))


def _time_again(w: Work, taken: CatalogImport, moved: Sequence[Any]) -> None:
    """The clock runs at the step where each stood before the sheet."""
    clock.end(w, [one.listing_id for one in moved])
    for state, step in STEPS.items():
        back = [
            clock.Timed(
                one.listing_id, one.listing_id, taken.supplier_id, one.before["county_code"]
            )
            for one in moved
            if one.before["state"] == state
        ]
        clock.begin(w, step, back)


def _ask_again(w: Work, taken: CatalogImport, one: Any) -> None:
    """It waited for a reviewer before the sheet, so it waits again."""
    said = one.before
    name = f"{said['title']} {said['variant']}".rstrip()
    place = (taken.supplier_id, said["county_code"], name, said["submitted_by"])
    w.announce(ReviewAsked(w.now, ReviewKind.LISTING, one.listing_id, *place))


def _plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, Money):
        return value.fen
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value


def _typed(column: Any, value: Any) -> Any:
    """And back."""
    if value is None:
        return None
    if isinstance(column.type, MoneyType):
        return Money(value)
    if isinstance(column.type, Instant):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    if isinstance(column.type, Enum) and column.type.enum_class is not None:
        return column.type.enum_class(value)
    return value
