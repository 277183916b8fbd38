"""Villages."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import Missing
from marketplace.regions.models import Village


def village(session: Session, village_id: UUID) -> Village:
    """Raises Missing."""
    found = session.get(Village, village_id)
    if found is None:
        raise Missing(village=village_id)
    return found


def villages_of(session: Session, county_code: str) -> Sequence[Village]:
    """The villages of a county (today's code), by name."""
    return session.scalars(
        select(Village).where(Village.county_code == county_code).order_by(Village.name, Village.id)
    ).all()
