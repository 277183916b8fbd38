"""Waivers of one supplier, and what can be waived at all."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Missing
from marketplace.suppliers import rules
from marketplace.suppliers.models import Supplier, Waiver
from marketplace.suppliers.queries.sight import visible
from marketplace.suppliers.states import WaiverState


def waivable(supplier: Supplier) -> tuple[rules.Requirement, ...]:
    """What may be asked of this kind of supplier and is a borderline case."""
    return tuple(one for one in rules.REQUIREMENTS if one.borderline and one.is_for(supplier.kind))


def waivers(session: Session, supplier_id: uuid.UUID) -> Sequence[Waiver]:
    """All there ever were, newest first."""
    asked = select(Waiver).where(Waiver.supplier_id == supplier_id)
    return session.scalars(asked.order_by(Waiver.proposed_at.desc(), Waiver.id)).all()


def waits_waiver(session: Session, supplier_id: uuid.UUID, requirement: str) -> bool:
    """Whether one for this requirement waits for its second person."""
    found = waivers(session, supplier_id)
    waiting = [one for one in found if one.state is WaiverState.PROPOSED]
    return any(one.requirement == requirement for one in waiting)


def waiver(session: Session, actor: Actor, waiver_id: uuid.UUID) -> Waiver:
    """One, for those who may see its supplier. Raises Missing."""
    found = session.get(Waiver, waiver_id)
    if found is None:
        raise Missing(waiver_id=waiver_id)
    visible(session, actor, found.supplier_id)
    return found
