"""After the promise: how to pay, where the order is, what its people may do."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence, Set
from types import MappingProxyType
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from marketplace.kernel.actor import Role
from marketplace.orders import queries, service
from marketplace.orders.forms import NoteForm, ReceiptForm, SentBackForm, ShippingForm
from marketplace.orders.views.blueprint import pages
from marketplace.orders.views.shopping import OFFLINE
from marketplace.orders.views.showing import (
    batches_of,
    evidence_facts,
    hold_stations,
    parcel_is_expected,
    parcel_stations,
    stations,
)
from marketplace.payments import queries as payments
from marketplace.payments.models import Tender
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
Forms = Mapping[str, MarketForm]


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
        is_open=found.is_open,
        is_card=found.payment.tender is Tender.CARD,
        is_offline_card=tools.card.name == OFFLINE,
        account=tools.config.collection_account,
        later_days=tools.config.after_acceptance_workdays,
        at=now(),
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
    return show_order(order_id, ShippingForm())


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


@pages.post("/orders/<uuid:order_id>/receive")
@needs(*BUYERS)
def receive(order_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        service.receive(w, order_id)
    return back_to("orders.show", _("已确认收货。"), order_id=order_id)


@pages.post("/shipments/<uuid:shipment_id>/receive")
@needs(*BUYERS)
def receive_parcel(shipment_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        order = service.receive_parcel(w, shipment_id)
    return back_to("orders.show", _("已确认收到这个包裹。"), order_id=order.id)


def show_order(
    order_id: uuid.UUID,
    form: MarketForm,
    status: int = 200,
    *,
    lacking: tuple[uuid.UUID, ...] = (),
    direct: Forms = MappingProxyType({}),
) -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        found = queries.order(session, actor, order_id)
        hold = queries.hold_of(session, actor, found.order, now())
        waits = hold is not None and hold.is_waiting
        can_ship = any(step.verb == "ship" for step in found.verbs) and not waits
        leaving = queries.departures(session, found.lines, now()) if can_ship else ()
        parcels = queries.shipments(session, order_id)
    roles = queries.roles_for(actor, found.order)
    closed = {"ship", "receive"} if waits else {"ship"}
    return page(
        "orders/show.html",
        status,
        view=found,
        order=found.order,
        stations=stations(found, parcels),
        evidence_facts=evidence_facts,
        verbs_open=[step for step in found.verbs if step.verb not in closed],
        is_suppliers=Role.SUPPLIER_STAFF in roles,
        may_review=Role.EMPLOYEE in roles,
        can_ship=can_ship,
        departures=leaving,
        lacking=lacking,
        typed=request.form,
        hold=hold,
        hold_stations=hold_stations,
        **_on_the_way(parcels),
        parcel_is_expected=parcel_is_expected(found, parcels) and bool(roles & {*BUYERS}),
        paper_kind=PaperKind,
        form=form,
        **_directly(direct, roles | actor.roles & {Role.MANAGER}),
    )


def _directly(refused: Forms, roles: Set[Role]) -> dict[str, Any]:
    """The forms of a supplier who is paid directly, of which a refused one says why; and whether
    it is this reader who says that money is back."""
    forms = {"receipt": ReceiptForm(), "sent_back": SentBackForm(), **refused}
    ends = service.may_end_refund(roles)
    return {**forms, "ends_refund": ends, "acknowledges": ends and Role.UNION_BUYER in roles}


def _on_the_way(parcels: Sequence[queries.ShipmentView]) -> dict[str, Any]:
    return {
        "parcels": parcels,
        "parcel_stations": parcel_stations,
        "batches_of": batches_of(parcels),
    }
