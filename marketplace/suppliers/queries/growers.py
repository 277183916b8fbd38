"""For whom trading firms sell."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from marketplace.suppliers.models import Grower, Supplier


def growers(session: Session, supplier: Supplier) -> Sequence[Grower]:
    """For whom a trading firm sells now, as they were named."""
    asked = select(Grower).where(Grower.supplier_id == supplier.id, Grower.ended_at.is_(None))
    return session.scalars(asked.order_by(Grower.added_at, Grower.name, Grower.id)).all()


def has_growers(session: Session, supplier: Supplier) -> bool:
    """Whether a trading firm names anybody for whom it sells."""
    named = exists().where(Grower.supplier_id == supplier.id, Grower.ended_at.is_(None))
    return bool(session.scalar(select(named)))
