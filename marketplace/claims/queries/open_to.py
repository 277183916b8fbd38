"""What of an order may be claimed now, by whom, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.claims import rules
from marketplace.claims.queries.claims import BUYERS, roles_for, waiting_claim
from marketplace.claims.states import ClaimKind
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.money import Money
from marketplace.orders import queries as orders
from marketplace.orders.models import Delivery, Order, OrderLine
from marketplace.orders.states import DeliveryState, OrderState


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line with what is left of it; None: not to be claimed, or no more."""

    line: OrderLine
    left: Money
    pieces: int
    claimable_until: datetime | None
    returnable_until: datetime | None


@dataclass(frozen=True, slots=True)
class OpenTo:
    """What the actor may claim of an order at an instant."""

    lines: Sequence[OpenLine]
    kinds: frozenset[ClaimKind]


def open_to(session: Session, actor: Actor, order: Order, at: datetime) -> OpenTo:
    """Nothing while a claim waits, before the goods have left, and once all is over."""
    delivery = session.get_one(Delivery, order.delivery_id)
    is_there = order.state is OrderState.COMPLETED or (
        order.state is OrderState.PAID and delivery.state is DeliveryState.SHIPPED
    )
    held = roles_for(actor, order) & BUYERS
    if not held or not is_there or waiting_claim(session, order.id) is not None:
        return OpenTo((), frozenset())
    lines = [
        _line(line, order, delivery.received_at, at) for line in orders.lines_of(session, order.id)
    ]
    kinds = set()
    if any(one.claimable_until for one in lines):
        kinds.add(ClaimKind.QUALITY)
    if Role.EMPLOYEE in held and any(one.returnable_until for one in lines):
        kinds.add(ClaimKind.RETURN)
    return OpenTo(lines, frozenset(kinds))


def _line(line: OrderLine, order: Order, received_at: datetime | None, at: datetime) -> OpenLine:
    """What has not been received yet has all its time; `at` stands for its receipt."""
    since = received_at or at
    claimable = rules.claimable_until(since, line.claim_hours)
    returnable = rules.returnable_until(since) if line.is_returnable else None
    left, pieces = line.amount - line.refunded, line.quantity - line.returned
    is_left = left.fen > 0
    return OpenLine(
        line,
        left,
        pieces,
        claimable if is_left and at < claimable else None,
        returnable if is_left and pieces and returnable and at < returnable else None,
    )
