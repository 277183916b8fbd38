"""Lines find what waits for them: by the bank's number, a payout's number, or a reference with the
exact amount. Whatever else a line says, a person looks at it."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from marketplace.banking import queries, rules
from marketplace.banking.models import BankLine, BankStatement, BankUse
from marketplace.banking.service import booking
from marketplace.banking.states import LINE, LineCause, LineState
from marketplace.kernel.actor import SYSTEM, Actor
from marketplace.kernel.errors import Busy, MarketplaceError, Refused
from marketplace.ledger.states import AccountKind
from marketplace.orders import service as orders
from marketplace.payments import service as payments
from marketplace.payments.models import Payment, PaymentCause, Tender
from marketplace.payments.states import PaymentState
from marketplace.settlement import service as settlement
from marketplace.work import Work, move

log = logging.getLogger(__name__)
T = TypeVar("T")


class Between(Protocol):
    """What opens units of work, such as a runtime."""

    def reading(self) -> AbstractContextManager[Session]: ...
    def work(self, actor: Actor = SYSTEM) -> AbstractContextManager[Work]: ...
    def again(self, call: Callable[[], T]) -> T: ...


def match_lines(between: Between) -> int:
    """Look at every line that nobody has looked at, and at those whose payment now asks for just
    what came; each in a unit of work of its own, safe to repeat. Answers how many."""
    with between.reading() as session:
        waiting = queries.lines_to_match(session)
    for line_id in waiting:
        _matched(between, line_id)
    return len(waiting)


def claim_settled(w: Work, payment_id: uuid.UUID) -> None:
    """A transfer was confirmed by hand, with the bank's number: the line of that number is its
    money, and is not counted twice. Raises Refused bank_line_differs when it says otherwise."""
    payment = w.session.get_one(Payment, payment_id)
    if payment.provider_ref is None or queries.uses_of(w.session, payment_id):
        return  # the statement itself settled it
    line = queries.line_numbered(w.session, payment.provider_ref)
    if line is None or line.state is LineState.NEW:
        return  # not taken in yet: it finds the payment when it is looked at
    if line.state is not LineState.OPEN or line.used or line.amount != payment.amount:
        raise Refused("bank_line_differs", field="bank_ref", value=line.number)
    _use(w.by_system(), line, payment)


def _matched(between: Between, line_id: uuid.UUID) -> None:
    def once() -> None:
        with between.work() as w:
            _look(w, line_id)

    def leave() -> None:
        with between.work() as w:
            line = queries.line(w.session, line_id)
            if line.state is LineState.NEW:
                _ask(w, line, AccountKind.TRANSFER_UNKNOWN)

    try:
        between.again(once)
    except Busy:
        raise
    except MarketplaceError:  # it cannot be settled as things stand: a person decides
        log.warning("bank line %s waits for a person", line_id, exc_info=True)
        between.again(leave)


def _look(w: Work, line_id: uuid.UUID) -> None:
    line = queries.line(w.session, line_id)
    if line.state in (LineState.NEW, LineState.OPEN) and not line.used:
        (_came if line.came else _went)(w, line)


def _came(w: Work, line: BankLine) -> None:
    by_hand = queries.transfer_numbered(w.session, line.number)
    if by_hand is not None:
        is_its = by_hand.amount == line.amount and not queries.uses_of(w.session, by_hand.id)
        _use(w, line, by_hand) if is_its else _ask(w, line, AccountKind.TRANSFER_UNKNOWN)
        return
    payout = queries.payout_named(w.session, line.text, line.amount, back=True)
    if payout is not None:
        back = settlement.note_returned if payout.state == "released" else settlement.note_bounced
        back(w, payout.id, line.text or line.number)
        _end(w, line, LineCause.PAYOUT, payout.id)
        return
    named = queries.payments_named(w.session, rules.references(line.text))
    if len(named) != 1:
        _ask(w, line, AccountKind.TRANSFER_UNKNOWN)
        return
    line.payment_id = named[0].id
    if not _settled(w, line, named[0]):
        _ask(w, line, _clearing(w, line, named[0]))


def _settled(w: Work, line: BankLine, payment: Payment) -> bool:
    """Whether it pays just this; whoever handed the statement in pays nothing of his own with it.
    Money that came after the hold had ended counts if the goods are still there."""
    is_exact = payment.tender is Tender.TRANSFER and payment.amount == line.amount
    if not is_exact or payment.state is PaymentState.SETTLED or _is_own(w, line, payment):
        return False
    if payment.state is PaymentState.VOID and not _revived(w, payment, line):
        return False
    _use(w, line, payment)
    payments.settle_transfer(w, payment.id, line.amount, line.number)
    return True


def _revived(w: Work, payment: Payment, line: BankLine) -> bool:
    is_purchase = payment.cause is PaymentCause.PURCHASE
    return is_purchase and orders.revive(w, payment.purchase_id, line.amount)


def _is_own(w: Work, line: BankLine, payment: Payment) -> bool:
    return w.session.get_one(BankStatement, line.statement_id).made_by == payment.payer_id


def _clearing(w: Work, line: BankLine, payment: Payment) -> AccountKind:
    """Where money with a good reference stands that cannot settle it."""
    if payment.tender is not Tender.TRANSFER or payment.state is not PaymentState.AWAITING:
        return AccountKind.TRANSFER_EXCESS  # nothing waits for it
    if line.amount < payment.amount:
        return AccountKind.TRANSFER_SHORT
    if line.amount > payment.amount:
        return AccountKind.TRANSFER_EXCESS
    return AccountKind.TRANSFER_UNKNOWN  # his own: another manager confirms it


def _went(w: Work, line: BankLine) -> None:
    """The other end of what our books say already, or what the bank did with a payout."""
    known = queries.booked_out(w.session, line)
    if known is not None:
        _end(w, line, *known)
        return
    payout = queries.payout_named(w.session, line.text, -line.amount)
    if payout is None:
        if line.state is LineState.NEW:
            move(w, LINE, line, "ask")
        return
    settlement.note_paid(w, payout.id, line.number)
    _end(w, line, LineCause.PAYOUT, payout.id)


def _use(w: Work, line: BankLine, payment: Payment) -> None:
    """All of the line is this payment's."""
    use = BankUse(
        id=uuid.uuid4(), line_id=line.id, payment_id=payment.id, amount=line.amount,
        at=w.now, by=w.actor.person_id,
    )  # fmt: skip
    line.used = line.amount
    w.session.add(use)
    w.session.flush()
    booking.claim(w, line, use)
    _end(w, line, LineCause.PAYMENT, payment.id)


def _end(w: Work, line: BankLine, cause: LineCause, cause_id: uuid.UUID) -> None:
    line.cause, line.cause_id = cause, cause_id
    line.ended_at, line.ended_by = w.now, w.actor.person_id
    if line.clearing is not None:  # of a payout that came back
        booking.let_go(w, line, "dismissed", line.rest)
    move(w, LINE, line, "match", cause=cause, of=str(cause_id), number=line.number)


def _ask(w: Work, line: BankLine, where: AccountKind) -> None:
    if line.state is not LineState.NEW:
        return
    move(w, LINE, line, "ask", where=where, amount=line.amount.fen)
    booking.receive(w, line, where)
