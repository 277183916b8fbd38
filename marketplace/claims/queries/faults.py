"""Whether claims, what went back for them, and the orders that wait for them agree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from marketplace.claims.models import Claim, ClaimLine
from marketplace.claims.queries.claims import recall_granted
from marketplace.claims.states import ENDED, ClaimState
from marketplace.kernel.money import ZERO
from marketplace.orders import queries as orders
from marketplace.orders.models import LineRefund, Order, OrderLine

GRACE = timedelta(days=1)  # the worker may be down so long


def faults(session: Session, at: datetime) -> Iterator[str]:
    """P4, in words: claims for which another amount went back than was granted, claims that nobody
    ended in their time, orders that wait for nothing or do not wait, parts that went back for
    nothing, recalls paid back for other pieces than were recalled."""
    yield from _amounts(session)
    yield from _recalled(session)
    yield from _unasked(session)
    yield from _waiting(session, at)


def _amounts(session: Session) -> Iterator[str]:
    sums = select(ClaimLine.claim_id, func.sum(ClaimLine.amount)).group_by(ClaimLine.claim_id)
    wanted = {row[0]: row[1] for row in session.execute(sums)}
    backs = select(LineRefund.refund_id, func.sum(LineRefund.amount)).group_by(LineRefund.refund_id)
    back = {row[0]: row[1] for row in session.execute(backs)}
    for claim in session.scalars(select(Claim).order_by(Claim.number)):
        if claim.wanted != wanted.get(claim.id):
            yield f"claim {claim.number}: {claim.wanted} wanted, its lines sum otherwise"
        went = back.get(claim.refund_id, ZERO) if claim.refund_id else ZERO
        due = claim.granted if claim.state is ClaimState.GRANTED else ZERO
        if went != due or (claim.refund_id is None) != (not due):
            yield f"claim {claim.number} is {claim.state}: {due} granted, {went} went back"


def _recalled(session: Session) -> Iterator[str]:
    """P4: the price of a recalled piece goes back once."""
    granted = recall_granted(session)
    recalled = orders.recalled_of_lines(session, granted)
    for line_id, pieces in granted.items():
        if not 0 < pieces <= recalled.get(line_id, 0):
            yield f"order line {line_id}: {pieces} paid back of {recalled.get(line_id, 0)} recalled"


def _unasked(session: Session) -> Iterator[str]:
    """A part goes back by a claim; what is called off or taken back goes back whole."""
    behind = exists().where(Claim.refund_id == LineRefund.refund_id)
    asked = (
        select(Order.number, LineRefund.refund_id)
        .join(OrderLine, LineRefund.order_line_id == OrderLine.id)
        .join(Order, OrderLine.order_id == Order.id)
        .where(~behind)
        .distinct()
        .order_by(Order.number, LineRefund.refund_id)
    )
    for number, refund_id in session.execute(asked):
        yield f"order {number}: no claim stands behind refund {refund_id}"


def _waiting(session: Session, at: datetime) -> Iterator[str]:
    waiting = session.scalars(select(Claim).where(Claim.state.not_in(ENDED))).all()
    for claim in waiting:
        if claim.due_at is None or claim.due_at + GRACE < at:
            yield f"claim {claim.number} is {claim.state} since its time was over: {claim.due_at}"
    held = set(session.scalars(select(Order.id).where(Order.is_claimed)))
    for order_id in held.symmetric_difference({claim.order_id for claim in waiting}):
        yield f"order {order_id} waits for no claim, or does not wait for its claim"
