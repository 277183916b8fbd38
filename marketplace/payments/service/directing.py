"""Money that never comes to us: organisations pay each supplier's own account, one transfer and
one reference for each order, and he gives back from there. Whose order it is, orders have asked."""

from __future__ import annotations

import uuid

from sqlalchemy import select, update

from marketplace.kernel.errors import Conflict, Invalid, Missing, Refused, SamePerson
from marketplace.kernel.money import ZERO, Money
from marketplace.payments import queries, rules
from marketplace.payments.models import Payment, Refund, Tender
from marketplace.payments.queries import RefundRow
from marketplace.payments.service import settling
from marketplace.payments.states import REFUND, RefundState
from marketplace.work import Work


def open_direct(
    w: Work, purchase_id: uuid.UUID, order_id: uuid.UUID, amount: Money, pay_to: dict[str, str]
) -> Payment:
    """Ask the actor for the money of one order, to its supplier's own account. Raises Invalid."""
    if amount <= ZERO:
        raise Invalid("amount_not_positive", field="amount")
    return settling.opened(
        w,
        purchase_id=purchase_id,
        order_id=order_id,
        tender=Tender.DIRECT,
        amount=amount,
        pay_to=pay_to,
    )


def settle_direct(w: Work, payment_id: uuid.UUID, amount: Money, bank_ref: str) -> Payment:
    """The money of an order is on its supplier's own account; by his staff, not by the payer.

    Raises Missing, Forbidden, SamePerson, Invalid (bank_ref_…), Refused (amount_differs,
    bank_ref_used, payment_void), WrongState.
    """
    payment = settling.of_tender(w, payment_id, Tender.DIRECT)
    if payment.payer_id == w.actor.person_id:
        raise SamePerson
    known = settling.unused(w, bank_ref)
    return settling.settle(w, payment, known, amount, verb="settle_direct")


def send_refund(w: Work, refund_id: uuid.UUID, bank_ref: str) -> Refund:
    """The supplier has given money back, under this number of his bank. Raises Missing, Forbidden,
    WrongState, Invalid, Refused bank_ref_used."""
    row = _of_direct(w, refund_id)
    known = rules.bank_reference(bank_ref)
    if w.session.scalar(select(Refund.id).where(Refund.provider_ref == known)):
        raise Refused("bank_ref_used", field="bank_ref", value=known)
    return _moved(w, row, "send", known)


def confirm_refund(w: Work, refund_id: uuid.UUID) -> Refund:
    """It has arrived: by the buyer's side, also when the supplier never said that he sent it; or by
    a manager. Raises Missing, Forbidden, WrongState."""
    row = _of_direct(w, refund_id)
    verb = "acknowledge" if row.refund.state is RefundState.REQUESTED else "confirm"
    return _ended(w, row, _moved(w, row, verb, row.refund.provider_ref))


def contest_refund(w: Work, refund_id: uuid.UUID, reason: str) -> Refund:
    """It has not arrived, or its number is wrong: owed as before, and the number is free. Raises
    Missing, Forbidden, WrongState."""
    row = _of_direct(w, refund_id)
    given = row.refund.provider_ref or ""
    return _moved(w, row, "contest", None, reason=reason, number=given)


def undo_refund(w: Work, refund_id: uuid.UUID, reason: str) -> Refund:
    """What was to go back had never come: a receipt was confirmed by mistake, and the bank's number
    that was given for it may belong to another one. By a manager. Raises Missing, Forbidden,
    WrongState."""
    row = _of_direct(w, refund_id)
    given, row.payment.provider_ref = row.payment.provider_ref or "", None
    return _ended(w, row, _moved(w, row, "undo", None, reason=reason, number=given))


def _moved(w: Work, row: RefundRow, verb: str, ref: str | None, **said: str) -> Refund:
    """The where clause is the guard."""
    refund, before = row.refund, row.refund.state
    after = REFUND.after(before, verb, w.actor.roles)
    moved = (
        update(Refund)
        .where(Refund.id == refund.id, Refund.state == before)
        .values(state=after, provider_ref=ref)
    )
    if not settling.happened(w, moved):  # somebody else just did: look again
        raise Conflict(refund_id=refund.id)
    w.session.refresh(refund)
    w.record(verb, refund, from_state=before, to_state=after, ref=ref, **said)
    return refund


def _ended(w: Work, row: RefundRow, refund: Refund) -> Refund:
    refund.settled_at, refund.settled_by = w.now, w.actor.person_id
    w.session.flush()
    w.announce(settling.gone(w, refund, row.payment))
    return refund


def _of_direct(w: Work, refund_id: uuid.UUID) -> RefundRow:
    row = queries.refund(w.session, refund_id)
    if row.payment.tender is not Tender.DIRECT:
        raise Missing(refund_id=refund_id)
    return row
