"""What a line may be: known before, a payment's, a payout's, a refund's."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from marketplace.banking import rules
from marketplace.banking.models import BankLine, BankStatement, BankUse
from marketplace.banking.states import LineCause, LineState
from marketplace.kernel.errors import Missing
from marketplace.kernel.money import ZERO, Money
from marketplace.payments.models import Payment, Refund, Tender
from marketplace.payments.states import PaymentState
from marketplace.settlement.models import Payout
from marketplace.settlement.states import PayoutState

AT_ONCE = 500  # keys of one question


def known_keys(session: Session, keys: Sequence[str]) -> frozenset[str]:
    """Those of the keys that a line bears already."""
    found: set[str] = set()
    for start in range(0, len(keys), AT_ONCE):
        part = keys[start : start + AT_ONCE]
        found.update(session.scalars(select(BankLine.key).where(BankLine.key.in_(part))))
    return frozenset(found)


def line(session: Session, line_id: uuid.UUID) -> BankLine:
    """One line, for those who look after the money. Raises Missing."""
    found = session.get(BankLine, line_id)
    if found is None:
        raise Missing(line_id=line_id)
    return found


def lines_for_change(session: Session, line_ids: Collection[uuid.UUID]) -> Sequence[BankLine]:
    """The lines, locked, the oldest first. Raises Missing, also for none at all."""
    asked = select(BankLine).where(BankLine.id.in_(line_ids)).with_for_update()
    found = session.scalars(asked.order_by(BankLine.day, BankLine.row, BankLine.id)).all()
    if not found or len(found) != len(set(line_ids)):
        raise Missing(line_ids=len(line_ids))
    return found


def taken_for(session: Session, sha256: str) -> str | None:
    """Of which account this very file was taken in before."""
    asked = select(BankStatement.account).where(BankStatement.sha256 == sha256)
    return session.scalar(asked.order_by(BankStatement.made_at).limit(1))


def lines_to_match(session: Session) -> Sequence[uuid.UUID]:
    """New lines; and open ones of which something has become true since: their payment asks for
    just this now, or their number stands in our books (a transfer that was confirmed by hand just
    while they were looked at, or while another account of ours had a line of that number)."""
    fits = (
        (BankLine.payment_id == Payment.id)
        & (Payment.state == PaymentState.AWAITING)
        & (Payment.tender == Tender.TRANSFER)
        & (Payment.amount == BankLine.amount)
        & (Payment.payer_id != BankStatement.made_by)
    )
    by_hand = (
        (Payment.provider_ref == BankLine.number)
        & (Payment.tender == Tender.TRANSFER)
        & (Payment.amount == BankLine.amount)
        & ~exists().where(BankUse.payment_id == Payment.id)
    )
    went = BankLine.amount < ZERO
    booked = (
        select(Payout.id).where(Payout.bank_ref == BankLine.number).exists()
        | select(Refund.id).where(Refund.provider_ref == BankLine.number).exists()
    )
    asked = (
        select(BankLine.id)
        .join(BankStatement, BankLine.statement_id == BankStatement.id)
        .where(
            or_(
                BankLine.state == LineState.NEW,
                (BankLine.state == LineState.OPEN)
                & (BankLine.used == ZERO)
                & or_(exists().where(fits), exists().where(by_hand), went & booked),
            )
        )
        .order_by(BankLine.day, BankLine.row, BankLine.id)
    )
    return session.scalars(asked).all()


def line_numbered(session: Session, number: str) -> BankLine | None:
    """The line of money that came under this number of the bank, if there is just one."""
    asked = select(BankLine).where(BankLine.number == number, BankLine.amount > ZERO).limit(2)
    found = session.scalars(asked).all()
    return found[0] if len(found) == 1 else None


def transfer(session: Session, payment_id: uuid.UUID) -> Payment:
    """A payment by bank transfer. Raises Missing."""
    found = session.get(Payment, payment_id)
    if found is None or found.tender is not Tender.TRANSFER:
        raise Missing(payment_id=payment_id)
    return found


def transfer_numbered(session: Session, number: str) -> Payment | None:
    """The transfer that was confirmed under this number of the bank."""
    return session.scalar(
        select(Payment).where(Payment.provider_ref == number, Payment.tender == Tender.TRANSFER)
    )


def payments_named(session: Session, references: Sequence[str]) -> Sequence[Payment]:
    """Those of the references that a payment bears."""
    asked = select(Payment).where(Payment.reference.in_(references[:AT_ONCE]))
    return session.scalars(asked.order_by(Payment.made_at)).all() if references else ()


def payout_named(
    session: Session, text: str, amount: Money, *, back: bool = False
) -> Payout | None:
    """The payout of just this amount whose number stands in the text: one that is under way, or,
    when it comes back, one that was paid too."""
    numbers = rules.payout_numbers(text)[:AT_ONCE]
    states = (PayoutState.RELEASED, PayoutState.PAID) if back else (PayoutState.RELEASED,)
    asked = select(Payout).where(
        Payout.number.in_(numbers), Payout.amount == amount, Payout.state.in_(states)
    )
    return session.scalar(asked) if numbers else None


def booked_out(session: Session, found: BankLine) -> tuple[LineCause, uuid.UUID] | None:
    """What our books say went out under the number of this line, for the same amount."""
    amount = -found.amount
    payout = select(Payout.id).where(Payout.bank_ref == found.number, Payout.amount == amount)
    refund = select(Refund.id).where(Refund.provider_ref == found.number, Refund.amount == amount)
    back = select(BankLine).where(BankLine.sent_ref == found.number)
    if (payout_id := session.scalar(payout)) is not None:
        return LineCause.PAYOUT, payout_id
    if (refund_id := session.scalar(refund)) is not None:
        return LineCause.REFUND, refund_id
    sent = session.scalar(back)
    return (LineCause.RETURN, sent.id) if sent is not None and sent.rest == amount else None


def uses_of(session: Session, payment_id: uuid.UUID) -> Sequence[BankUse]:
    """The money of lines that paid a payment."""
    return session.scalars(select(BankUse).where(BankUse.payment_id == payment_id)).all()


def uses_of_line(session: Session, line_id: uuid.UUID) -> Sequence[BankUse]:
    """What the money of a line paid."""
    asked = select(BankUse).where(BankUse.line_id == line_id)
    return session.scalars(asked.order_by(BankUse.at)).all()
