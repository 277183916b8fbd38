"""What a supplier has to pack: paid orders with pieces that have not left, and are not held."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.catalog.models import Batch
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Missing
from marketplace.orders import rules
from marketplace.orders.models import Delivery, Hold, Order, OrderLine
from marketplace.orders.queries.leaving import WAITING, Departure, departures
from marketplace.orders.states import MAY_LEAVE, DeliveryState
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier

MOST_TO_PACK = 1_000  # orders in one sheet; those that were paid first
MOST_SLIPS = 100  # a page for each is drawn while somebody waits


@dataclass(frozen=True, slots=True)
class ToPack:
    """One order with what has not left of it, and where it goes."""

    order: Order
    to: rules.Destination
    lines: tuple[Departure, ...]

    @property
    def leaves_by(self) -> datetime | None:
        """Until when the first of it was promised to leave."""
        paid_at = self.order.paid_at
        said = (one.line.leaves_by(paid_at) for one in self.lines) if paid_at else ()
        return min(filter(None, said), default=None)


@dataclass(frozen=True, slots=True)
class Picked:
    """One good to be taken from the shelf, for so many orders."""

    sku: str
    title: str
    unit: str
    pieces: int
    orders: int


@dataclass(frozen=True, slots=True)
class Packing:
    """The work of the day; `more` orders wait behind those that are shown."""

    supplier: Supplier
    orders: tuple[ToPack, ...]
    more: int


def to_pack(actor: Actor, at: datetime) -> Select[uuid.UUID]:
    """The orders of the actor's supplier that may leave and have not, all of them or in part."""
    return (
        select(Order.id)
        .join(Delivery, Order.delivery_id == Delivery.id)
        .where(Order.supplier_id.in_(suppliers.own_ids(actor)), *_waits())
    )


def _waits() -> tuple[ColumnElement[bool], ...]:
    return (
        Order.state.in_(MAY_LEAVE),
        Delivery.state.in_((DeliveryState.WAITING, DeliveryState.PARTLY)),
        ~exists().where(Hold.order_id == Order.id, Hold.state.in_(WAITING)),
    )


def packing(
    session: Session, actor: Actor, at: datetime, *, most: int = MOST_TO_PACK, masked: bool
) -> Packing:
    """Of the supplier whose staff the actor is, paid first first. Raises Missing."""
    supplier = suppliers.own(session, actor)
    if supplier is None:
        raise Missing
    waiting = (
        select(Order)
        .join(Delivery, Order.delivery_id == Delivery.id)
        .where(Order.supplier_id == supplier.id, *_waits())
    )
    total = session.scalar(select(func.count()).select_from(waiting.subquery())) or 0
    by_day = (Order.paid_at.nulls_last(), Order.number)
    asked = waiting.options(joinedload(Order.purchase)).order_by(*by_day)
    orders = session.scalars(asked.limit(most)).all()
    found = _to_pack(session, orders, at, masked=masked)
    return Packing(supplier, found, total - len(orders))


def picked(orders: Iterable[ToPack]) -> tuple[Picked, ...]:
    """The goods of all orders, each once, by SKU."""
    found: dict[uuid.UUID, list[Departure]] = {}
    for one in (line for order in orders for line in order.lines):
        found.setdefault(one.line.listing_id, []).append(one)
    goods = (
        Picked(
            sku=lines[0].line.sku,
            title=lines[0].line.title,
            unit=lines[0].line.unit,
            pieces=sum(one.left for one in lines),
            orders=len(lines),
        )
        for lines in found.values()
    )
    return tuple(sorted(goods, key=lambda one: (one.sku, one.title)))


def own_orders(
    session: Session, supplier_id: uuid.UUID, numbers: Iterable[str]
) -> dict[str, Order]:
    """Orders of a supplier by their number; others are left out."""
    asked = select(Order).where(
        Order.supplier_id == supplier_id, Order.number.in_(sorted(set(numbers)))
    )
    return {found.number: found for found in session.scalars(asked)}


def batches_named(
    session: Session, supplier_id: uuid.UUID, numbers: Iterable[str]
) -> dict[tuple[uuid.UUID, str], uuid.UUID]:
    """Batches of a supplier by listing and number."""
    asked = select(Batch.listing_id, Batch.number, Batch.id).where(
        Batch.supplier_id == supplier_id, Batch.number.in_(sorted(set(numbers)))
    )
    return {(listing, number): batch for listing, number, batch in session.execute(asked)}


def _to_pack(
    session: Session, orders: Sequence[Order], at: datetime, *, masked: bool
) -> tuple[ToPack, ...]:
    ids = [found.id for found in orders]
    asked = select(OrderLine).where(OrderLine.order_id.in_(ids))
    lines = session.scalars(asked.order_by(OrderLine.title, OrderLine.id)).all()
    leaving: dict[uuid.UUID, list[Departure]] = {}
    for one in departures(session, lines, at):
        leaving.setdefault(one.line.order_id, []).append(one)
    return tuple(
        ToPack(found, _destination(found, masked=masked), tuple(leaving.get(found.id, ())))
        for found in orders
    )


def _destination(found: Order, *, masked: bool) -> rules.Destination:
    whole = rules.destination(found.purchase.deliver_to)
    return rules.masked(whole) if masked else whole
