"""A claim is answered, disputed, decided, or ends because nobody answered in time."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from marketplace.claims import queries, rules
from marketplace.claims.models import Claim
from marketplace.claims.service.telling import tell_buyer, tell_supplier
from marketplace.claims.states import CLAIM, ENDED, ClaimKind, ClaimState
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused
from marketplace.kernel.money import ZERO, Money
from marketplace.orders import queries as orders
from marketplace.orders import service as ordering
from marketplace.orders.models import Order
from marketplace.orders.rules import Part
from marketplace.payments import service as payments
from marketplace.work import Work, move

MOST = 200  # claims in one round; the next round goes on


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes with a verb: words, an amount, how goods are sent back."""

    note: str = ""
    amount: Money | None = None
    carrier: str = ""
    tracking: str = ""


def decide(w: Work, claim_id: uuid.UUID, verb: str, said: Answer = Answer()) -> Claim:  # frozen
    """Use one verb of the state table, by the roles that count for this very claim.

    Raises Missing (also somebody else's, and a verb that nobody uses), Forbidden, WrongState,
    Invalid (reason_missing, amount_missing, shipping_incomplete), Refused (claim_too_much,
    return_is_sent_first).
    """
    order_id = queries.row(w.session, claim_id).order_id
    payments.lock(w, orders.row(w.session, order_id).purchase_id)
    order = orders.row(w.session, order_id, for_change=True)
    claim = queries.row(w.session, claim_id, for_change=True)
    roles = queries.roles_for(w.actor, order)
    if not roles or verb not in CLAIM.steps:
        raise Missing(claim_id=claim_id)
    CLAIM.after(claim.state, verb, roles)
    words = _write(claim, verb, said)
    _go(w, order, claim, verb, words)
    return claim


def tend(w: Work) -> int:
    """Move on what nobody answered in time; answers how many. By the system. Raises Forbidden."""
    if Role.SYSTEM not in w.actor.roles:
        raise Forbidden(verb="tend")
    late = queries.overdue(w.session, w.now, most=MOST)
    for claim_id in late:
        found = queries.row(w.session, claim_id)
        if verb := rules.silence(found.state, found.offered):
            decide(w, claim_id, verb)
    return len(late)


def drop_claim(w: Work, order_id: uuid.UUID) -> None:
    """The order was undone as a whole: there is nothing left to claim."""
    claim = queries.waiting_claim(w.session, order_id)
    if claim is not None:
        order = orders.row(w.session, order_id, for_change=True)
        _go(w.by_system(), order, claim, "drop")


def drop_unsent(w: Work, order_id: uuid.UUID) -> None:
    """Some of the rest has left after all: who wants the price of what still lacks asks anew."""
    claim = queries.waiting_claim(w.session, order_id)
    if claim is not None and claim.kind is ClaimKind.UNSENT:
        drop_claim(w, order_id)


def _go(w: Work, order: Order, claim: Claim, verb: str, words: str = "") -> None:
    """The new state, its time, and what follows from it; why somebody decided so stands in the
    trail as well."""
    said: dict[str, Any] = {"offered": claim.offered.fen} if claim.offered is not None else {}
    if words:
        said["note"] = words
    if claim.granted:
        said["granted"] = claim.granted.fen
    move(w, CLAIM, claim, verb, number=claim.number, **said)
    claim.due_at = rules.due(claim.state, w.now)
    if claim.state is ClaimState.GRANTED:
        _pay_back(w, order, claim)
    if claim.state in ENDED:
        claim.ended_at = w.now
        ordering.wait_for_claim(w, order, is_waiting=False)
    _tell(w, order, claim, verb)


def _write(claim: Claim, verb: str, said: Answer) -> str:
    """What is said with the verb; answers its words. Raises Invalid, Refused."""
    step = CLAIM.steps[verb]
    words = rules.note(said.note) if step.needs_note else ""
    match verb:
        case "offer":
            claim.answer, claim.offered = words, _amount(claim, said, least=ZERO)
            _whole(claim, ZERO, claim.offered)
        case "dispute":
            claim.objection = words
        case "award":
            claim.decision, claim.granted = words, _amount(claim, said, least=Money(1))
            _whole(claim, claim.wanted, claim.granted)
        case "dismiss":
            claim.decision = words
        case "send":
            claim.carrier, claim.tracking_number = rules.tracking(said.carrier, said.tracking)
        case "accept" | "grant" | "confirm":
            claim.granted = _agreed(claim, verb)
    return words


def _agreed(claim: Claim, verb: str) -> Money:
    """What was asked for, or what was offered for it."""
    if verb != "accept":
        return claim.wanted
    if not claim.offered:
        raise Refused("nothing_offered", number=claim.number)
    return claim.offered


def _amount(claim: Claim, said: Answer, *, least: Money) -> Money:
    if said.amount is None or said.amount < least:
        raise Invalid("amount_missing", field="amount")
    if said.amount > claim.wanted:
        raise Refused("claim_too_much", field="amount", title=claim.number, most=str(claim.wanted))
    return said.amount


def _whole(claim: Claim, only: Money, said: Money) -> None:
    """What is not sent is paid back as a whole, or it is sent. Raises Refused unsent_is_whole."""
    if claim.kind is ClaimKind.UNSENT and said != only:
        raise Refused("unsent_is_whole", field="amount", only=str(only))


def _pay_back(w: Work, order: Order, claim: Claim) -> None:
    """What is granted, spread over the claimed lines; pieces count only where all is granted."""
    lines = queries.lines_of(w.session, claim.id)
    shares = rules.spread(claim.granted, [line.amount for line in lines])
    is_return = claim.kind is ClaimKind.RETURN
    parts = [
        Part(line.order_line_id, share, line.pieces if is_return else 0)
        for line, share in zip(lines, shares, strict=True)
        if share
    ]
    claim.refund_id = ordering.refund_parts(w, order.id, parts).id
    if claim.kind is ClaimKind.UNSENT:
        ordering.drop_rest(w, order, {line.order_line_id: line.pieces for line in lines})


def _tell(w: Work, order: Order, claim: Claim, verb: str) -> None:
    """The side that did not act; both when a third did."""
    is_third = verb in {"award", "dismiss", "drop"} or Role.SYSTEM in w.actor.roles
    if verb in {"dispute", "accept", "send", "withdraw"} or is_third:
        tell_supplier(w, claim, order, f"claim_{claim.state}")
    if verb in {"grant", "offer", "confirm"} or is_third:
        tell_buyer(w, claim, order)
