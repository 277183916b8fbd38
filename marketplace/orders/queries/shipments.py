"""The parcels of an order: what is in each, who carries it, and whether it adds up."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.catalog.models import Batch
from marketplace.orders import rules
from marketplace.orders.models import Delivery, LineBatch, Order, OrderLine, Shipment, ShipmentLine
from marketplace.orders.states import DeliveryState


@dataclass(frozen=True, slots=True)
class Packed:
    """Pieces of one order line in a parcel, and the batch they are from."""

    line: OrderLine
    quantity: int
    batch: LineBatch | None


@dataclass(frozen=True, slots=True)
class ShipmentView:
    """One parcel as its page shows it; `url` leads to where its way is looked up."""

    shipment: Shipment
    packed: tuple[Packed, ...]
    carrier: str
    url: str

    @property
    def contents(self) -> dict[uuid.UUID, int]:
        """Order line → pieces."""
        return {one.line.id: one.quantity for one in self.packed}


def shipments(session: Session, order_id: uuid.UUID) -> tuple[ShipmentView, ...]:
    """All parcels of an order, the first one first."""
    asked = (
        select(Shipment, ShipmentLine, OrderLine, LineBatch)
        .join(ShipmentLine, ShipmentLine.shipment_id == Shipment.id)
        .join(OrderLine, ShipmentLine.order_line_id == OrderLine.id)
        .outerjoin(LineBatch, LineBatch.shipment_line_id == ShipmentLine.id)
        .where(Shipment.order_id == order_id)
        .order_by(Shipment.place, OrderLine.title, OrderLine.id)
    )
    packed: dict[Shipment, list[Packed]] = {}
    for shipment, inside, line, batch in session.execute(asked):
        packed.setdefault(shipment, []).append(Packed(line, inside.quantity, batch))
    return tuple(_view(shipment, tuple(held)) for shipment, held in packed.items())


def recalled_pieces(
    session: Session, order_id: uuid.UUID, since: datetime
) -> dict[uuid.UUID, tuple[int, str]]:
    """Of each line that left from batches which were recalled since then: how many pieces, and the
    number of a batch."""
    asked = (
        select(LineBatch.order_line_id, func.sum(ShipmentLine.quantity), func.min(Batch.number))
        .join(ShipmentLine, LineBatch.shipment_line_id == ShipmentLine.id)
        .join(Batch, LineBatch.batch_id == Batch.id)
        .where(LineBatch.order_id == order_id, Batch.recalled_at > since)
        .group_by(LineBatch.order_line_id)
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(asked)}


def recalled_of_lines(session: Session, lines: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Of each of these lines: the pieces that left from batches which were ever recalled."""
    asked = (
        select(LineBatch.order_line_id, func.sum(ShipmentLine.quantity))
        .join(ShipmentLine, LineBatch.shipment_line_id == ShipmentLine.id)
        .join(Batch, LineBatch.batch_id == Batch.id)
        .where(Batch.recalled_at.is_not(None))
        .group_by(LineBatch.order_line_id)
    )
    found = session.execute(asked) if lines else ()
    return {line: int(pieces) for line, pieces in found if line in lines}


def left_from(session: Session, order_id: uuid.UUID) -> dict[uuid.UUID, tuple[LineBatch, ...]]:
    """From which batches each line left, by the id of the line."""
    asked = select(LineBatch).where(LineBatch.order_id == order_id)
    found: dict[uuid.UUID, tuple[LineBatch, ...]] = {}
    for one in session.scalars(asked.order_by(LineBatch.at, LineBatch.number)):
        found[one.order_line_id] = (*found.get(one.order_line_id, ()), one)
    return found


def shipment_faults(session: Session) -> Iterator[str]:
    """Lines that count other pieces as sent than their parcels hold, and deliveries whose state is
    not what their lines say."""
    held = (
        select(ShipmentLine.order_line_id, func.sum(ShipmentLine.quantity).label("pieces"))
        .group_by(ShipmentLine.order_line_id)
        .subquery()
    )
    differing = (
        select(Order.number, OrderLine.title, OrderLine.shipped, held.c.pieces)
        .join(Order, OrderLine.order_id == Order.id)
        .outerjoin(held, held.c.order_line_id == OrderLine.id)
        .where(OrderLine.shipped != func.coalesce(held.c.pieces, 0))
        .order_by(Order.number, OrderLine.title)
    )
    for number, title, shipped, pieces in session.execute(differing):
        yield f"order {number}: {shipped} of {title} sent, its parcels hold {pieces or 0}"
    yield from _states(session)


def _states(session: Session) -> Iterator[str]:
    """The lines of an order summed: nothing, a part or all of it has left."""
    asked = (
        select(
            Order.number,
            Delivery.state,
            func.sum(OrderLine.to_send),
            func.sum(OrderLine.shipped),
        )
        .join(Delivery, Order.delivery_id == Delivery.id)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .group_by(Order.id, Order.number, Delivery.id, Delivery.state)
        .order_by(Order.number)
    )
    for number, state, ordered, sent in session.execute(asked):
        due = rules.delivery_state([(int(ordered), int(sent))])
        told = DeliveryState.SHIPPED if state is DeliveryState.RECEIVED else state
        if state is DeliveryState.CALLED_BACK:
            told = DeliveryState.SHIPPED if due is DeliveryState.SHIPPED else DeliveryState.PARTLY
        if told is not due:
            yield f"order {number}: its delivery is {state}, {sent} of {ordered} pieces have left"


def _view(shipment: Shipment, packed: tuple[Packed, ...]) -> ShipmentView:
    url = rules.track_url(shipment.carrier, shipment.tracking_number)
    return ShipmentView(shipment, packed, rules.carrier_name(shipment.carrier), url)
