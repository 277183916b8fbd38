"""Orders that are held, for those who decide about them; and who got what of a recalled batch."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.accounts import queries as accounts
from marketplace.catalog import queries as catalog
from marketplace.catalog.models import Batch, Listing
from marketplace.catalog.states import BatchState
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Missing
from marketplace.kernel.machine import Step
from marketplace.orders import rules
from marketplace.orders.models import (
    Delivery,
    Hold,
    LineBatch,
    Order,
    OrderLine,
    Purchase,
    RecallNotice,
    Shipment,
    ShipmentLine,
)
from marketplace.orders.queries.leaving import WAITING, is_overtaken
from marketplace.orders.queries.orders import (
    UNION_OFFICERS,
    OrderRow,
    order_rows,
    roles_for,
)
from marketplace.orders.states import (
    HOLD,
    MAY_LEAVE,
    DeliveryState,
    HoldChoice,
    HoldReason,
    HoldState,
)
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier
from marketplace.web.paging import Page, paged

NOT_ALL_LEFT = (DeliveryState.WAITING, DeliveryState.PARTLY)
DECIDERS = frozenset({Role.REVIEWER, Role.AUDITOR, Role.MANAGER})


@dataclass(frozen=True, slots=True)
class HoldRow:
    """One held order as the list and the order's page show it to this reader."""

    hold: Hold
    row: OrderRow
    choices: tuple[HoldChoice, ...]  # that may be proposed by this reader now
    verbs: tuple[Step[HoldState], ...]  # answers of the buyer
    in_force_again: bool  # the papers are in force by now

    @property
    def is_waiting(self) -> bool:
        """Whether reviewer or buyer still has to decide."""
        return self.hold.state in WAITING


@dataclass(frozen=True, slots=True)
class Recipient:
    """Pieces of one line that left from a batch: who has them, as far as this reader may know."""

    order: Order
    buyer: str
    quantity: int
    unit: str
    delivery: Delivery
    shipped_at: datetime
    to: rules.Destination
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class Recall:
    """A recalled batch with everybody who got some of it."""

    batch: Batch
    recipients: tuple[Recipient, ...]
    without_batch: int  # lines of the good that left since it was packed, no batch noted

    @property
    def pieces(self) -> int:
        return sum(one.quantity for one in self.recipients)


def held(session: Session, actor: Actor, at: datetime, number: int) -> Page[HoldRow]:
    """Holds that concern the actor: all for operators, else those of his orders or his goods; what
    waits comes first, then the newest."""
    asked: Select[Any] = (
        select(Hold)
        .join(Order, Hold.order_id == Order.id)
        .join(Purchase, Order.purchase_id == Purchase.id)
        .where(_concerns(session, actor))
        .options(
            joinedload(Hold.order).joinedload(Order.purchase),
            joinedload(Hold.order).joinedload(Order.supplier),
        )
        .order_by(Hold.state.in_(WAITING).desc(), Hold.opened_at.desc(), Hold.id)
    )
    page = paged(session, asked, number)
    rows = {one.hold.id: one for one in hold_rows(session, actor, page.items, at)}
    return page.with_items(lambda found: rows[found.id])


def hold_rows(
    session: Session, actor: Actor, holds: Sequence[Hold], at: datetime
) -> tuple[HoldRow, ...]:
    """The holds with their orders, which must be loaded."""
    orders = {one.order.id: one for one in order_rows(session, [hold.order for hold in holds])}
    listings = {uuid.UUID(one) for hold in holds for one in hold.listings}
    out = catalog.out_of_force(session, listings, at)
    return tuple(_row(actor, hold, orders[hold.order_id], out) for hold in holds)


def hold_of(session: Session, actor: Actor, order: Order, at: datetime) -> HoldRow | None:
    """The last hold of an order that the actor may read."""
    asked = (
        select(Hold)
        .where(Hold.order_id == order.id)
        .options(
            joinedload(Hold.order).joinedload(Order.purchase),
            joinedload(Hold.order).joinedload(Order.supplier),
        )
        .order_by(Hold.opened_at.desc(), Hold.id)
        .limit(1)
    )
    return next(iter(hold_rows(session, actor, session.scalars(asked).all(), at)), None)


def not_left_out_of_force(session: Session, at: datetime) -> tuple[uuid.UUID, ...]:
    """Paid orders that have not left, with goods whose papers are not in force, and about which
    nothing was decided or is being decided for that reason; oldest first."""
    known = exists().where(
        Hold.order_id == Order.id,
        or_(
            Hold.state.in_(WAITING),
            and_(
                Hold.reason == HoldReason.PAPERS,
                Hold.state == HoldState.AGREED,
                ~is_overtaken(),
            ),
        ),
    )
    asked = (
        select(Order.id, Order.paid_at)
        .join(Delivery, Order.delivery_id == Delivery.id)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Listing, OrderLine.listing_id == Listing.id)
        .join(Supplier, Listing.supplier_id == Supplier.id)
        .where(
            Order.state.in_(MAY_LEAVE),
            Delivery.state.in_(NOT_ALL_LEFT),
            OrderLine.shipped < OrderLine.to_send,
            ~suppliers.may_sell(at, Listing.standing),
            ~known,
        )
        .distinct()
        .order_by(Order.paid_at.nulls_last(), Order.id)
    )
    return tuple(row.id for row in session.execute(asked))


