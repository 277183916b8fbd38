"""Whose addresses are whose."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Missing
from marketplace.orders.models import Address


def addresses(session: Session, actor: Actor) -> tuple[Address, ...]:
    """The actor's own, the usual one first."""
    own = select(Address).where(Address.person_id == actor.person_id)
    return tuple(session.scalars(own.order_by(Address.is_default.desc(), Address.recipient)))


def own_address(session: Session, actor: Actor, address_id: uuid.UUID) -> Address:
    """Raises Missing, also for somebody else's."""
    found = session.get(Address, address_id)
    if found is None or found.person_id != actor.person_id:
        raise Missing(address_id=address_id)
    return found
