"""Papers that run out soon and that nothing replaces yet."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from marketplace.suppliers.models import ExpiryReminder, Paper, Supplier
from marketplace.suppliers.rules import expiring
from marketplace.suppliers.states import PaperState, SupplierState

_SELLERS = (SupplierState.APPROVED, SupplierState.SUSPENDED)


def running_out(session: Session, at: datetime) -> tuple[Paper, ...]:
    """Accepted papers that end within the longest notice, first the one that ends first; not those
    that another accepted paper corrects, nor those whose end one of the kind covers, for the same
    goods."""
    later = aliased(Paper)
    covers = and_(
        later.kind == Paper.kind,
        or_(
            later.goods_id == Paper.goods_id,
            and_(later.goods_id.is_(None), Paper.goods_id.is_(None)),
        ),
        later.starts_at <= Paper.ends_at,
        or_(
            later.ends_at.is_(None),
            later.ends_at > Paper.ends_at,
            # two that end together are told of once
            and_(later.ends_at == Paper.ends_at, later.id > Paper.id),
        ),
    )
    covered = exists().where(
        later.supplier_id == Paper.supplier_id,
        later.id != Paper.id,
        later.state == PaperState.ACCEPTED,
        or_(later.corrects_id == Paper.id, covers),
    )
    asked = (
        select(Paper)
        .join(Supplier, Paper.supplier_id == Supplier.id)
        .where(
            Paper.state == PaperState.ACCEPTED,
            Paper.ends_at > at,
            Paper.ends_at <= at + expiring.LONGEST,
            Supplier.state.in_(_SELLERS),
            ~covered,
        )
        .options(joinedload(Paper.supplier))
        .order_by(Paper.ends_at, Paper.id)
    )
    return tuple(session.scalars(asked))


def reminded(session: Session, paper_id: uuid.UUID) -> frozenset[int]:
    """The days before its end on which a paper has been told of."""
    asked = select(ExpiryReminder.days).where(ExpiryReminder.paper_id == paper_id)
    return frozenset(session.scalars(asked))
