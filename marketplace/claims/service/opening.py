"""A buyer says what is wrong with an order, or that it goes back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marketplace.catalog import service as photos
from marketplace.claims import queries, rules
from marketplace.claims.models import Claim, ClaimLine
from marketplace.claims.queries import OpenLine, OpenTo
from marketplace.claims.service.telling import tell_supplier
from marketplace.claims.states import ClaimKind, ClaimState
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.kernel.money import ZERO, Money, total
from marketplace.orders import queries as orders
from marketplace.orders import service as ordering
from marketplace.orders.models import Order
from marketplace.payments import service as payments
from marketplace.work import Work


@dataclass(frozen=True, slots=True)
class WishedLine:
    """Of one order line: the money that is wanted back, or the pieces that are sent back."""

    order_line_id: uuid.UUID
    amount: Money = ZERO
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class Wish:
    kind: ClaimKind
    reason: str
    lines: Sequence[WishedLine]


def open_claim(
    w: Work, order_id: uuid.UUID, wish: Wish, pictures: Sequence[photos.Received] = ()
) -> Claim:
    """Ask for money back. By the buyer, or the union's buyer; a return by a person alone.

    Raises Missing, Refused (claim_not_open, claim_too_much), Invalid (claim_empty, photos_missing,
    reason_missing).
    """
    photos.forget_if_undone(w, pictures)
    payments.lock(w, orders.row(w.session, order_id).purchase_id)
    order = orders.row(w.session, order_id, for_change=True)
    if not queries.roles_for(w.actor, order) & queries.BUYERS:
        raise Missing(order_id=order_id)
    days = w.tools.config.completion_days
    found = queries.open_to(w.session, w.actor, order, w.now, days=days)
    lines = check(order, wish, found)
    if wish.kind is ClaimKind.QUALITY and not pictures:
        raise Invalid("photos_missing", field="photos")
    claim = _claim(w, order, wish, lines)
    photos.keep_evidence(w, claim.id, pictures)
    ordering.wait_for_claim(w, order, is_waiting=True)
    w.record("open", claim, to_state=claim.state, kind=wish.kind, wanted=claim.wanted.fen)
    tell_supplier(w, claim, order, "claim_opened")
    return claim


def check(order: Order, wish: Wish, found: OpenTo) -> list[ClaimLine]:
    """The lines of a wish, as far as it may be asked for now. Raises Missing, Refused
    (claim_not_open, claim_too_much), Invalid claim_empty."""
    if wish.kind not in found.kinds:
        raise Refused("claim_not_open", number=order.number)
    known = {one.line.id: one for one in found.lines}
    lines = [_line(wish.kind, one, known) for one in wish.lines]
    if not lines or len({line.order_line_id for line in lines}) < len(lines):
        raise Invalid("claim_empty")
    return lines


def _claim(w: Work, order: Order, wish: Wish, lines: Sequence[ClaimLine]) -> Claim:
    is_return = wish.kind is ClaimKind.RETURN
    state = ClaimState.AGREED if is_return else ClaimState.OPEN  # the law asks no supplier
    claim = Claim(
        id=uuid.uuid4(),
        number=f"SH-{order.number}-{len(queries.claims_of(w.session, order.id)) + 1}",
        order_id=order.id,
        supplier_id=order.supplier_id,
        kind=wish.kind,
        state=state,
        reason=rules.note(wish.reason),
        wanted=total(line.amount for line in lines),
        opened_at=w.now,
        opened_by=w.actor.person_id,
        due_at=rules.due(state, w.now),
    )
    w.session.add(claim)
    w.session.flush()  # before its lines, which name it
    for line in lines:
        line.claim_id = claim.id
    w.session.add_all(lines)
    return claim


def _line(kind: ClaimKind, wished: WishedLine, known: Mapping[uuid.UUID, OpenLine]) -> ClaimLine:
    """At most what is left of the line; the price of pieces is the server's."""
    found = known.get(wished.order_line_id)
    if found is None:
        raise Missing(order_line_id=wished.order_line_id)
    pieces, most = 0, (found.left, found.pieces)
    if kind is ClaimKind.RECALL:  # nobody says how much: all of the batch
        is_open, amount, pieces = found.recalled > 0, found.recall_amount, found.recalled
        most = (amount, pieces)
    elif kind is ClaimKind.UNSENT:
        is_open, amount, pieces = found.unsent > 0, found.unsent_amount, found.unsent
        most = (amount, pieces)
    elif kind is ClaimKind.RETURN:
        is_open, pieces = found.returnable_until is not None, wished.pieces
        amount = min(found.line.unit_price * pieces, found.left)
    else:
        is_open, amount = found.claimable_until is not None, wished.amount
    if not is_open:
        raise Refused("claim_line_not_open", title=found.line.title)
    if amount <= ZERO or pieces < 0:
        raise Invalid("claim_empty")
    if amount > most[0] or pieces > most[1]:
        raise Refused("claim_too_much", title=found.line.title, most=str(found.left))
    return ClaimLine(order_line_id=found.line.id, pieces=pieces, amount=amount)
