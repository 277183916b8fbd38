"""What a supplier has under its stock numbers, and whether somebody changed it since a sheet was
looked at."""

from __future__ import annotations

import json
import uuid
import zlib
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from marketplace.catalog.models import ChangeSet, Listing
from marketplace.catalog.states import ChangeState, ListingState
from marketplace.kernel.money import Money
from marketplace.work.database import planned_anew

_TAKEN_AWAY = (ListingState.SUBMITTED, ListingState.WITHDRAWN)


class Known(NamedTuple):
    """What the supplier has under a stock number."""

    id: uuid.UUID
    sku: str
    state: ListingState
    fingerprint: str
    received: int
    promised: int  # pieces held or sold
    supply_price: Money
    sale_price: Money
    version: int
    photos: list[str]
    sheet_left: str | None
    proposed: str | None  # fingerprint of the change-set that waits
    proposal: dict[str, Any] | None  # what it says
    proposal_by_sheet: bool | None


class Seen(NamedTuple):
    """What a preview showed of a good: all that a person may have changed by hand since."""

    fingerprint: str
    received: int
    proposed: str | None
    state: str


def known_goods(
    session: Session,
    supplier_id: uuid.UUID,
    *,
    skus: Collection[str] = (),
    ids: Collection[uuid.UUID] = (),
    lock: bool = False,
) -> dict[str, Known]:
    """Stock number → what is there, of those named either way. `lock`: to be written."""
    waits = and_(
        ChangeSet.listing_id == Listing.id,
        ChangeSet.state == ChangeState.PROPOSED,
        ChangeSet.base == Listing.fingerprint,
    )
    asked = (
        select(
            Listing.id,
            Listing.sku,
            Listing.state,
            Listing.fingerprint,
            Listing.received,
            (Listing.reserved + Listing.sold).label("promised"),
            Listing.supply_price,
            Listing.sale_price,
            Listing.version,
            Listing.photos,
            Listing.sheet_left,
            ChangeSet.fingerprint.label("proposed"),
            ChangeSet.content.label("proposal"),
            ChangeSet.by_sheet.label("proposal_by_sheet"),
        )
        .join(ChangeSet, waits, isouter=True)
        .where(Listing.supplier_id == supplier_id)
        .where(Listing.id.in_(ids) if ids else Listing.sku.in_(skus))
        .order_by(Listing.id)  # always in this order: two units never wait for each other
    )
    with planned_anew(session):
        found = session.execute(asked.with_for_update(of=Listing) if lock else asked)
        return {row.sku: Known._make(row) for row in found}


def left(version: int, received: int) -> str:
    """The mark of a good as a sheet left it, see `Listing.sheet_left`."""
    return f"{version}/{received}"


def seen_of(known: Known | None) -> Seen | None:
    """As a preview keeps it; None: there is no such good yet."""
    if known is None:
        return None
    return Seen(known.fingerprint, known.received, known.proposed, known.state.value)


def moved(known: Known | None, seen: Seen | None) -> bool:
    """Whether a person changed a good since it was seen. What another sheet of the supplier wrote
    meanwhile, or a sale, is none; nor is what a reviewer said of the same words."""
    if known is None:
        return seen is not None  # it bears another stock number now
    proposed = seen.proposed if seen else None
    if known.proposed not in {None, proposed} and not known.proposal_by_sheet:
        return True
    is_same = seen is not None and _same(known, seen)
    return not is_same and known.sheet_left != left(known.version, known.received)


def _same(known: Known, seen: Seen) -> bool:
    is_taken = known.state in _TAKEN_AWAY and known.state.value != seen.state
    return (known.fingerprint, known.received) == seen[:2] and not is_taken


def pack_seen(seen: Mapping[int, Seen | None]) -> bytes:
    """What a preview showed of the goods of one part, by row, as it waits with the rows."""
    rows = {"seen": [[row, *(one or ())] for row, one in seen.items()]}
    return zlib.compress(json.dumps(rows).encode(), 1)


def unpack_seen(part: bytes) -> dict[int, Seen | None]:
    """Row → what was seen of its good."""
    rows = json.loads(zlib.decompress(part))["seen"]
    return {row: Seen(*one) if one else None for row, *one in rows}


def pack_absent(seen: Mapping[uuid.UUID, Seen | None]) -> bytes:
    """Goods that a sheet does not name, as they wait with its rows."""
    rows = {"absent": [[str(one), *(was or ())] for one, was in seen.items()]}
    return zlib.compress(json.dumps(rows).encode(), 1)


def unpack_absent(part: bytes) -> dict[uuid.UUID, Seen | None] | None:
    """The goods of such a part with what was seen of them; None when it has rows."""
    if zlib.decompressobj().decompress(part, 1) != b"{":
        return None  # a list of rows, which are many: they are read once, by `unpack`
    rows = json.loads(zlib.decompress(part)).get("absent", ())
    return {uuid.UUID(one): Seen(*was) if was else None for one, *was in rows}
