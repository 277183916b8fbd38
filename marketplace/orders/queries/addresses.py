"""Whose addresses are whose."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Missing
from marketplace.orders.models import Address, Delivery, Order, Purchase
from marketplace.orders.states import UNPAID, OrderState

_ADDRESSES = (
    select(Address)
    .where(Address.person_id == bindparam("person_id"), Address.removed_at.is_(None))
    .order_by(Address.is_default.desc(), Address.recipient, Address.id)
)


def addresses(session: Session, actor: Actor) -> tuple[Address, ...]:
    """The actor's own, the usual one first."""
    return tuple(session.scalars(_ADDRESSES, {"person_id": actor.person_id}))


def own_address(session: Session, actor: Actor, address_id: uuid.UUID) -> Address:
    """Raises Missing, also for somebody else's."""
    found = session.get(Address, address_id)
    if found is None or found.person_id != actor.person_id or found.removed_at:
        raise Missing(address_id=address_id)
    return found


def done_before(session: Session, at: datetime, *, most: int) -> tuple[uuid.UUID, ...]:
    """Purchases whose last order was received or called off before the instant, and that still name
    who got them; oldest first."""
    ended = func.coalesce(Order.cancelled_at, Delivery.received_at)
    goes_on = (
        exists()
        .where(Order.purchase_id == Purchase.id)
        .where(Order.delivery_id == Delivery.id)
        .where(or_(Order.state.in_(UNPAID | {OrderState.PAID}), ended > at))
    )
    asked = select(Purchase.id).where(
        Purchase.forgotten_at.is_(None), Purchase.placed_at <= at, ~goes_on
    )
    return tuple(session.scalars(asked.order_by(Purchase.placed_at).limit(most)))


def removed_before(session: Session, at: datetime, *, most: int) -> Sequence[Address]:
    """Addresses that were removed before the instant and are still known."""
    asked = select(Address).where(Address.removed_at <= at, Address.forgotten_at.is_(None))
    return session.scalars(asked.order_by(Address.removed_at).limit(most)).all()
