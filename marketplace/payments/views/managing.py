"""The manager's pages of money: confirming transfers, sending refunds."""

from __future__ import annotations

import uuid

from flask.typing import ResponseReturnValue

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Refused
from marketplace.payments import queries, service
from marketplace.payments.forms import ClearForm, ConfirmForm, RefundForm
from marketplace.payments.models import Tender
from marketplace.payments.states import PaymentState, RefundState
from marketplace.payments.views.blueprint import pages
from marketplace.web import (
    back_to,
    checked,
    needs,
    now,
    page,
    page_number,
    reading,
    someone,
    work,
)
from marketplace.web.door import runtime
from marketplace.web.words import _


@pages.get("/")
@needs(Role.MANAGER, Role.AUDITOR)
def index() -> ResponseReturnValue:
    with reading() as session:
        awaiting = queries.awaiting_transfers(session, page_number())
        refunds = queries.refunds_to_send(session)
        differing = queries.discrepancy_count(session, open_only=True)
        late = queries.overdue_count(session, now())
    shown = {"awaiting": awaiting, "refunds": refunds, "differing": differing, "late": late}
    return page("payments/index.html", at=now(), **shown)


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
    if service.give_back(runtime(), someone(), refund_id):
        return back_to("payments.index", _("已退回原卡。"))
    return back_to("payments.refund", _("已请支付渠道退款，还没有到账。"), refund_id=refund_id)


@pages.post("/refunds/<uuid:refund_id>/offset")
@needs(Role.MANAGER)
def offset(refund_id: uuid.UUID) -> ResponseReturnValue:
    """The payer has it from his bank already."""
    form = ClearForm()
    if not form.validate():
        return _refund(refund_id, RefundForm(), 422, closing=form)
    try:
        with work() as w:
            service.offset_refund(w, refund_id, form.words())
    except Refused as fault:
        if not form.blame(fault):
            raise
        return _refund(refund_id, RefundForm(), fault.status, closing=form)
    return back_to("payments.index", _("已按争议结案。"))


def _payment(payment_id: uuid.UUID, form: ConfirmForm, status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        payment = queries.payment(session, someone(), payment_id)
        operations = queries.operations_of(session, payment_id)
        disputes = queries.disputes_of(session, payment_id)
    is_open = payment.tender is Tender.TRANSFER and payment.state is PaymentState.AWAITING
    return page(
        "payments/show.html",
        status,
        payment=payment,
        operations=operations,
        disputes=disputes,
        form=form,
        can_confirm=is_open and Role.MANAGER in someone().roles,
        is_own=payment.payer_id == someone().person_id,
    )


def _refund(
    refund_id: uuid.UUID, form: RefundForm, status: int = 200, *, closing: ClearForm | None = None
) -> ResponseReturnValue:
    with reading() as session:
        row = queries.refund(session, refund_id)
        lost = queries.lost_left(session, row.payment.id)
    is_open = row.refund.state is RefundState.REQUESTED
    return page(
        "payments/refund.html",
        status,
        row=row,
        form=form,
        closing=closing or ClearForm(),
        is_lost=bool(lost) and row.refund.own <= lost,
        can_send=is_open and Role.MANAGER in someone().roles,
        is_own=row.payment.payer_id == someone().person_id,
    )
