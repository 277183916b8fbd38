"""The address book: keep, correct, remove, choose the usual one."""

from __future__ import annotations

import uuid

from flask import request, url_for
from flask.typing import ResponseReturnValue

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid
from marketplace.orders import queries, service
from marketplace.orders.forms import AddressForm
from marketplace.orders.views.blueprint import pages
from marketplace.orders.views.showing import place_of
from marketplace.web import (
    back_to,
    checked,
    needs,
    once,
    page,
    reading,
    remember,
    settings,
    someone,
    work,
)
from marketplace.web.words import _

BUYERS = (Role.EMPLOYEE, Role.UNION_BUYER)


@pages.get("/addresses")
@needs(*BUYERS)
def addresses() -> ResponseReturnValue:
    return _addresses(AddressForm())


@pages.post("/addresses")
@needs(*BUYERS)
@once
def add_address() -> ResponseReturnValue:
    target = "orders.checkout" if request.args.get("next") == "checkout" else "orders.addresses"
    form = AddressForm()
    if not form.validate():
        return _addresses(form, 422)
    try:
        with work() as w:
            service.add_address(w, form.address())
            remember(w, url_for(f"marketplace.{target}"))
    except Invalid as fault:
        if not form.blame(fault):
            raise
        return _addresses(form, fault.status)
    return back_to(target, _("地址已保存。"))


@pages.get("/addresses/<uuid:address_id>")
@needs(*BUYERS)
def address(address_id: uuid.UUID) -> ResponseReturnValue:
    with reading() as session:
        found = queries.own_address(session, someone(), address_id)
        place = place_of(session, found)
    form = AddressForm(
        recipient=found.recipient,
        mobile=found.mobile,
        county=place,
        street=found.street,
        is_default=found.is_default,
    )
    return _address(address_id, form)


@pages.post("/addresses/<uuid:address_id>")
@needs(*BUYERS)
@once
def change_address(address_id: uuid.UUID) -> ResponseReturnValue:
    form = AddressForm()
    if not form.validate():
        return _address(address_id, form, 422)
    try:
        with work() as w:
            service.change_address(w, address_id, form.address())
            remember(w, url_for("marketplace.orders.addresses"))
    except Invalid as fault:
        if not form.blame(fault):
            raise
        return _address(address_id, form, fault.status)
    return back_to("orders.addresses", _("地址已改。"))


@pages.post("/addresses/<uuid:address_id>/default")
@needs(*BUYERS)
def make_default(address_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        service.make_default(w, address_id)
    return back_to("orders.addresses", _("已设为常用地址。"))


@pages.post("/addresses/<uuid:address_id>/remove")
@needs(*BUYERS)
def remove_address(address_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        service.remove_address(w, address_id)
    return back_to("orders.addresses", _("地址已删除。"))


def _address(address_id: uuid.UUID, form: AddressForm, status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        queries.own_address(session, someone(), address_id)
    url = url_for("marketplace.orders.change_address", address_id=address_id)
    return page(
        "orders/address.html", status, form=form, url=url, address_days=settings().address_days
    )


def _addresses(form: AddressForm, status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        own = queries.addresses(session, someone())
        shown = [(one, place_of(session, one)) for one in own]
    url = url_for("marketplace.orders.add_address", next=request.args.get("next"))
    return page(
        "orders/addresses.html",
        status,
        form=form,
        url=url,
        addresses=shown,
        address_days=settings().address_days,
    )
