"""Whether lines, payments and the books agree to the fen (P8, P9)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.banking.models import BankLine, BankUse
from marketplace.banking.states import LineState
from marketplace.kernel.money import ZERO, Money, total
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.payments.models import Payment, Tender
from marketplace.payments.states import PaymentState

KINDS = (
    AccountKind.TRANSFER_UNKNOWN,
    AccountKind.TRANSFER_SHORT,
    AccountKind.TRANSFER_EXCESS,
)


def faults(session: Session) -> Iterator[str]:
    """Lines that are used twice or not as they say, payments that a line settled for another
    amount, and clearing accounts that hold something else than the open lines."""
    lines = session.scalars(select(BankLine)).all()
    uses = session.scalars(select(BankUse)).all()
    yield from _lines(lines, uses)
    yield from _payments(session, uses)
    yield from _clearing(session, lines)


def _lines(lines: Sequence[BankLine], uses: Sequence[BankUse]) -> Iterator[str]:
    used: dict[uuid.UUID, Money] = {}
    for use in uses:
        used[use.line_id] = used.get(use.line_id, ZERO) + use.amount
    for one in lines:
        told = used.get(one.id, ZERO)
        if told != one.used or (told and told > one.amount):
            yield f"bank line {one.number}: {one.used} of {one.amount} used, its uses sum to {told}"
        is_waiting = one.came and one.state is LineState.OPEN
        if is_waiting != (one.clearing is not None):
            yield f"bank line {one.number} is {one.state}, its money stands on {one.clearing}"


def _payments(session: Session, uses: Sequence[BankUse]) -> Iterator[str]:
    told: dict[uuid.UUID, Money] = {}
    for use in uses:
        told[use.payment_id] = told.get(use.payment_id, ZERO) + use.amount
    for payment_id, amount in told.items():
        payment = session.get_one(Payment, payment_id)
        is_paid = payment.tender is Tender.TRANSFER and payment.state is PaymentState.SETTLED
        if not is_paid or payment.amount != amount:
            said = f"asks {payment.amount} and is {payment.state}"
            yield f"payment {payment.reference} {said}, lines paid {amount}"


def _clearing(session: Session, lines: Sequence[BankLine]) -> Iterator[str]:
    """P8: what the accounts hold is what is left of the lines that wait."""
    for kind in KINDS:
        counted = total(one.rest for one in lines if one.clearing is kind)
        booked = -ledger.balance(session, kind)
        if booked != counted:
            yield f"{kind}: the books say {booked}, open lines sum to {counted}"
