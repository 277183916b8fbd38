"""Pages of money: paying by card, confirming transfers, sending refunds.

The gateway is asked outside any unit of work, with a key that makes asking twice harmless; what it
said is then written down in one.
"""

from __future__ import annotations

import uuid

from flask import Blueprint
from flask.typing import ResponseReturnValue

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Refused, SamePerson
from marketplace.payments import queries, service
from marketplace.payments.forms import ConfirmForm, RefundForm
from marketplace.payments.models import Payment, Tender
from marketplace.payments.states import PaymentState, RefundState
from marketplace.web import (
    back_to,
    checked,
    needs,
    page,
    page_number,
    reading,
    signed_in,
    someone,
    work,
)
from marketplace.web.door import runtime
from marketplace.web.words import _

pages = Blueprint("payments", __name__, url_prefix="/payments")


@pages.get("/")
@needs(Role.MANAGER, Role.AUDITOR)
def index() -> ResponseReturnValue:
    with reading() as session:
        awaiting = queries.awaiting_transfers(session, page_number())
        refunds = queries.refunds_to_send(session)
    return page("payments/index.html", awaiting=awaiting, refunds=refunds)


@pages.get("/settled")
@needs(Role.MANAGER, Role.AUDITOR)
def settled() -> ResponseReturnValue:
    with reading() as session:
        found = queries.settled(session, page_number())
    return page("payments/settled.html", settled=found)


@pages.get("/<uuid:payment_id>")
@needs(Role.MANAGER, Role.AUDITOR)
def show(payment_id: uuid.UUID) -> ResponseReturnValue:
    return _payment(payment_id, ConfirmForm())


@pages.post("/<uuid:payment_id>/confirm")
@needs(Role.MANAGER)
def confirm(payment_id: uuid.UUID) -> ResponseReturnValue:
    form = ConfirmForm()
    if not form.validate():
        return _payment(payment_id, form, 422)
    try:
        with work() as w:
            payment = service.confirm_transfer(w, payment_id, form.money(), form.reference())
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return _payment(payment_id, form, fault.status)
    return back_to("payments.index", _("%(reference)s 已确认到账。", reference=payment.reference))


@pages.post("/<uuid:payment_id>/pay")
@signed_in
def pay(payment_id: uuid.UUID) -> ResponseReturnValue:
    """By card, for the payer alone: ask the gateway, then write down what it said."""
    checked()
    with reading() as session:
        payment = queries.own_card_payment(session, someone(), payment_id)
    if payment.state is not PaymentState.AWAITING:
        return back_to("orders.purchase", purchase_id=payment.purchase_id)
    answer = runtime().tools.card.charge(
        payment.reference, payment.amount, idempotency_key=_charge_key(payment)
    )
    if not answer.succeeded:
        raise Refused("card_declined")

    def settle() -> None:
        with runtime().work() as w:  # on the gateway's word, so it is the system that settles
            service.settle_card(w, payment_id, answer.provider_ref, charged=payment.amount)

    try:
        # alone, not the whole view: what was charged is settled or goes back, whatever it met
        runtime().again(settle)
    except Refused:
        _return_to_card(payment, answer.provider_ref)
        raise
    return back_to("orders.purchase", _("已付款。"), purchase_id=payment.purchase_id)


@pages.get("/refunds/<uuid:refund_id>")
@needs(Role.MANAGER, Role.AUDITOR)
def refund(refund_id: uuid.UUID) -> ResponseReturnValue:
    return _refund(refund_id, RefundForm())


@pages.post("/refunds/<uuid:refund_id>/send")
@needs(Role.MANAGER)
def send(refund_id: uuid.UUID) -> ResponseReturnValue:
    """A transfer was sent at the bank: its number is noted."""
    form = RefundForm()
    if not form.validate():
        return _refund(refund_id, form, 422)
    try:
        with work() as w:
            service.settle_refund(w, refund_id, form.reference())
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return _refund(refund_id, form, fault.status)
    return back_to("payments.index", _("退款已登记。"))


@pages.post("/refunds/<uuid:refund_id>/card")
@needs(Role.MANAGER)
def send_to_card(refund_id: uuid.UUID) -> ResponseReturnValue:
    """The gateway gives the money back to the card."""
    checked()
    with reading() as session:
        row = queries.card_refund(session, refund_id)
    if row.payment.payer_id == someone().person_id:
        raise SamePerson
    if row.refund.state is not RefundState.REQUESTED:
        return back_to("payments.index")
    answer = runtime().tools.card.refund(
        row.payment.provider_ref or "", row.refund.amount, idempotency_key=str(refund_id)
    )
    if not answer.succeeded:
        raise Refused("card_refund_declined")
    with work() as w:
        service.settle_refund(w, refund_id, answer.provider_ref, by=Tender.CARD)
    return back_to("payments.index", _("已退回原卡。"))


def _payment(payment_id: uuid.UUID, form: ConfirmForm, status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        payment = queries.payment(session, someone(), payment_id)
    is_open = payment.tender is Tender.TRANSFER and payment.state is PaymentState.AWAITING
    return page(
        "payments/show.html",
        status,
        payment=payment,
        form=form,
        can_confirm=is_open and Role.MANAGER in someone().roles,
        is_own=payment.payer_id == someone().person_id,
    )


def _refund(refund_id: uuid.UUID, form: RefundForm, status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        row = queries.refund(session, refund_id)
    is_open = row.refund.state is RefundState.REQUESTED
    return page(
        "payments/refund.html",
        status,
        row=row,
        form=form,
        can_send=is_open and Role.MANAGER in someone().roles,
        is_own=row.payment.payer_id == someone().person_id,
    )


def _charge_key(payment: Payment) -> str:
    """One key per payment and amount: an amount that shrank is another charge."""
    return f"{payment.id}:{payment.amount.fen}"


def _return_to_card(payment: Payment, provider_ref: str) -> None:
    """Cancelled or lapsed while the gateway was asked: the money goes back at once, and the trail
    tells of it."""
    key = f"{_charge_key(payment)}:late"
    answer = runtime().tools.card.refund(provider_ref, payment.amount, idempotency_key=key)
    with runtime().work() as w:
        service.note_card_returned(w, payment.id, answer.provider_ref)
