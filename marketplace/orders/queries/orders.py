"""One order, and lists of them, for whom they concern: buyer, union, supplier, overseers."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.accounts import queries as accounts
from marketplace.events import SoldLine
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Missing
from marketplace.kernel.machine import Step
from marketplace.orders import rules
from marketplace.orders.models import Delivery, Order, OrderLine, Purchase
from marketplace.orders.states import DELIVERY, MAY_LEAVE, ORDER, DeliveryState, OrderState
from marketplace.payments import queries as payments
from marketplace.payments.models import Payment, PaymentPart, Refund
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier
from marketplace.web.paging import Page, paged

UNION_OFFICERS = frozenset({Role.UNION_BUYER, Role.UNION_APPROVER, Role.UNION_TREASURER})
OVERSEERS = frozenset({Role.AUDITOR, Role.MANAGER})
SUPPLIER = frozenset({Role.SUPPLIER_STAFF})
_GOES = MAY_LEAVE | {OrderState.COMPLETED}
# a parcel is called back by answering a recall, see service.holding; what leaves is a part of the
# order or the rest of it, whichever the supplier packs: one form for both
_ELSEWHERE = frozenset({"call_back", "ship_part"})


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order as a list shows it."""

    order: Order
    delivery: Delivery
    titles: tuple[str, ...]
    pieces: int


@dataclass(frozen=True, slots=True)
class OrderView:
    """Everything that the page of one order shows to this reader."""

    order: Order
    purchase: Purchase
    supplier: Supplier
    delivery: Delivery
    lines: tuple[OrderLine, ...]
    payment: Payment
    refunds: tuple[Refund, ...]
    destination: rules.Destination | None  # None: not for this reader yet
    buyer_name: str
    verbs: tuple[Step[Any], ...]  # of the order and of its delivery
    parts: tuple[
        PaymentPart, ...
    ] = ()  # what paid it, where credit or a voucher did; for the buyer


def order(session: Session, actor: Actor, order_id: uuid.UUID) -> OrderView:
    """Raises Missing, also for somebody else's."""
    found = row(session, order_id)
    if not _may_read(actor, found):
        raise Missing(order_id=order_id)
    delivery = session.get_one(Delivery, found.delivery_id)
    payment = payments.of_order(session, found.purchase_id, order_id)
    if payment is None:  # placed without one: cannot be through our services
        raise Missing(order_id=order_id)
    return OrderView(
        order=found,
        purchase=found.purchase,
        supplier=found.supplier,
        delivery=delivery,
        lines=lines_of(session, order_id),
        payment=payment,
        refunds=payments.refunds_of(session, order_id),
        destination=_destination(actor, found),
        buyer_name=_buyer_name(session, found.purchase),
        verbs=open_verbs(actor, found, delivery),
        parts=_parts(session, actor, found, payment),
    )


def _parts(
    session: Session, actor: Actor, found: Order, payment: Payment
) -> tuple[PaymentPart, ...]:
    """Whose money it was is not the supplier's to know."""
    if not payment.covered or not (is_own(actor, found.purchase) or actor.roles & OVERSEERS):
        return ()
    return tuple(p for p in payments.parts_of(session, payment.id) if p.order_id == found.id)


def row(session: Session, order_id: uuid.UUID, *, for_change: bool = False) -> Order:
    """The bare order with purchase and supplier, for everybody. Raises Missing."""
    question = (
        select(Order)
        .where(Order.id == order_id)
        .options(joinedload(Order.purchase), joinedload(Order.supplier))
    )
    if for_change:
        question = question.with_for_update(of=Order).execution_options(populate_existing=True)
    found = session.scalar(question)
    if found is None:
        raise Missing(order_id=order_id)
    return found


def is_own(actor: Actor, purchase: Purchase) -> bool:
    """Bought by the actor for himself; what was bought for a union is its present officers'."""
    return purchase.organisation_id is None and purchase.buyer_id == actor.person_id


def roles_for(actor: Actor, found: Order) -> frozenset[Role]:
    """The actor's roles that count for this order: its buyer's, its union's, its supplier's."""
    counting = set(actor.roles & {Role.SYSTEM})
    organisation = found.organisation_id
    if organisation is None and found.purchase.buyer_id == actor.person_id:
        counting |= actor.roles & {Role.EMPLOYEE}
    if organisation is not None:
        counting |= {role for role in UNION_OFFICERS if organisation in actor.organisations(role)}
    if found.supplier.organisation_id in actor.organisations(Role.SUPPLIER_STAFF):
        counting.add(Role.SUPPLIER_STAFF)
    return frozenset(counting)


def is_on_a_side(actor: Actor, found: Order) -> bool:
    """Whether the order's money is the actor's, his organisation's or his supplier's business."""
    is_buyer = found.purchase.buyer_id == actor.person_id
    return is_buyer or bool(roles_for(actor, found) - {Role.SYSTEM})


