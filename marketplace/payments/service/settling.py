"""Moving money once: a payment is settled, shrunk or voided by guarded updates, never twice."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Update, select, update

from marketplace.events import PaymentSettled, RefundSettled
from marketplace.kernel.actor import Role
from marketplace.kernel.base import new_id
from marketplace.kernel.codes import random_code
from marketplace.kernel.errors import Conflict, Forbidden, Invalid, Missing, Refused, SamePerson
from marketplace.kernel.money import ZERO, Money, total
from marketplace.payments import queries, rules
from marketplace.payments.models import (
    PartKind,
    Payment,
    PaymentCause,
    PaymentPart,
    Refund,
    Tender,
)
from marketplace.payments.service import parting
from marketplace.payments.states import PAYMENT, REFUND, PaymentState, RefundState
from marketplace.work import Tools, Work, insert_things

OFFLINE = "offline_card"  # the gateway without a bank


def tenders(tools: Tools) -> tuple[Tender, ...]:
    """The ways to pay that are offered; cards where the gateway has all that it needs, the card
    without a bank only where all is show."""
    if tools.card.is_offered:
        return (Tender.CARD, Tender.TRANSFER)
    return (Tender.TRANSFER,)


def tender_of_organisations(tools: Tools) -> Tender:
    """The way in which organisations pay."""
    return Tender.DIRECT if tools.config.pays_direct else Tender.TRANSFER


def open_payment(
    w: Work,
    purchase_id: uuid.UUID,
    tender: Tender,
    amount: Money,
    *,
    covered: Money = ZERO,
) -> Payment:
    """Ask the actor for the money of a purchase; `covered` of it credit and vouchers pay.

    Raises Invalid unless the amount is positive, Refused for a tender that is not offered.
    """
    if tender not in tenders(w.tools):
        raise Refused("tender_not_offered", field="tender")
    if amount <= ZERO:
        raise Invalid("amount_not_positive", field="amount")
    if not ZERO <= covered <= amount:
        raise Invalid("covered_too_much", field="covered")
    return opened(
        w,
        purchase_id=purchase_id,
        tender=Tender.CREDIT if covered == amount else tender,
        amount=amount - covered,
        covered=covered,
    )


def open_funding(w: Work, grant_id: uuid.UUID, amount: Money) -> Payment:
    """Ask a union for the money of the credit that it grants: it comes to us. Raises Invalid,
    Refused no_collection_basis."""
    if not w.tools.config.may_collect:
        raise Refused("no_collection_basis")
    if amount <= ZERO:
        raise Invalid("amount_not_positive", field="amount")
    return opened(
        w, purchase_id=grant_id, tender=Tender.TRANSFER, amount=amount, cause=PaymentCause.CREDIT
    )


def opened(w: Work, **said: Any) -> Payment:
    payment = Payment(
        **said,
        id=new_id(),
        payer_id=w.actor.person_id,
        reference=rules.PREFIX + random_code(rules.CODE_LENGTH),
        made_at=w.now,
    )
    insert_things(w.session, [payment])
    said = {"amount": payment.amount.fen, "tender": payment.tender}
    w.record_named("open", payment, to_state=PaymentState.AWAITING, **said)
    return payment


def settle_covered(w: Work, payment: Payment) -> Payment:
    """Nothing is left for the buyer's own money: paid at once. Raises Refused amount_differs."""
    return settle(w, payment, None, ZERO, verb="settle_covered")


def settle_card(
    w: Work, payment_id: uuid.UUID, provider_ref: str, *, charged: Money | None = None
) -> Payment:
    """Note what the card gateway took; the system does that, on the gateway's word.

    The same gateway number again changes nothing. `charged` must equal what is asked (None: it
    does). Raises Missing, Refused (amount_differs, payment_void), WrongState.
    """
    payment = of_tender(w, payment_id, Tender.CARD)
    if payment.state is PaymentState.SETTLED and payment.provider_ref == provider_ref:
        return payment
    return settle(w, payment, provider_ref, payment.amount if charged is None else charged)


def confirm_transfer(w: Work, payment_id: uuid.UUID, amount: Money, bank_ref: str) -> Payment:
    """Say that a bank transfer is on the account; a manager who did not buy does that.

    Raises Missing, Forbidden, SamePerson, Invalid (bank_ref_…), Refused (amount_differs,
    bank_ref_used, payment_void), WrongState.
    """
    if Role.MANAGER not in w.actor.roles:
        raise Forbidden(verb="settle")
    payment = of_tender(w, payment_id, Tender.TRANSFER)
    if payment.payer_id == w.actor.person_id:
        raise SamePerson
    return settle(w, payment, unused(w, bank_ref), amount)


