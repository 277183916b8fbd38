"""Before a parcel leaves: its batch is entered, its papers are handed in and looked at."""

from __future__ import annotations

import uuid

from marketplace.catalog import queries as catalog_queries
from marketplace.catalog import service as catalog
from marketplace.catalog.models import Listing
from marketplace.commands.demo.scans import scan
from marketplace.commands.demo.stage import Stage
from marketplace.kernel.clock import local_day
from marketplace.orders import queries as orders
from marketplace.orders.models import Order
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.rules.kinds import KINDS
from marketplace.suppliers.service import HandedIn
from marketplace.suppliers.states import PaperKind

REVIEWER = "second-reviewer"


def batches_for(stage: Stage, order: Order, staff: str) -> dict[uuid.UUID, uuid.UUID]:
    """For each line whose goods need papers of the batch: the batch of the day, with them."""
    with stage.runtime.reading() as session:
        lines = orders.lines_of(session, order.id)
        leaving = orders.departures(session, lines, stage.clock.now())
        goods = {one.line.id: session.get_one(Listing, one.line.listing_id) for one in leaving}
    chosen = {}
    for one in leaving:
        if one.needed:
            number = f"{local_day(stage.clock.now()):%m%d}-{one.line.sku}"
            known = {found.batch.number: found.batch.id for found in one.batches}
            chosen[one.line.id] = known.get(number) or _opened(
                stage, goods[one.line.id], number, staff
            )
    return chosen


def _opened(stage: Stage, listing: Listing, number: str, staff: str) -> uuid.UUID:
    today = local_day(stage.clock.now())
    with stage.work(staff) as w:
        made = catalog.open_batch(
            w, listing.id, catalog.NewBatch(number, today, made_on=today, note="示例批次")
        )
        view = catalog_queries.batch_view(w.session, w.actor, made.id, w.now)
        papers = [
            catalog.paper_batch(w, made.id, _paper(stage, view, kind)).id
            for kind in view.standing.missing
        ]
    for paper_id in papers:
        with stage.work(REVIEWER) as w:
            suppliers.accept_paper(w, paper_id)
    return made.id


def _paper(stage: Stage, view: catalog_queries.BatchView, kind: PaperKind) -> HandedIn:
    number = f"示例{KINDS[kind].slug[:2].upper()}-{view.standing.batch.number}"
    said = {
        "product": view.listing.title,
        "quantity": "示例 500 公斤",
        "place": view.supplier.address,
        "basis": "own_test",
    }
    known = {field.name for field in KINDS[kind].field}
    return HandedIn(
        kind=kind,
        number=number,
        holder=view.supplier.legal_name,
        issuer=view.supplier.legal_name,
        valid_from=local_day(stage.clock.now()),
        valid_until=None,
        scan_name=f"{number}.png",
        scan=scan(sum(number.encode())),
        details={name: value for name, value in said.items() if name in known},
    )
