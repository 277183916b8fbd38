"""What the gateway is going to be asked stands in the database before it is asked."""

from __future__ import annotations

import uuid
from datetime import timedelta

from marketplace.events import ReturnOwed
from marketplace.kernel.errors import Missing, Refused, SamePerson
from marketplace.payments import queries, rules
from marketplace.payments.models import Payment, PaymentOperation, Refund, Tender
from marketplace.payments.states import (
    OPERATION,
    REFUND,
    OperationKind,
    OperationState,
    PaymentState,
    RefundState,
)
from marketplace.work import Work, move


def begin_charge(w: Work, payment_id: uuid.UUID) -> PaymentOperation | None:
    """The charge that the payer is to pay now: the one that is under way, also when it is of an
    amount that is not asked any more (then the caller ends it first), else a new one. None when the
    payment waits for no money. Raises Missing."""
    payment = queries.own_card_payment(w.session, w.actor, payment_id)
    if payment.state is not PaymentState.AWAITING:
        return None
    under_way = queries.charge_under_way(w.session, payment_id)
    if under_way is not None:
        return under_way
    hold = timedelta(minutes=w.tools.config.card_hold_minutes)
    return _ask(
        w,
        PaymentOperation(
            kind=OperationKind.CHARGE,
            payment_id=payment.id,
            amount=payment.amount,
            expires_at=rules.page_ends(payment.made_at, hold, w.now),
        ),
    )


def begin_refund(w: Work, refund_id: uuid.UUID) -> PaymentOperation | None:
    """The operation that gives a refund back to its card: the one under way, else a new one. None
    when the money is back already. Raises Missing, Forbidden, SamePerson, Refused (refund_disputed:
    the payer's bank keeps too much of it)."""
    row = queries.card_refund(w.session, refund_id)
    if row.payment.payer_id == w.actor.person_id:
        raise SamePerson
    if row.refund.state is not RefundState.REQUESTED:
        return None
    REFUND.after(row.refund.state, "settle", w.actor.roles)
    under_way = queries.operation_of_refund(w.session, refund_id)
    if under_way is not None:
        return under_way
    return _ask(w, _giving_back(w, row.payment, row.refund))


def owe_return(w: Work, charge: PaymentOperation) -> PaymentOperation:
    """All of a charge goes back at once: the worker carries it, whoever is here may be quicker."""
    under_way = queries.return_of(w.session, charge.id)
    if under_way is not None:
        return under_way
    owed = _ask(
        w,
        PaymentOperation(
            kind=OperationKind.RETURN,
            payment_id=charge.payment_id,
            charge_id=charge.id,
            amount=charge.amount,
        ),
    )
    w.announce(ReturnOwed(w.now, owed.id))
    return owed


def doubt(w: Work, operation_id: uuid.UUID) -> None:
    """No answer came: it is not known whether anything happened."""
    operation = w.session.get_one(PaymentOperation, operation_id)
    if operation.state is OperationState.ASKED:
        move(w, OPERATION, operation, "doubt")


def give_up(w: Work, operation_id: uuid.UUID, reason: str) -> PaymentOperation:
    """A clear no, or nothing to be found of it any more; what has ended stays as it is."""
    operation = w.session.get_one(PaymentOperation, operation_id)
    if operation.state in queries.UNDER_WAY:
        move(w, OPERATION, operation, "fail", reason=reason[:200])
        operation.ended_at = w.now
    return operation


def _giving_back(w: Work, payment: Payment, refund: Refund) -> PaymentOperation:
    charge = queries.settling_charge(w.session, payment)
    if payment.tender is not Tender.CARD or charge is None:
        raise Missing(payment_id=payment.id)
    kept = queries.kept_back(w.session, payment.id)
    gone = queries.given_back(w.session, payment.id)
    if kept and gone + kept + refund.own > payment.amount:
        raise Refused("refund_disputed", kept=str(kept), left=str(payment.amount - gone - kept))
    return PaymentOperation(
        kind=OperationKind.REFUND,
        payment_id=payment.id,
        charge_id=charge.id,
        refund_id=refund.id,
        amount=refund.own,
    )


def _ask(w: Work, operation: PaymentOperation) -> PaymentOperation:
    operation.gateway = w.tools.card.name
    operation.asked_at, operation.asked_by = w.now, w.actor.person_id
    w.session.add(operation)
    w.record(
        "ask",
        operation,
        to_state=OperationState.ASKED,
        kind=operation.kind,
        payment=str(operation.payment_id),
        amount=operation.amount.fen,
    )
    return operation