def settle_transfer(w: Work, payment_id: uuid.UUID, amount: Money, bank_ref: str) -> Payment:
    """A line of a bank's statement bears its reference and its amount: by the system, also when
    the hold had ended and whoever keeps the goods has them back.

    Raises Missing, Forbidden, Refused (amount_differs, bank_ref_used), WrongState.
    """
    if Role.SYSTEM not in w.actor.roles:
        raise Forbidden(verb="settle")
    payment = of_tender(w, payment_id, Tender.TRANSFER)
    verb = "settle_late" if payment.state is PaymentState.VOID else "settle"
    return settle(w, payment, unused(w, bank_ref), amount, verb=verb)


def unused(w: Work, bank_ref: str) -> str:
    """A number of the bank that has settled nothing. Raises Invalid, Refused bank_ref_used."""
    known = rules.bank_reference(bank_ref)
    if w.session.scalar(select(Payment.id).where(Payment.provider_ref == known)):
        raise Refused("bank_ref_used", field="bank_ref", value=known)
    return known


def lock(w: Work, purchase_id: uuid.UUID) -> None:
    """Hold the payment of a purchase until the unit of work ends."""
    w.session.execute(
        select(Payment.id).where(Payment.purchase_id == purchase_id).with_for_update()
    )


def reduce(
    w: Work, purchase_id: uuid.UUID, by: Money, order_id: uuid.UUID | None = None
) -> Payment:
    """Ask for less while no money has come, because an order of the purchase was cancelled; what
    credit and vouchers were to pay of it is theirs again.

    At nothing left the payment is void. Raises Missing, Refused payment_not_open.
    """
    payment = _of_order(w, purchase_id, order_id)
    if by <= ZERO:
        raise Invalid("amount_not_positive", field="amount")
    if payment.covered:
        return _reduce_covered(w, payment, queries.parts_of_order(w.session, order_id))
    open_ = update(Payment).where(Payment.id == payment.id, Payment.state == PaymentState.AWAITING)
    if happened(w, open_.where(Payment.amount > by).values(amount=Payment.amount - by)):
        w.session.refresh(payment)
        w.record("reduce", payment, by=by.fen, amount=payment.amount.fen)
        return payment
    if payment.amount != by or not _void(w, payment):
        raise Refused("payment_not_open")
    return payment


def _reduce_covered(w: Work, payment: Payment, parts: Sequence[PaymentPart]) -> Payment:
    own, cover = parting.own(parts), parting.covered(parts)
    if (payment.amount, payment.covered) == (own, cover):
        if not _void(w, payment):
            raise Refused("payment_not_open")
        return payment
    less = (
        update(Payment)
        .where(Payment.id == payment.id, Payment.state == PaymentState.AWAITING)
        .where(Payment.amount >= own, Payment.covered >= cover)
        .values(amount=Payment.amount - own, covered=Payment.covered - cover)
    )
    if not happened(w, less):
        raise Refused("payment_not_open")
    w.session.refresh(payment)
    w.record("reduce", payment, by=own.fen, covered=cover.fen, amount=payment.amount.fen)
    parting.let_go(w, parts)
    return payment if payment.amount else settle_covered(w, payment)


def void(w: Work, purchase_id: uuid.UUID) -> bool:
    """No money is expected any more; False when it has come already, or the payment was void."""
    done = [_void(w, payment) for payment in queries.all_of(w.session, purchase_id)]
    return any(done)


def _void(w: Work, payment: Payment) -> bool:
    if payment.state is not PaymentState.AWAITING:
        return False
    PAYMENT.after(payment.state, "void", w.actor.roles)
    voided = (
        update(Payment)
        .where(Payment.id == payment.id, Payment.state == PaymentState.AWAITING)
        .values(state=PaymentState.VOID)
    )
    if not happened(w, voided):
        return False
    w.session.refresh(payment)
    w.record("void", payment, from_state=PaymentState.AWAITING, to_state=PaymentState.VOID)
    if payment.covered:
        parting.let_go(w, queries.parts_of(w.session, payment.id))
    return True


def request_refund(
    w: Work, *, order_id: uuid.UUID, purchase_id: uuid.UUID, amount: Money
) -> Refund:
    """Owe the buyer money of an order, whole or in part; all refunds of a payment together are at
    most what was paid. What of an order may go back its own capability guards.

    Raises Missing, Invalid, Refused refund_too_much.
    """
    payment = _of_order(w, purchase_id, order_id)
    if amount <= ZERO:
        raise Invalid("amount_not_positive", field="amount")
    shares = parting.shares(w, order_id, amount) if payment.covered else ()
    own = amount - total(share for part, share in shares if part.kind is not PartKind.OWN)
    enough = (
        update(Payment)
        .where(Payment.id == payment.id, Payment.state == PaymentState.SETTLED)
        .where(Payment.refunded + own <= Payment.amount)
        .values(refunded=Payment.refunded + own)
    )
    if not happened(w, enough):
        raise Refused("refund_too_much")
    w.session.refresh(payment)
    refund = Refund(
        payment_id=payment.id, order_id=order_id, amount=amount, own=own, requested_at=w.now
    )
    if not own:  # nothing that a bank has to send
        refund.state, refund.settled_at = RefundState.SETTLED, w.now
        refund.settled_by = w.actor.person_id
    w.session.add(refund)
    w.record("request", refund, to_state=refund.state or RefundState.REQUESTED, amount=amount.fen)
    parting.give_back(w, refund, shares)
    return refund


