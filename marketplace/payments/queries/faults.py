"""Whether payments, what the gateway was asked, and the books agree to the fen."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.money import ZERO, Money, total
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.payments.models import Dispute, Payment, PaymentOperation, Refund, Tender
from marketplace.payments.queries.operations import lost_left
from marketplace.payments.queries.parts import part_faults
from marketplace.payments.states import (
    DisputeState,
    OperationKind,
    OperationState,
    PaymentState,
    RefundState,
)

_K = OperationKind


def faults(session: Session) -> Iterator[str]:
    """Cards that were settled without money, money that settles nothing and stays, more back than
    came, and clearing accounts that say something else; nothing when all agrees."""
    done = session.scalars(
        select(PaymentOperation).where(PaymentOperation.state == OperationState.DONE)
    ).all()
    cards = session.scalars(select(Payment).where(Payment.tender == Tender.CARD)).all()
    yield from _settled(cards, done)
    yield from _refunds(session, cards, done)
    yield from _returns(session, done)
    yield from _disputes(session, done)
    yield from _clearing(session, cards, done)
    yield from part_faults(session)


def _settled(cards: Sequence[Payment], done: Sequence[PaymentOperation]) -> Iterator[str]:
    """P3: one captured charge for each settled payment, of its amount."""
    for payment in cards:
        kept = [one for one in _charges(done, payment.id) if not one.is_excess]
        if payment.state is not PaymentState.SETTLED:
            if kept:
                yield f"payment {payment.reference} is {payment.state}, its money is kept"
            continue
        if not payment.amount and not kept:  # credit and vouchers paid all of it
            continue
        said = [(one.money_ref, one.amount) for one in kept]
        if said != [(payment.provider_ref, payment.amount)]:
            yield f"payment {payment.reference} is settled, the gateway took {said}"


def _refunds(
    session: Session, cards: Sequence[Payment], done: Sequence[PaymentOperation]
) -> Iterator[str]:
    """P4: 0 <= refunded <= captured; one operation for each refund that has gone out."""
    gone = {one.refund_id: one for one in done if one.kind is _K.REFUND}
    names = {payment.id: payment for payment in cards}
    refunds = session.scalars(select(Refund)).all()
    for refund in refunds:
        if refund.payment_id not in names:
            continue
        operation = gone.pop(refund.id, None)
        is_settled = refund.state is RefundState.SETTLED and bool(refund.own)
        if is_settled != (operation is not None):
            yield f"refund {refund.id} is {refund.state}, the gateway gave back {operation}"
        elif operation and (operation.provider_ref, operation.amount) != (
            refund.provider_ref,
            refund.own,
        ):
            yield f"refund {refund.id} says {refund.own}, the gateway {operation.amount}"
    for lost in gone.values():
        yield f"operation {lost.id} gave back {lost.amount} for no refund"
    for payment in session.scalars(select(Payment)):
        owed = total(one.own for one in refunds if one.payment_id == payment.id)
        if owed != payment.refunded or payment.refunded > payment.amount:
            yield f"payment {payment.reference}: refunded {payment.refunded}, its refunds {owed}"


def _returns(session: Session, done: Sequence[PaymentOperation]) -> Iterator[str]:
    """Money that nobody needs is on its way back, all of it."""
    asked = select(PaymentOperation).where(PaymentOperation.kind == _K.RETURN)
    owed = {one.charge_id: one for one in session.scalars(asked) if one.state != "failed"}
    for charge in done:
        if charge.kind is not _K.CHARGE or not charge.is_excess:
            continue
        back = owed.get(charge.id)
        if back is None or back.amount != charge.amount:
            yield f"charge {charge.id}: {charge.amount} too much, {back and back.amount} owed back"


def _disputes(session: Session, done: Sequence[PaymentOperation]) -> Iterator[str]:
    for payment_id, withheld in _withheld(session).items():
        captured = total(one.amount for one in _charges(done, payment_id))
        if withheld > captured:
            yield f"payment {payment_id}: {withheld} disputed of {captured} captured"
    offset = _offset(session)
    for payment_id in {one.payment_id for one in offset}:
        if (left := lost_left(session, payment_id)) < ZERO:
            yield f"payment {payment_id}: {-left} more closed by disputes than was lost"
    lost = select(Dispute.amount).where(Dispute.state == DisputeState.LOST)
    counted = total(session.scalars(lost)) - total(one.own for one in offset)
    if (booked := ledger.balance(session, AccountKind.CARD_LOSS)) != counted:
        yield f"card_loss: the books say {booked}, disputes less refunds sum to {counted}"


def _clearing(
    session: Session, cards: Sequence[Payment], done: Sequence[PaymentOperation]
) -> Iterator[str]:
    """P4 in total: captured - given back - withheld is what the gateway holds for us; and what was
    too much is what has not gone back yet (P9)."""
    captured = total(one.amount for one in done if one.kind is _K.CHARGE)
    back = total(one.amount for one in done if one.kind is not _K.CHARGE)
    held = captured - back - total(_withheld(session).values())
    too_much = total(one.amount for one in done if one.is_excess)
    returned = total(one.amount for one in done if one.kind is _K.RETURN)
    pairs = {
        AccountKind.CARD_CLEARING: held,
        AccountKind.CARD_EXCESS: returned - too_much,
    }
    for kind, counted in pairs.items():
        booked = ledger.balance(session, kind)
        if booked != counted:
            yield f"{kind}: the books say {booked}, the gateway's word sums to {counted}"


def _charges(done: Sequence[PaymentOperation], payment_id: uuid.UUID) -> list[PaymentOperation]:
    return [one for one in done if one.payment_id == payment_id and one.kind is _K.CHARGE]


def _offset(session: Session) -> Sequence[Refund]:
    return session.scalars(select(Refund).where(Refund.state == RefundState.OFFSET)).all()


def _withheld(session: Session) -> dict[uuid.UUID, Money]:
    """What of each payment a bank keeps back or has taken."""
    found: dict[uuid.UUID, Money] = {}
    for dispute in session.scalars(select(Dispute).where(Dispute.state != DisputeState.WON)):
        before = found.get(dispute.payment_id, ZERO)
        found[dispute.payment_id] = before + dispute.amount
    return found
