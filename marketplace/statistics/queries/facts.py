"""The facts themselves, as the service and the recount need them."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.statistics.models import FactDesignation, FactKind, SalesFact

Key = tuple[uuid.UUID, FactKind, str]  # order line, kind, cause


def facts_of(session: Session, order_id: uuid.UUID) -> dict[Key, SalesFact]:
    """What is counted of an order."""
    own = select(SalesFact).where(SalesFact.order_id == order_id).order_by(SalesFact.order_line_id)
    return {(fact.order_line_id, fact.kind, fact.cause): fact for fact in session.scalars(own)}


def lists_of_facts(
    session: Session, fact_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[str, ...]]:
    """The slugs of the lists that each fact counts for, in order."""
    asked = select(FactDesignation).where(FactDesignation.fact_id.in_(fact_ids))
    found: dict[uuid.UUID, tuple[str, ...]] = {}
    for row in session.scalars(asked.order_by(FactDesignation.slug)):
        found[row.fact_id] = (*found.get(row.fact_id, ()), row.slug)
    return found
