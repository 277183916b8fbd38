"""Parcels leave the supplier: what is in each, from which batches, by whom it is carried."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import CursorResult, update

from marketplace.catalog import queries as catalog
from marketplace.catalog.states import BatchState
from marketplace.events import OrderShipped, ParcelLeft
from marketplace.kernel.errors import Missing, Refused, WrongState
from marketplace.orders import queries, rules
from marketplace.orders.models import Delivery, LineBatch, Order, OrderLine, Shipment, ShipmentLine
from marketplace.orders.service.delivering import for_delivery, not_held
from marketplace.orders.states import DELIVERY, MAY_LEAVE, DeliveryState
from marketplace.work import Work, move

Batches = Mapping[uuid.UUID, uuid.UUID]  # order line → the batch it leaves from


class BatchPapersMissing(Refused):
    """Some lines have no batch, or one without its papers; `lines` are the ids of those lines."""

    code = "batch_papers_missing"

    def __init__(self, titles: Sequence[str], lines: Sequence[uuid.UUID]) -> None:
        super().__init__(titles="、".join(titles))
        self.lines = tuple(lines)


@dataclass(frozen=True, slots=True)
class NewShipment:
    """One parcel before it leaves; `carrier` is a code or a name. `pieces` of each order line:
    None for everything that has not left."""

    carrier: str
    tracking: str
    pieces: Mapping[uuid.UUID, int] | None = None
    batches: Batches = field(default_factory=dict)


def ship(
    w: Work, order_id: uuid.UUID, carrier: str, tracking: str, *, batches: Batches | None = None
) -> Order:
    """Say that everything that has not left yet is on its way, in one parcel. As send."""
    send(w, order_id, NewShipment(carrier, tracking, batches=batches or {}))
    return queries.row(w.session, order_id)


def send(w: Work, order_id: uuid.UUID, given: NewShipment) -> Shipment:
    """Say that a parcel of an order that may leave is on its way, each line of it from its
    batch. By its supplier.

    A line whose goods need papers of the batch does not leave without them, nor one without a batch
    once some batch of its goods was recalled. Raises Missing, Forbidden, WrongState,
    Invalid (carrier_unknown, tracking_malformed, nothing_to_send), Refused (order_held,
    papers_ran_out, batch_recalled, more_than_left, parcel_known), BatchPapersMissing.
    """
    order, delivery = for_delivery(w, order_id, "ship")
    if order.state not in MAY_LEAVE:
        raise WrongState(verb="ship", state=order.state)
    carrier, tracking = rules.carrier(given.carrier), rules.tracking_number(given.tracking)
    known = queries.shipments(w.session, order_id)
    if any(one.shipment.tracking_number == tracking for one in known if _by(one, carrier.code)):
        raise Refused("parcel_known", tracking=tracking, number=order.number)
    lines = {line.id: line for line in queries.lines_of(w.session, order_id)}
    pieces = _pieces(lines, given)
    not_held(w, order)
    leaving = [lines[line_id] for line_id in pieces]
    _papers_in_force(w, order, leaving)
    found = _standings(w, leaving, given.batches)
    parcel = Shipment(
        order_id=order.id,
        supplier_id=order.supplier_id,
        place=len(known) + 1,
        carrier=carrier.code,
        tracking_number=tracking,
        shipped_at=w.now,
        shipped_by=w.actor.person_id,
    )
    w.session.add(parcel)
    w.record("send", parcel, order=order.number, pieces=sum(pieces.values()))
    for line in leaving:
        _pack(w, parcel, line, pieces[line.id], found.get(line.id))
    _move_on(w, order, delivery)
    w.announce(ParcelLeft(w.now, order.id))
    return parcel


def _by(one: queries.ShipmentView, carrier: str) -> bool:
    return one.shipment.carrier == carrier


def _pieces(lines: Mapping[uuid.UUID, OrderLine], given: NewShipment) -> dict[uuid.UUID, int]:
    """In the order of the lines. Raises as rules.pieces_to_send."""
    left = {line.id: line.to_send - line.shipped for line in lines.values()}
    chosen = rules.pieces_to_send(left, given.pieces)
    return {line_id: chosen[line_id] for line_id in lines if line_id in chosen}


def _move_on(w: Work, order: Order, delivery: Delivery) -> None:
    """A part has left, or all of it: then the days until it counts as received begin."""
    w.session.flush()
    lines = queries.lines_of(w.session, order.id, anew=True)  # others may have packed meanwhile
    state = rules.delivery_state((line.to_send, line.shipped) for line in lines)
    if state is DeliveryState.PARTLY:
        move(w, DELIVERY, delivery, "ship_part", order=order.number)
        return
    delivery.shipped_at = w.now
    move(w, DELIVERY, delivery, "ship", order=order.number)
    w.announce(OrderShipped(w.now, order.id))


def _papers_in_force(w: Work, order: Order, lines: Sequence[OrderLine]) -> None:
    """At this very second, whether or not anybody has noticed yet. Its supplier is held: a paper is
    revoked before the parcel leaves or after it."""
    w.session.refresh(order.supplier, with_for_update={"read": True})
    out = catalog.out_of_force(w.session, {line.listing_id for line in lines}, w.now)
    if out - queries.allowed_anyway(w.session, order.id):
        titles = "、".join(line.title for line in lines if line.listing_id in out)
        raise Refused("papers_ran_out", titles=titles)


def _standings(
    w: Work, lines: Sequence[OrderLine], chosen: Batches
) -> dict[uuid.UUID, catalog.BatchStanding]:
    """From which batch each line leaves, for those that have one. A recall comes before it or
    after. Raises Missing, Refused (batch_recalled), BatchPapersMissing."""
    found = catalog.batches_to_ship(w.session, chosen.values(), w.now)
    needed = catalog.papers_needed(w.session, {line.listing_id for line in lines})
    must_name = catalog.must_name_batch(w.session, needed)
    lacking, leaving = [], {}
    for line in lines:
        batch_id = chosen.get(line.id)
        standing = found.get(batch_id) if batch_id else None
        if batch_id and (standing is None or standing.batch.listing_id != line.listing_id):
            raise Missing(batch_id=batch_id)
        if standing is None:
            if line.listing_id in must_name:
                lacking.append(line)
            continue
        if standing.batch.state is BatchState.RECALLED:
            raise Refused("batch_recalled", number=standing.batch.number)
        if not standing.may_leave:
            lacking.append(line)
            continue
        leaving[line.id] = standing
    if lacking:
        raise BatchPapersMissing([line.title for line in lacking], [line.id for line in lacking])
    return leaving


def _pack(
    w: Work,
    parcel: Shipment,
    line: OrderLine,
    pieces: int,
    standing: catalog.BatchStanding | None,
) -> None:
    """Never more than was ordered, whoever else packs at the same time. Raises Refused."""
    counted = w.session.execute(
        update(OrderLine)
        .where(OrderLine.id == line.id, OrderLine.shipped + pieces <= OrderLine.to_send)
        .values(shipped=OrderLine.shipped + pieces)
    )
    if not isinstance(counted, CursorResult) or counted.rowcount != 1:
        raise Refused("more_than_left", wanted=pieces, line=line.id)
    inside = ShipmentLine(shipment_id=parcel.id, order_line_id=line.id, quantity=pieces)
    w.session.add(inside)
    if standing is not None:
        w.session.flush()  # the batch names it
        w.session.add(_line_batch(w, line, inside, standing))


def _line_batch(
    w: Work, line: OrderLine, inside: ShipmentLine, standing: catalog.BatchStanding
) -> LineBatch:
    papers: list[dict[str, Any]] = [
        {
            "id": str(paper.id),
            "kind": paper.kind.value,
            "number": paper.number,
            "issuer": paper.issuer,
        }
        for paper in standing.papers
    ]
    return LineBatch(
        shipment_line_id=inside.id,
        order_line_id=line.id,
        order_id=line.order_id,
        batch_id=standing.batch.id,
        number=standing.batch.number,
        papers=papers,
        at=w.now,
        by=w.actor.person_id,
    )
