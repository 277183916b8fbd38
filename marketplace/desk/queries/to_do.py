"""What waits for whom: how much stands behind each entry of the bar, in one question a page."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from marketplace.claims import queries as claims
from marketplace.credit import queries as credit
from marketplace.desk.queries.inbox import to_take
from marketplace.invoices import queries as invoices
from marketplace.kernel.actor import Actor, Role
from marketplace.orders import queries as orders
from marketplace.payments import queries as payments
from marketplace.purchasing import queries as purchasing
from marketplace.settlement import queries as settlement
from marketplace.web.paging import few


@dataclass(frozen=True, slots=True)
class Waiting:
    """Behind which page it is done, for which roles, and what it is."""

    endpoint: str
    roles: frozenset[Role]
    asked: Callable[[Actor, datetime], Select[uuid.UUID]]


_STAFF, _MANAGER = frozenset({Role.SUPPLIER_STAFF}), frozenset({Role.MANAGER})
_APPROVER = frozenset({Role.UNION_APPROVER})

TABLE: tuple[Waiting, ...] = (
    Waiting("desk.index", frozenset({Role.REVIEWER}), to_take),
    Waiting("purchasing.index", _APPROVER, purchasing.to_approve),
    Waiting("credit.index", _APPROVER, credit.to_approve),
    Waiting("orders.for_supplier", _STAFF, orders.to_pack),
    Waiting("settlement.mine", _STAFF, settlement.to_confirm),
    Waiting("invoices.to_issue", _STAFF, invoices.to_write),
    Waiting("claims.index", _STAFF | _MANAGER, claims.to_answer),
    Waiting("payments.index", _MANAGER, payments.to_send),
)


def to_do(session: Session, actor: Actor, at: datetime) -> dict[str, int]:
    """How much waits, by the endpoint of its page, counted to a hundred; what is nothing is left
    out. Whoever decides about nothing is asked nothing."""
    rows = [one for one in TABLE if one.roles & actor.roles]
    if not rows:
        return {}
    counts = session.execute(select(*(few(one.asked(actor, at)) for one in rows))).one()
    return {one.endpoint: count for one, count in zip(rows, counts, strict=True) if count}
