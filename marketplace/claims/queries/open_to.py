"""What of an order may be claimed now, by whom, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.claims import rules
from marketplace.claims.queries.claims import BUYERS, claims_of, roles_for
from marketplace.claims.states import ENDED, ClaimKind
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


def open_to(session: Session, actor: Actor, order: Order, at: datetime, *, days: int) -> OpenTo:
    """Nothing while a claim waits, before the goods have left, after so many claims, and once all
    is over. What has left counts as received after so many days."""
    delivery = session.get_one(Delivery, order.delivery_id)
    is_there = order.state is OrderState.COMPLETED or (
        order.state is OrderState.PAID and delivery.state is DeliveryState.SHIPPED
    )
    held = roles_for(actor, order) & BUYERS
    made = claims_of(session, order.id) if held and is_there else ()
    is_over = len(made) >= rules.MOST_CLAIMS or any(one.state not in ENDED for one in made)
    if not held or not is_there or is_over:
        return OpenTo((), frozenset())
    since = rules.taken_from(delivery.received_at, delivery.shipped_at, at, days)
    lines = [_line(line, since, at) for line in orders.lines_of(session, order.id)]
    kinds = set()
    if any(one.claimable_until for one in lines):
        kinds.add(ClaimKind.QUALITY)
    if Role.EMPLOYEE in held and any(one.returnable_until for one in lines):
        kinds.add(ClaimKind.RETURN)
    return OpenTo(lines, frozenset(kinds))


def _line(line: OrderLine, since: datetime, at: datetime) -> OpenLine:
    """What has not been received yet has all its time."""
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