def settle_refund(
    w: Work, refund_id: uuid.UUID, provider_ref: str, *, by: Tender = Tender.TRANSFER
) -> Refund:
    """Note that the money of a refund has gone out: by the gateway's or the bank's number.

    It goes the way it came: `by` another tender the refund is Missing, so that nobody notes a
    card's money as given back by hand. The same number again changes nothing. Raises
    Forbidden, SamePerson, Invalid, Refused bank_ref_used, WrongState.
    """
    row = queries.refund(w.session, refund_id)
    if row.payment.tender is not by:
        raise Missing(refund_id=refund_id)
    refund, known = row.refund, rules.bank_reference(provider_ref)
    if refund.state is RefundState.SETTLED and refund.provider_ref == known:
        return refund
    after = REFUND.after(refund.state, "settle", w.actor.roles)
    if row.payment.payer_id == w.actor.person_id:
        raise SamePerson
    if w.session.scalar(select(Refund.id).where(Refund.provider_ref == known)):
        raise Refused("bank_ref_used", field="bank_ref", value=known)
    settled = (
        update(Refund)
        .where(Refund.id == refund.id, Refund.state == RefundState.REQUESTED)
        .values(state=after, provider_ref=known, settled_at=w.now, settled_by=w.actor.person_id)
    )
    if not happened(w, settled):  # somebody else just did: look again
        raise Conflict(refund_id=refund_id)
    w.session.refresh(refund)
    w.record("settle", refund, from_state=RefundState.REQUESTED, to_state=after, ref=known)
    w.announce(gone(w, refund, row.payment))
    return refund


def gone(w: Work, refund: Refund, payment: Payment) -> RefundSettled:
    return RefundSettled(
        at=w.now,
        refund_id=refund.id,
        order_id=refund.order_id,
        purchase_id=payment.purchase_id,
        amount=refund.own,
        tender=payment.tender.value,
        cause=payment.cause.value,
        attempt=refund.bounced,
    )


def settle_late(w: Work, payment_id: uuid.UUID, provider_ref: str, charged: Money) -> Payment:
    """The hold had ended, the card's money came after all, and whoever keeps the goods has them
    back: the payment counts. Raises Missing, Refused amount_differs, Forbidden, WrongState."""
    payment = of_tender(w, payment_id, Tender.CARD)
    return settle(w, payment, provider_ref, charged, verb="settle_late")


def settle(
    w: Work, payment: Payment, provider_ref: str | None, amount: Money, *, verb: str = "settle"
) -> Payment:
    """Only the full amount, only once; the where clause is the guard, not what was read before."""
    before = payment.state
    if before is PaymentState.VOID and verb != "settle_late":
        raise Refused("payment_void", reference=payment.reference)
    after = PAYMENT.after(before, verb, w.actor.roles)
    if amount != payment.amount:
        raise Refused(
            "amount_differs", field="amount", typed=str(amount), asked=str(payment.amount)
        )
    settled = (
        update(Payment)
        .where(Payment.id == payment.id, Payment.state == before)
        .where(Payment.amount == amount)
        .values(
            state=after, provider_ref=provider_ref, settled_at=w.now, settled_by=w.actor.person_id
        )
    )
    if not happened(w, settled):  # settled, shrunk or void just now: look again, tell which
        raise Conflict(payment_id=payment.id)
    w.session.refresh(payment)
    w.record(verb, payment, from_state=before, to_state=after, ref=provider_ref)
    w.announce(
        PaymentSettled(
            at=w.now,
            payment_id=payment.id,
            purchase_id=payment.purchase_id,
            amount=amount,
            tender=payment.tender.value,
            covered=payment.covered,
            cause=payment.cause.value,
            order_id=payment.order_id,
        )
    )
    return payment


def happened(w: Work, change: Update) -> bool:
    """Whether a guarded update found its row as it had to be."""
    found = w.session.execute(
        change.returning(change.table.c.id), execution_options={"synchronize_session": False}
    )
    return found.first() is not None


def of_tender(w: Work, payment_id: uuid.UUID, tender: Tender) -> Payment:
    payment = w.session.get(Payment, payment_id)
    if payment is None or payment.tender is not tender:
        raise Missing(payment_id=payment_id)
    return payment


def _of_order(w: Work, purchase_id: uuid.UUID, order_id: uuid.UUID | None) -> Payment:
    payment = queries.of_order(w.session, purchase_id, order_id)
    if payment is None:
        raise Missing(purchase_id=purchase_id)
    return payment
