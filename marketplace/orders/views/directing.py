"""Suppliers who are paid directly: what has arrived, what went back, what was a mistake."""

from __future__ import annotations

import uuid

from flask.typing import ResponseReturnValue

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Refused
from marketplace.orders import queries, service
from marketplace.orders.forms import NoteForm, ReceiptForm, SentBackForm, ShippingForm
from marketplace.orders.views.blueprint import pages
from marketplace.orders.views.following import show_order
from marketplace.payments import queries as payments
from marketplace.web import back_to, checked, needs, page, page_number, reading, someone, work
from marketplace.web.words import _


@pages.get("/receipts")
@needs(Role.SUPPLIER_STAFF, Role.MANAGER, Role.AUDITOR)
def receipts() -> ResponseReturnValue:
    with reading() as session:
        found = queries.receipts(session, someone(), page_number())
    return page("orders/receipts.html", receipts=found)


@pages.post("/orders/<uuid:order_id>/receipt")
@needs(Role.SUPPLIER_STAFF)
def confirm_receipt(order_id: uuid.UUID) -> ResponseReturnValue:
    form = ReceiptForm()
    if not form.validate():
        return show_order(order_id, ShippingForm(), 422, direct={"receipt": form})
    try:
        with work() as w:
            service.confirm_receipt(w, order_id, form.money(), form.reference())
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return show_order(order_id, ShippingForm(), fault.status, direct={"receipt": form})
    return back_to("orders.show", _("已确认收款，请发货。"), order_id=order_id)


@pages.post("/orders/<uuid:order_id>/unpay")
@needs(Role.MANAGER)
def unpay(order_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        service.unpay(w, order_id, NoteForm().text())
    return back_to("orders.show", _("已撤销收款，订单取消。"), order_id=order_id)


@pages.post("/refunds/<uuid:refund_id>/send")
@needs(Role.SUPPLIER_STAFF)
def send_refund(refund_id: uuid.UUID) -> ResponseReturnValue:
    form = SentBackForm()
    order_id = _order_of(refund_id)
    if not form.validate():
        return show_order(order_id, ShippingForm(), 422, direct={"sent_back": form})
    try:
        with work() as w:
            service.send_refund(w, refund_id, form.reference())
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return show_order(order_id, ShippingForm(), fault.status, direct={"sent_back": form})
    return back_to("orders.show", _("已登记退款，等买方确认。"), order_id=order_id)


@pages.post("/refunds/<uuid:refund_id>/confirm")
@needs(Role.UNION_BUYER, Role.MANAGER)
def confirm_refund(refund_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        refund = service.confirm_refund(w, refund_id)
    return back_to("orders.show", _("已确认收到退款。"), order_id=refund.order_id)


@pages.post("/refunds/<uuid:refund_id>/contest")
@needs(Role.UNION_BUYER, Role.MANAGER)
def contest_refund(refund_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        refund = service.contest_refund(w, refund_id, NoteForm().text())
    return back_to("orders.show", _("已告知供应商退款没有到账。"), order_id=refund.order_id)


def _order_of(refund_id: uuid.UUID) -> uuid.UUID:
    """Raises Missing."""
    with reading() as session:
        return payments.refund(session, refund_id).refund.order_id
