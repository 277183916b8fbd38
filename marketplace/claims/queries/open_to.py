"""What of an order may be claimed now, by whom, and until when."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from marketplace.claims import rules
from marketplace.claims.models import Claim
from marketplace.claims.queries.claims import BUYERS, claims_of, recall_granted, roles_for
from marketplace.claims.states import ENDED, ClaimKind
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.money import ZERO, Money
from marketplace.orders import queries as orders
from marketplace.orders.models import Delivery, Order, OrderLine
from marketplace.orders.states import MAY_LEAVE, DeliveryState, OrderState


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line with what is left of what has been sent; None: not to be claimed, or no more."""

    line: OrderLine
    left: Money
    pieces: int
    claimable_until: datetime | None
    returnable_until: datetime | None
    recalled: int = 0  # pieces of it from a recalled batch, neither returned nor paid back for that
    batch: str = ""  # its number

    @property
    def unsent(self) -> int:
        """Pieces that have not left."""
        return self.line.to_send - self.line.shipped

    @property
    def unsent_amount(self) -> Money:
        rest = self.line.amount - self.line.refunded
        return min(self.line.unit_price * self.unsent, rest)

    @property
    def recall_amount(self) -> Money:
        return min(self.line.unit_price * self.recalled, self.left)


@dataclass(frozen=True, slots=True)
class OpenTo:
    """What the actor may claim of an order at an instant."""

    lines: Sequence[OpenLine]
    kinds: frozenset[ClaimKind]
    is_exhausted: bool = False  # goods could be claimed, but for so many claims before


NOTHING = OpenTo((), frozenset())


def open_to(session: Session, actor: Actor, order: Order, at: datetime, *, days: int) -> OpenTo:
    """Nothing while a claim waits, before the goods have left, and once all is over. So many claims
    of quality are made; after them a recall is claimed once, a return as before. What has left
    counts as received after so many days."""
    delivery = session.get_one(Delivery, order.delivery_id)
    held = roles_for(actor, order) & BUYERS
    if not held or not _is_there(order, delivery):
        return NOTHING
    made = claims_of(session, order.id)
    if any(one.state not in ENDED for one in made):
        return NOTHING
    is_whole = delivery.state is not DeliveryState.PARTLY
    shipped_at = delivery.shipped_at if is_whole else None  # more will come
    since = rules.taken_from(delivery.received_at, shipped_at, at, days)
    recalled = _recalled(session, order, at) if _is_done(order, delivery) else {}
    lines = [
        _line(line, since, at, recalled.get(line.id, (0, "")))
        for line in orders.lines_of(session, order.id)
    ]
    kinds = frozenset(_kinds(lines, held if is_whole else frozenset(), made))
    return OpenTo(lines, kinds, _is_over(made) and any(one.claimable_until for one in lines))


def _is_over(made: Sequence[Claim]) -> bool:
    """How a claim ends the other side decides: only those of quality count, so that no supplier
    uses up what the law gives."""
    return sum(one.kind is ClaimKind.QUALITY for one in made) >= rules.MOST_CLAIMS


def _is_there(order: Order, delivery: Delivery) -> bool:
    """Some of it has left, and nobody called it back."""
    left = delivery.state in {DeliveryState.SHIPPED, DeliveryState.PARTLY}
    return _is_done(order, delivery) or (order.state in MAY_LEAVE and left)


def _is_done(order: Order, delivery: Delivery) -> bool:
    """Received; whether it is paid already is another question."""
    received = delivery.state is DeliveryState.RECEIVED
    return order.state is OrderState.COMPLETED or (order.state in MAY_LEAVE and received)


def _recalled(session: Session, order: Order, at: datetime) -> dict[uuid.UUID, tuple[int, str]]:
    """What is still on its way is called back instead, see orders.service.holding."""
    found = orders.recalled_pieces(session, order.id, at - timedelta(days=rules.RECALL_DAYS))
    granted = recall_granted(session, order.id) if found else {}
    return {key: (pieces - granted.get(key, 0), batch) for key, (pieces, batch) in found.items()}


def _kinds(
    lines: Sequence[OpenLine], held: frozenset[Role], made: Sequence[Claim]
) -> Iterator[ClaimKind]:
    """`held` is empty while not all has left: then nothing goes back yet."""
    is_over = _is_over(made)
    if any(one.unsent_amount for one in lines):
        yield ClaimKind.UNSENT
    if not is_over and any(one.claimable_until for one in lines):
        yield ClaimKind.QUALITY
    if Role.EMPLOYEE in held and any(one.returnable_until for one in lines):
        yield ClaimKind.RETURN
    was_claimed = any(one.kind is ClaimKind.RECALL for one in made)
    if any(one.recall_amount for one in lines) and not (is_over and was_claimed):
        yield ClaimKind.RECALL


def _line(line: OrderLine, since: datetime, at: datetime, recalled: tuple[int, str]) -> OpenLine:
    """What has not been received yet has all its time; what has not been sent is not claimed; what
    went back counts as of the recalled batch, for nobody knows better."""
    claimable = rules.claimable_until(since, line.claim_hours)
    returnable = rules.returnable_until(since) if line.is_returnable else None
    sent = min(line.amount, line.unit_price * (line.shipped + line.unsent))
    left, pieces = max(sent - line.refunded, ZERO), line.shipped - line.returned
    is_left = left.fen > 0
    return OpenLine(
        line,
        left,
        pieces,
        claimable if is_left and at < claimable else None,
        returnable if is_left and pieces and returnable and at < returnable else None,
        max(recalled[0] - line.returned, 0),
        recalled[1],
    )
