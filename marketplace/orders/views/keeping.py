"""The address book: keep, correct, remove, choose the usual one."""

from __future__ import annotations

import uuid
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid
from marketplace.orders import queries, service
from marketplace.orders.forms import AddressForm
from marketplace.orders.views.blueprint import pages
from marketplace.orders.views.showing import place_of
from marketplace.regions import queries as regions
from marketplace.web import (
    back_to,
    checked,
    looking,
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

STEP = "further"  # the button that asks for the next choice
BUYERS = (Role.EMPLOYEE, Role.UNION_BUYER)


@pages.get("/addresses")
@needs(*BUYERS)
def addresses() -> ResponseReturnValue:
    form = AddressForm()
    _places(form)
    return _addresses(form)


@pages.post("/addresses")
@needs(*BUYERS)
@once
def add_address() -> ResponseReturnValue:
    form = AddressForm()
    _places(form)
    if STEP in request.form:
        checked()
        return _addresses(form)
    if not form.validate():
        return _addresses(form, 422)
    try:
        with work() as w:
            made = service.add_address(w, form.address())
            target, at = _back(made.id)
            remember(w, url_for(f"marketplace.{target}", **at))
    except Invalid as fault:
        if not form.blame(fault):
            raise
        return _addresses(form, fault.status)
    return back_to(target, _("地址已保存。"), **at)


@pages.get("/addresses/<uuid:address_id>")
@needs(*BUYERS)
def address(address_id: uuid.UUID) -> ResponseReturnValue:
    with reading() as session:
        found = queries.own_address(session, someone(), address_id)
    form = AddressForm(
        recipient=found.recipient,
        mobile=found.mobile,
        county=found.county_code,
        street=found.street,
        is_default=found.is_default,
    )
    _places(form)
    return _address(address_id, form)


@pages.post("/addresses/<uuid:address_id>")
@needs(*BUYERS)
@once
def change_address(address_id: uuid.UUID) -> ResponseReturnValue:
    form = AddressForm()
    _places(form)
    if STEP in request.form:
        checked()
        return _address(address_id, form)
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


def _back(address_id: uuid.UUID) -> tuple[str, dict[str, Any]]:
    """To the checkout that asked for the address, where it is chosen, else to the book."""
    if request.args.get("next") == "checkout":
        return "orders.checkout", {"address": address_id}
    return "orders.addresses", {}


def _places(form: AddressForm) -> None:
    """The three steps of a place, each among what the one before leaves; a code, or a name that
    only one place bears, is enough by itself."""
    with looking() as session:
        if not form.province.data:
            _by_name(session, form, form.county.data or "")
        provinces = regions.provinces(session)
        code = ""
        for step in ("province", "city", "county"):
            offered = regions.parts(session, code) if code else provinces
            if not form.offer(step, [(one.code, one.name) for one in offered]):
                break
            code = form[step].data
        rest = regions.parts(session, code) if code else provinces
        form.chosen = "" if rest else code


def _by_name(session: Session, form: AddressForm, text: str) -> None:
    found = regions.find_county(session, text)
    if len(found) != 1:
        return
    (place,) = found
    form.province.data = f"{place.code[:2]}0000"
    above = [one for one in regions.parts(session, form.province.data)
             if place.code == one.code or place.prefecture == one.name]  # fmt: skip
    form.city.data = above[0].code if above else ""
    form.county.data = place.code


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
