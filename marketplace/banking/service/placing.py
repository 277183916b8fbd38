"""A person decides about a line that nothing matched: on a payment, back to whoever paid, or none
of the marketplace's business."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import select

from marketplace.banking import queries, rules
from marketplace.banking.models import BankLine, BankUse
from marketplace.banking.service import booking
from marketplace.banking.states import LINE, LineCause
from marketplace.kernel.errors import Invalid, Refused, SamePerson
from marketplace.kernel.money import Money, total
from marketplace.payments import rules as money
from marketplace.payments import service as payments
from marketplace.payments.models import Payment
from marketplace.payments.states import PaymentState
from marketplace.work import Work, move


def put(w: Work, payment_id: uuid.UUID, line_ids: Collection[uuid.UUID], note: str) -> Payment:
    """These lines pay this payment: together at least what is asked, and none of them in vain; what
    is left over goes back. By a manager who did not buy, with words (代付说明).

    Raises Missing, Forbidden, SamePerson, WrongState, Invalid note_missing, Refused (lines_differ,
    payment_void, bank_ref_used).
    """
    said = _note(note)
    # the smaller ones first: whatever order they came in, only of the largest something is left
    lines = sorted(queries.lines_for_change(w.session, line_ids), key=lambda one: one.rest)
    payment = queries.transfer(w.session, payment_id)
    for line in lines:
        LINE.after(line.state, "put", w.actor.roles)
    if payment.payer_id == w.actor.person_id:
        raise SamePerson
    rests = [line.rest for line in lines]
    parts = rules.shares(payment.amount, rests) if all(line.came for line in lines) else None
    if parts is None:
        raise Refused("lines_differ", asked=str(payment.amount), came=str(total(rests)))
    number = _number(w, lines[0])
    for line, part in zip(lines, parts, strict=True):
        _share(w, line, payment, part, said)
    if not _was_by_hand(w, payment, lines):
        payments.confirm_transfer(w, payment.id, payment.amount, number)
    return payment


def send_back(w: Work, line_id: uuid.UUID, bank_ref: str, note: str) -> BankLine:
    """What is left of it has been sent back to whoever paid, under this number of the bank. By a
    manager who did not pay it.

    Raises Missing, Forbidden, SamePerson, WrongState, Invalid, Refused bank_ref_used.
    """
    said, number = _note(note), money.bank_reference(bank_ref)
    (line,) = queries.lines_for_change(w.session, [line_id])
    LINE.after(line.state, "return", w.actor.roles)
    if not line.came:
        raise Refused("line_went_out", number=line.number)
    _not_own(w, line)
    if w.session.scalar(select(BankLine.id).where(BankLine.sent_ref == number)):
        raise Refused("bank_ref_used", field="bank_ref", value=number)
    line.sent_ref = number
    booking.let_go(w, line, "sent_away", line.rest)
    return _end(w, line, "return", said)


def dismiss(w: Work, line_id: uuid.UUID, note: str) -> BankLine:
    """It is none of the marketplace's business: interest, fees of the bank, money of others. By a
    manager who did not pay it. Raises Missing, Forbidden, SamePerson, WrongState, Invalid."""
    said = _note(note)
    (line,) = queries.lines_for_change(w.session, [line_id])
    LINE.after(line.state, "dismiss", w.actor.roles)
    _not_own(w, line)
    booking.let_go(w, line, "dismissed", line.rest)
    return _end(w, line, "dismiss", said)


def _share(w: Work, line: BankLine, payment: Payment, part: Money, note: str) -> None:
    use = BankUse(
        id=uuid.uuid4(), line_id=line.id, payment_id=payment.id, amount=part,
        at=w.now, by=w.actor.person_id, note=note,
    )  # fmt: skip
    w.session.add(use)
    line.used += part
    w.session.flush()
    booking.claim(w, line, use)
    if line.rest:
        w.record("share", line, payment=str(payment.id), amount=part.fen, note=note)
        return
    line.cause, line.cause_id = LineCause.PAYMENT, payment.id
    _end(w, line, "put", note)


def _was_by_hand(w: Work, payment: Payment, lines: Sequence[BankLine]) -> bool:
    """The payment was confirmed by hand before its line came, under another number: now it has its
    line. Raises Refused."""
    if payment.state is not PaymentState.SETTLED:
        return False
    taken = total(use.amount for use in queries.uses_of(w.session, payment.id))
    if taken != payment.amount or any(line.rest for line in lines):
        raise Refused("lines_differ", asked=str(payment.amount), came=str(taken))
    return True


def _number(w: Work, line: BankLine) -> str:
    """Under which a payment is settled; one line may pay several."""
    before = len(queries.uses_of_line(w.session, line.id))
    return f"{line.number}/{before + 1}" if before else line.number


def _end(w: Work, line: BankLine, verb: str, note: str) -> BankLine:
    line.note, line.ended_at, line.ended_by = note, w.now, w.actor.person_id
    move(w, LINE, line, verb, note=note, number=line.number)
    return line


def _not_own(w: Work, line: BankLine) -> None:
    named = w.session.get(Payment, line.payment_id) if line.payment_id else None
    if named is not None and named.payer_id == w.actor.person_id:
        raise SamePerson


def _note(text: str) -> str:
    found = text.strip()
    if not found:
        raise Invalid("note_missing", field="note")
    return found[:500]
