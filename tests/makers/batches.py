"""Makers of batches: entered and papered by the supplier, as beside the parcel."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from marketplace.catalog import queries, service
from marketplace.catalog.models import Batch, Listing
from marketplace.orders import queries as orders
from marketplace.orders.models import Order
from marketplace.suppliers.rules.kinds import KINDS, FieldType
from marketplace.suppliers.service import HandedIn
from marketplace.suppliers.states import PaperKind
from tests.makers.suppliers import SCAN

if TYPE_CHECKING:
    import uuid

    from tests.fixtures import People

PACKED = date(2026, 11, 20)


def a_new_batch(number: str = "L-001", **changes: object) -> service.NewBatch:
    said: dict[str, object] = {"number": number, "packed_on": PACKED}
    return service.NewBatch(**{**said, **changes})  # type: ignore[arg-type]  # named by the caller


def a_batch_paper(kind: PaperKind, number: str = "示例 CN-1") -> HandedIn:
    """With every field of its kind that may not stay empty."""
    details: dict[str, object] = {}
    for one in KINDS[kind].field:
        if one.required:
            is_choice = one.type is FieldType.CHOICE
            details[one.name] = one.choices[0].value if is_choice else "示例"
    return HandedIn(
        kind=kind,
        number=number,
        holder="示例合作社1",
        issuer="示例开具单位",
        valid_from=PACKED,
        valid_until=None,
        scan_name="证明.png",
        scan=SCAN,
        details=details,
    )


def a_batch(
    people: People,
    listing: Listing,
    number: str = "L-001",
    name: str = "supplier",
    **changes: object,
) -> Batch:
    """Entered; its papers are still missing."""
    with people.runtime.work(people.actor(name)) as w:
        return service.open_batch(w, listing.id, a_new_batch(number, **changes))


def papered(people: People, batch: Batch, name: str = "supplier") -> Batch:
    """With every paper that it needs."""
    with people.runtime.work(people.actor(name)) as w:
        view = queries.batch_view(w.session, w.actor, batch.id, w.now)
        for place, kind in enumerate(view.standing.missing):
            service.paper_batch(w, batch.id, a_batch_paper(kind, f"{batch.number}-{place}"))
    return batch


def a_good_batch(
    people: People,
    listing: Listing,
    number: str = "L-001",
    name: str = "supplier",
    **changes: object,
) -> Batch:
    """May leave at once."""
    return papered(people, a_batch(people, listing, number, name, **changes), name)


def batches_for(people: People, order: Order, name: str = "supplier") -> dict[uuid.UUID, uuid.UUID]:
    """For each line that needs one a batch with its papers: one that is there, else a new one."""
    with people.runtime.reading() as session:
        lines = orders.lines_of(session, order.id)
        leaving = orders.departures(session, lines, people.runtime.clock.now())
        goods = {one.line.id: session.get_one(Listing, one.line.listing_id) for one in leaving}
    chosen = {}
    for one in leaving:
        if not one.needed:
            continue
        ready = [batch.batch for batch in one.batches if batch.may_leave]
        number = f"A-{order.number}"[:40]
        batch = ready[0] if ready else a_good_batch(people, goods[one.line.id], number, name)
        chosen[one.line.id] = batch.id
    return chosen


def batch_fields(people: People, order: Order, name: str = "supplier") -> dict[str, str]:
    """What the supplier chooses in the form of the parcel."""
    chosen = batches_for(people, order, name)
    return {f"batch-{line}": str(batch) for line, batch in chosen.items()}
