"""Whose addresses are whose."""

from __future__ import annotations

import uuid

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Missing
from marketplace.orders.models import Address

_ADDRESSES = (
    select(Address)
    .where(Address.person_id == bindparam("person_id"))
    .order_by(Address.is_default.desc(), Address.recipient, Address.id)
)


def addresses(session: Session, actor: Actor) -> tuple[Address, ...]:
    """The actor's own, the usual one first."""
    return tuple(session.scalars(_ADDRESSES, {"person_id": actor.person_id}))


def own_address(session: Session, actor: Actor, address_id: uuid.UUID) -> Address:
    """Raises Missing, also for somebody else's."""
    found = session.get(Address, address_id)
    if found is None or found.person_id != actor.person_id:
        raise Missing(address_id=address_id)
    return found
