"""After the promise: how to pay, where the order is, what its people may do."""

from __future__ import annotations

import uuid

from flask import request
from flask.typing import ResponseReturnValue

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid
from marketplace.orders import queries, service
from marketplace.orders.forms import NoteForm, ShippingForm
from marketplace.orders.views.blueprint import pages
from marketplace.orders.views.shopping import OFFLINE
from marketplace.orders.views.showing import evidence_facts, hold_stations, stations
from marketplace.payments import queries as payments
from marketplace.payments.models import Tender
from marketplace.payments.states import PaymentState
from marketplace.suppliers.states import PaperKind
from marketplace.web import (
    MarketForm,
    back_to,
    checked,
    needs,
    now,
    page,
    page_number,
    reading,
    signed_in,
    someone,
    work,
)
from marketplace.web.door import runtime
from marketplace.web.words import _

BUYERS = (Role.EMPLOYEE, Role.UNION_BUYER)


@pages.get("/purchases/<uuid:purchase_id>")
@signed_in
def purchase(purchase_id: uuid.UUID) -> ResponseReturnValue:
    with reading() as session:
        found = queries.purchase(session, someone(), purchase_id)
        charge = payments.charge_under_way(session, found.payment.id)
    tools = runtime().tools
    return page(
        "orders/purchase.html",
        view=found,
        payment=found.payment,
        charge=charge,
        is_open=found.payment.state is PaymentState.AWAITING,
        is_card=found.payment.tender is Tender.CARD,
        is_offline_card=tools.card.name == OFFLINE,
        account=tools.config.collection_account,
    )


@pages.get("/orders")
@signed_in
def mine() -> ResponseReturnValue:
    with reading() as session:
        found = queries.mine(session, someone(), page_number())
    roles = someone().roles
    return page(
        "orders/mine.html",
        orders=found,
        keeps_addresses=bool(roles & set(BUYERS)),
        keeps_titles=Role.EMPLOYEE in roles,
    )


@pages.get("/supplier/orders")
@needs(Role.SUPPLIER_STAFF)
def for_supplier() -> ResponseReturnValue:
    with reading() as session:
        found = queries.for_supplier(session, someone(), page_number())
    return page("orders/for_supplier.html", orders=found)


@pages.get("/orders/<uuid:order_id>")
@signed_in
def show(order_id: uuid.UUID) -> ResponseReturnValue:
    return _order(order_id, ShippingForm())


@pages.post("/orders/<uuid:order_id>/cancel")
@needs(*BUYERS, Role.SUPPLIER_STAFF)
def cancel(order_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        service.cancel(w, order_id, NoteForm().text())
    return back_to("orders.show", _("订单已取消。"), order_id=order_id)


@pages.post("/orders/<uuid:order_id>/take-back")
@needs(Role.MANAGER)
def take_back(order_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        service.take_back(w, order_id, NoteForm().text())
    return back_to("orders.show", _("已退货退款。"), order_id=order_id)


@pages.post("/orders/<uuid:order_id>/ship")
@needs(Role.SUPPLIER_STAFF)
def ship(order_id: uuid.UUID) -> ResponseReturnValue:
    form = ShippingForm()
    if not form.validate():
        return _order(order_id, form, 422)
    try:
        with work() as w:
            lines = [line.id for line in queries.lines_of(w.session, order_id)]
            service.ship(
                w,
                order_id,
                form.carrier.data or "",
                form.tracking.data or "",
                batches=form.batches(lines),
            )
    except service.BatchPapersMissing as fault:
        return _order(order_id, form, fault.status, lacking=fault.lines)
    except Invalid as fault:
        if not form.blame(fault):
            raise
        return _order(order_id, form, fault.status)
    return back_to("orders.show", _("已登记发货。"), order_id=order_id)


@pages.post("/orders/<uuid:order_id>/receive")
@needs(*BUYERS)
def receive(order_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        service.receive(w, order_id)
    return back_to("orders.show", _("已确认收货。"), order_id=order_id)


def _order(
    order_id: uuid.UUID,
    form: MarketForm,
    status: int = 200,
    *,
    lacking: tuple[uuid.UUID, ...] = (),
) -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        found = queries.order(session, actor, order_id)
        hold = queries.hold_of(session, actor, found.order, now())
        waits = hold is not None and hold.is_waiting
        can_ship = any(step.verb == "ship" for step in found.verbs) and not waits
        leaving = queries.departures(session, found.lines, now()) if can_ship else ()
        left = queries.left_from(session, order_id)
    return page(
        "orders/show.html",
        status,
        view=found,
        order=found.order,
        stations=stations(found),
        evidence_facts=evidence_facts,
        verbs_open=[
            step
            for step in found.verbs
            if step.verb != "ship" and not (waits and step.verb == "receive")
        ],
        is_suppliers=Role.SUPPLIER_STAFF in queries.roles_for(actor, found.order),
        can_ship=can_ship,
        departures=leaving,
        lacking=lacking,
        chosen={line.line.id: request.form.get(f"batch-{line.line.id}") for line in leaving},
        hold=hold,
        hold_stations=hold_stations,
        left_from=left,
        paper_kind=PaperKind,
        form=form,
    )
