"""What a supplier says of itself."""

from __future__ import annotations

import uuid

from flask.typing import ResponseReturnValue

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Refused
from marketplace.suppliers import queries, service
from marketplace.suppliers.forms import ApplicationForm, said_of
from marketplace.suppliers.views.blueprint import pages
from marketplace.web import back_to, needs, page, reading, someone, work
from marketplace.web.words import _


@pages.get("/register")
@needs(Role.SUPPLIER_STAFF)
def register() -> ResponseReturnValue:
    return page("suppliers/register.html", form=ApplicationForm(), supplier=None)


@pages.post("/register")
@needs(Role.SUPPLIER_STAFF)
def register_now() -> ResponseReturnValue:
    form = ApplicationForm()
    if not form.validate():
        return page("suppliers/register.html", 422, form=form, supplier=None)
    organisation = min(someone().organisations(Role.SUPPLIER_STAFF))
    try:
        with work() as w:
            supplier = service.register(w, organisation, form.application())
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return page("suppliers/register.html", fault.status, form=form, supplier=None)
    return back_to("suppliers.show", _("已保存，下一步上传证照。"), supplier_id=supplier.id)


@pages.get("/<uuid:supplier_id>/edit")
@needs(Role.SUPPLIER_STAFF)
def edit(supplier_id: uuid.UUID) -> ResponseReturnValue:
    with reading() as session:
        supplier = queries.visible(session, someone(), supplier_id)
    form = ApplicationForm(**said_of(supplier))
    return page("suppliers/register.html", form=form, supplier=supplier)


@pages.post("/<uuid:supplier_id>/edit")
@needs(Role.SUPPLIER_STAFF)
def revise(supplier_id: uuid.UUID) -> ResponseReturnValue:
    form = ApplicationForm()
    with reading() as session:
        supplier = queries.visible(session, someone(), supplier_id)
    if not form.validate():
        return page("suppliers/register.html", 422, form=form, supplier=supplier)
    try:
        with work() as w:
            service.revise(w, supplier_id, form.application())
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return page("suppliers/register.html", fault.status, form=form, supplier=supplier)
    return back_to("suppliers.show", _("已保存。"), supplier_id=supplier_id)
