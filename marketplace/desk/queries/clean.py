"""Which of the open tasks pass every machine check at this instant."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.desk.models import ReviewTask
from marketplace.kernel.reviews import ReviewKind
from marketplace.regions import queries as regions
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier


def clean(session: Session, tasks: Iterable[ReviewTask], at: datetime) -> frozenset[uuid.UUID]:
    """Ids of the tasks that may be approved together with others; two questions for all."""
    goods = [task for task in tasks if task.kind is ReviewKind.LISTING and task.closed_at is None]
    if not goods:
        return frozenset()
    named = {task.supplier_id for task in goods}
    asked = select(Supplier.id).where(Supplier.id.in_(named), suppliers.may_sell(at))
    selling = frozenset(session.scalars(asked))
    facts = regions.facts_by_county(session, (task.county_code for task in goods), at)
    return frozenset(
        task.id
        for task in goods
        if task.supplier_id in selling and any(one.qualifies for one in facts[task.county_code])
    )
