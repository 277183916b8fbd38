"""Paying by card: to the gateway's page and back."""

from __future__ import annotations

import uuid

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from marketplace.payments import queries, service
from marketplace.payments.states import PaymentState
from marketplace.payments.views.blueprint import pages
from marketplace.ports.payments import GatewayDown, GatewayRefused
from marketplace.web import back_to, checked, reading, settings, signed_in, someone
from marketplace.web.door import runtime
from marketplace.web.words import _


@pages.post("/<uuid:payment_id>/pay")
@signed_in
def pay(payment_id: uuid.UUID) -> ResponseReturnValue:
    """For the payer alone: the gateway takes the money, or tells where he is to pay."""
    checked()
    with reading() as session:
        payment = queries.own_card_payment(session, someone(), payment_id)
    if payment.state is not PaymentState.AWAITING:
        return back_to("orders.purchase", purchase_id=payment.purchase_id)
    send_to = service.pay(runtime(), someone(), payment_id, back=_back(payment_id))
    if send_to:
        return redirect(send_to, code=303)
    return back_to("orders.purchase", _("已付款。"), purchase_id=payment.purchase_id)


@pages.get("/<uuid:payment_id>/returned")
@signed_in
def returned(payment_id: uuid.UUID) -> ResponseReturnValue:
    """Back from the gateway's page, which says nothing that is believed: the gateway is asked. Its
    word may have come by the other way already, or may come later."""
    with reading() as session:
        payment = queries.own_card_payment(session, someone(), payment_id)
    try:
        service.look(runtime(), payment_id)
    except (GatewayDown, GatewayRefused):
        return back_to(
            "orders.purchase",
            _("还在核实这笔付款，请稍后刷新，不要重复付款。"),
            purchase_id=payment.purchase_id,
        )
    return back_to("orders.purchase", purchase_id=payment.purchase_id)


def _back(payment_id: uuid.UUID) -> str:
    """Ours as the settings name us: whatever host a request claims is not repeated to anybody."""
    return settings().public_url + url_for("marketplace.payments.returned", payment_id=payment_id)