def open_verbs(actor: Actor, found: Order, delivery: Delivery) -> tuple[Step[Any], ...]:
    """What this actor may do with the order now; goods on their way are not called off."""
    roles = roles_for(actor, found) - {Role.SYSTEM}
    shown = [s for s in ORDER.open_verbs(found.state, roles) if s.verb == "cancel"]
    if delivery.state is not DeliveryState.WAITING:
        shown = []
    if not is_on_a_side(actor, found):
        undo = ORDER.open_verbs(found.state, actor.roles & {Role.MANAGER})
        shown += [s for s in undo if s.verb == "take_back" or _may_be_unpaid(s, found, delivery)]
    if found.state in _GOES:
        moves = [s for s in DELIVERY.open_verbs(delivery.state, roles) if s.verb not in _ELSEWHERE]
        return (*moves, *shown)
    return tuple(shown)


def _may_be_unpaid(step: Step[Any], found: Order, delivery: Delivery) -> bool:
    is_here = delivery.state is DeliveryState.WAITING and not found.refunded
    return step.verb == "unpay" and found.purchase.is_direct and is_here


def lines_of(session: Session, order_id: uuid.UUID, *, anew: bool = False) -> tuple[OrderLine, ...]:
    """The frozen lines, by title; `anew`: as they are counted now, whatever was read before."""
    own = select(OrderLine).where(OrderLine.order_id == order_id)
    own = own.order_by(OrderLine.title, OrderLine.id)
    return tuple(session.scalars(own.execution_options(populate_existing=anew)))


def sold_lines(session: Session, order_id: uuid.UUID) -> tuple[SoldLine, ...]:
    """The lines as events tell them."""
    return tuple(
        SoldLine(
            order_line_id=line.id,
            listing_id=line.listing_id,
            reservation_id=line.reservation_id,
            title=line.title,
            quantity=line.quantity,
            amount=line.amount,
            supply=line.unit_supply * line.quantity,
            county_code=line.county_code,
            county_name=line.county_name,
            designations=tuple(line.designations),
        )
        for line in lines_of(session, order_id)
    )


def orders_of(session: Session, purchase_id: uuid.UUID) -> tuple[Order, ...]:
    """All orders of a purchase, by number."""
    question = (
        select(Order)
        .where(Order.purchase_id == purchase_id)
        .options(joinedload(Order.purchase), joinedload(Order.supplier))
    )
    return tuple(session.scalars(question.order_by(Order.number)))


def mine(session: Session, actor: Actor, number: int) -> Page[Any]:
    """The actor's own orders and those of the unions he is an officer of, newest first."""
    unions = {place for role in UNION_OFFICERS for place in actor.organisations(role)}
    own = and_(Purchase.buyer_id == actor.person_id, Purchase.organisation_id.is_(None))
    theirs = or_(own, Purchase.organisation_id.in_(unions))
    return _listed(session, theirs, number)


def for_supplier(session: Session, actor: Actor, number: int) -> Page[Any]:
    """Orders for the goods of the supplier whose staff the actor is, newest first."""
    supplier = suppliers.own(session, actor)
    ours = Order.supplier_id == (supplier.id if supplier else None)
    return _listed(session, ours, number)


def _listed(session: Session, whose: ColumnElement[bool], number: int) -> Page[Any]:
    question: Select[Any] = (
        select(Order)
        .join(Purchase, Order.purchase_id == Purchase.id)
        .where(whose)
        .options(joinedload(Order.purchase), joinedload(Order.supplier))
        .order_by(Purchase.placed_at.desc(), Order.number)
    )
    page = paged(session, question, number)
    rows = {found.order.id: found for found in order_rows(session, page.items)}
    return page.with_items(lambda found: rows[found.id])


def order_rows(session: Session, orders: Sequence[Order]) -> tuple[OrderRow, ...]:
    """The orders with what they hold, in two questions for all of them."""
    lines: dict[uuid.UUID, list[OrderLine]] = {}
    ids = [found.id for found in orders]
    for line in session.scalars(select(OrderLine).where(OrderLine.order_id.in_(ids))):
        lines.setdefault(line.order_id, []).append(line)
    ways = select(Delivery).where(Delivery.id.in_([found.delivery_id for found in orders]))
    deliveries = {delivery.id: delivery for delivery in session.scalars(ways)}
    return tuple(
        OrderRow(found, deliveries[found.delivery_id], *_told(lines.get(found.id, ())))
        for found in orders
    )


def _told(lines: Iterable[OrderLine]) -> tuple[tuple[str, ...], int]:
    held = sorted(lines, key=lambda line: line.title)
    return tuple(line.title for line in held), sum(line.quantity for line in held)


def _may_read(actor: Actor, found: Order) -> bool:
    return (
        is_own(actor, found.purchase)
        or bool(roles_for(actor, found))
        or bool(actor.roles & OVERSEERS)
    )


def _destination(actor: Actor, found: Order) -> rules.Destination | None:
    """The buyer's side knows it anyway, the supplier while he has to send, overseers a shadow."""
    whole = rules.destination(found.purchase.deliver_to)
    roles = roles_for(actor, found)
    if is_own(actor, found.purchase) or roles & UNION_OFFICERS:
        return whole
    if Role.SUPPLIER_STAFF in roles:
        return whole if found.state in _GOES else None
    return rules.masked(whole)


def _buyer_name(session: Session, purchase: Purchase) -> str:
    if purchase.organisation_id is None:
        return accounts.name_of(session, purchase.buyer_id)
    return accounts.organisation(session, purchase.organisation_id).name
