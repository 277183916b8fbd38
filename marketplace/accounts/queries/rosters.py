"""Organisations and people by the employer's own numbers, and the sheets that bring them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from marketplace.accounts import rules
from marketplace.accounts.models import Organisation, Person, Roster
from marketplace.kernel.errors import Missing


def by_code(session: Session, code: str) -> Organisation:
    """Raises Missing."""
    found = session.scalar(select(Organisation).where(Organisation.code == rules.login(code)))
    if found is None:
        raise Missing(code=code)
    return found


def by_number(session: Session, number: str) -> Person:
    """The person with this employee number, also one who left. Raises Missing."""
    wanted = select(Person).where(Person.employee_number == rules.login(number))
    found = session.scalar(wanted)
    if found is None:
        raise Missing(number=number)
    return found


def roster(session: Session, roster_id: uuid.UUID) -> Roster:
    """Raises Missing."""
    found = session.get(Roster, roster_id)
    if found is None:
        raise Missing(roster_id=roster_id)
    return found


def rosters(session: Session, most: int = 10) -> Sequence[Roster]:
    """The last ones, without their sheets."""
    wanted = select(Roster).options(defer(Roster.organisations), defer(Roster.people))
    return session.scalars(wanted.order_by(Roster.made_at.desc(), Roster.id).limit(most)).all()
