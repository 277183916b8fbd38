"""Who holds a role in an organisation: the people to tell of something."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Membership, Person
from marketplace.accounts.queries.people import in_force
from marketplace.kernel.actor import Role


def holding(
    session: Session, role: Role, organisation_id: uuid.UUID, at: datetime
) -> tuple[Person, ...]:
    """Everybody who holds the role there at the instant and has not left, by name."""
    asked = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.role == role,
            Membership.organisation_id == organisation_id,
            in_force(at),
            or_(Person.left_at.is_(None), Person.left_at > at),
        )
        .order_by(Person.name, Person.id)
    )
    return tuple(session.scalars(asked))


def person(session: Session, person_id: str) -> Person | None:
    """Somebody of ours by the id that orders and papers keep; None for a host's people."""
    try:
        return session.get(Person, uuid.UUID(person_id))
    except ValueError:  # opaque text that is not ours
        return None
