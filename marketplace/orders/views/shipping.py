"""What leaves the supplier: one parcel at a time."""

from __future__ import annotations

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid
from marketplace.orders import queries, service
from marketplace.orders.forms import ShippingForm
from marketplace.orders.views.blueprint import pages
from marketplace.orders.views.following import show_order
from marketplace.web import back_to, needs, once, remember, work
from marketplace.web.words import _


@pages.post("/orders/<uuid:order_id>/ship")
@needs(Role.SUPPLIER_STAFF)
@once
def ship(order_id: uuid.UUID) -> ResponseReturnValue:
    form = ShippingForm()
    if not form.validate():
        return show_order(order_id, form, 422)
    try:
        with work() as w:
            lines = [line.id for line in queries.lines_of(w.session, order_id)]
            service.send(w, order_id, form.shipment(lines))
            remember(w, url_for("marketplace.orders.show", order_id=order_id))
    except service.BatchPapersMissing as fault:
        return show_order(order_id, form, fault.status, lacking=fault.lines)
    except Invalid as fault:
        if not form.blame(fault):
            raise
        return show_order(order_id, form, fault.status)
    return back_to("orders.show", _("已登记发货。"), order_id=order_id)