def concerned_by_recall(
    session: Session, batch_id: uuid.UUID, listing_id: uuid.UUID
) -> tuple[uuid.UUID, ...]:
    """Paid orders with some of the batch on its way, or with goods of its listing that have not
    left: nobody knows yet from which batch they would."""
    on_its_way = and_(
        Delivery.state.in_((DeliveryState.PARTLY, DeliveryState.SHIPPED)),
        exists().where(LineBatch.order_id == Order.id, LineBatch.batch_id == batch_id),
    )
    not_left = and_(
        Delivery.state.in_(NOT_ALL_LEFT),
        exists().where(
            OrderLine.order_id == Order.id,
            OrderLine.listing_id == listing_id,
            OrderLine.shipped < OrderLine.to_send,
        ),
    )
    asked = (
        select(Order.id)
        .join(Delivery, Order.delivery_id == Delivery.id)
        .where(Order.state.in_(MAY_LEAVE), or_(on_its_way, not_left))
        .order_by(Order.id)
    )
    return tuple(session.scalars(asked))


def untold(session: Session, batch_id: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """Orders with some of the batch whose buyers nobody has told of its recall."""
    told = exists().where(
        RecallNotice.batch_id == batch_id, RecallNotice.order_id == LineBatch.order_id
    )
    asked = select(LineBatch.order_id).where(LineBatch.batch_id == batch_id, ~told).distinct()
    return tuple(session.scalars(asked.order_by(LineBatch.order_id)))


def recall_of(session: Session, actor: Actor, batch_id: uuid.UUID) -> Recall:
    """Who got what of a recalled batch. Reviewers and the supplier read whole contacts, other
    operators a shadow. Raises Missing, also while it is not recalled."""
    batch, supplier = catalog.batch(session, actor, batch_id)
    if batch.state is not BatchState.RECALLED:
        raise Missing(batch_id=batch_id)
    is_own = supplier.organisation_id in actor.organisations(Role.SUPPLIER_STAFF)
    is_whole = is_own or Role.REVIEWER in actor.roles
    asked = (
        select(ShipmentLine, Shipment, OrderLine, Order, Delivery, RecallNotice.at)
        .join(LineBatch, LineBatch.shipment_line_id == ShipmentLine.id)
        .join(Shipment, ShipmentLine.shipment_id == Shipment.id)
        .join(OrderLine, LineBatch.order_line_id == OrderLine.id)
        .join(Order, LineBatch.order_id == Order.id)
        .join(Delivery, Order.delivery_id == Delivery.id)
        .outerjoin(
            RecallNotice,
            and_(RecallNotice.batch_id == batch_id, RecallNotice.order_id == Order.id),
        )
        .where(LineBatch.batch_id == batch_id)
        .options(joinedload(Order.purchase))
        .order_by(Order.number, OrderLine.title, Shipment.place)
    )
    found = tuple(
        Recipient(
            order=order,
            buyer=_buyer(session, order.purchase),
            quantity=packed.quantity,
            unit=line.unit,
            delivery=delivery,
            shipped_at=parcel.shipped_at,
            to=_destination(order.purchase, is_whole=is_whole),
            told_at=told_at,
        )
        for packed, parcel, line, order, delivery, told_at in session.execute(asked)
    )
    return Recall(batch, found, _without_batch(session, batch))


def _without_batch(session: Session, batch: Batch) -> int:
    asked = (
        select(ShipmentLine.id)
        .join(OrderLine, ShipmentLine.order_line_id == OrderLine.id)
        .join(Shipment, ShipmentLine.shipment_id == Shipment.id)
        .where(
            OrderLine.listing_id == batch.listing_id,
            Shipment.shipped_at >= batch.created_at,
            ~exists().where(LineBatch.shipment_line_id == ShipmentLine.id),
        )
    )
    return len(session.scalars(asked).all())


def _destination(purchase: Purchase, *, is_whole: bool) -> rules.Destination:
    whole = rules.destination(purchase.deliver_to)
    return whole if is_whole else rules.masked(whole)


def _buyer(session: Session, purchase: Purchase) -> str:
    if purchase.organisation_id is None:
        return accounts.name_of(session, purchase.buyer_id)
    return accounts.organisation(session, purchase.organisation_id).name


def _concerns(session: Session, actor: Actor) -> ColumnElement[bool]:
    if actor.roles & DECIDERS:
        return Hold.id.is_not(None)
    supplier = suppliers.own(session, actor) if Role.SUPPLIER_STAFF in actor.roles else None
    unions = {place for role in UNION_OFFICERS for place in actor.organisations(role)}
    return or_(
        and_(Purchase.buyer_id == actor.person_id, Purchase.organisation_id.is_(None)),
        Purchase.organisation_id.in_(unions),
        Hold.supplier_id == (supplier.id if supplier else None),
    )


def _row(actor: Actor, hold: Hold, row: OrderRow, out: frozenset[uuid.UUID]) -> HoldRow:
    roles = roles_for(actor, hold.order) - {Role.SYSTEM}
    may_propose = Role.REVIEWER in actor.roles and not roles and hold.state in WAITING
    return HoldRow(
        hold=hold,
        row=row,
        choices=rules.choices(hold.reason, row.delivery.state) if may_propose else (),
        verbs=_answers(hold, roles & {Role.EMPLOYEE, Role.UNION_BUYER}),
        in_force_again=hold.reason is HoldReason.PAPERS
        and not out & {uuid.UUID(one) for one in hold.listings},
    )


def _answers(hold: Hold, roles: frozenset[Role]) -> tuple[Step[HoldState], ...]:
    """A refund is what refusing would bring anyway: then there is nothing to refuse."""
    found = HOLD.open_verbs(hold.state, roles)
    if hold.choice is HoldChoice.REFUND:
        return tuple(step for step in found if step.verb != "refuse")
    return found
