"""Declarations: what a supplier answers, and everything it ever answered."""

from __future__ import annotations

import uuid

from flask import request, url_for
from flask.typing import ResponseReturnValue

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Refused
from marketplace.suppliers import queries, rules, service
from marketplace.suppliers.states import ApplicationStep, DeclarationState
from marketplace.suppliers.views.applying import declaration_of, step_page, to_step
from marketplace.suppliers.views.blueprint import pages
from marketplace.suppliers.views.dossiers import READERS, desk_url
from marketplace.web import back_to, needs, page, reading, remark, someone, work
from marketplace.web.words import _

HERE = ApplicationStep.DECLARE


@pages.get("/<uuid:supplier_id>/declarations")
@needs(*READERS)
def declarations(supplier_id: uuid.UUID) -> ResponseReturnValue:
    """All of them, newest first, each beside the one before it."""
    actor = someone()
    with reading() as session:
        supplier = queries.visible(session, actor, supplier_id)
        found = queries.declared(session, supplier.id)
    roles = queries.roles_for(actor, supplier)
    may = Role.SUPPLIER_STAFF in roles and rules.is_open(HERE, supplier.state)
    return page(
        "suppliers/declarations.html",
        supplier=supplier,
        found=found,
        declare_url=_step_url(supplier_id) if may else None,
        desk_url=lambda one: desk_url("declaration", roles, declaration_id=one.id),
    )


@pages.post("/<uuid:supplier_id>/declarations/<name>")
@needs(Role.SUPPLIER_STAFF)
def declare(supplier_id: uuid.UUID, name: str) -> ResponseReturnValue:
    form = declaration_of(supplier_id, name)
    if not form.validate():
        return step_page(supplier_id, HERE, form, 422)
    try:
        with work() as w:
            made = service.declare(w, supplier_id, form.said())
            supplier = queries.visible(w.session, w.actor, supplier_id)
            is_let_in = rules.is_let_in(supplier.state)
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return step_page(supplier_id, HERE, form, fault.status)
    if made.state is DeclarationState.REFUSED:
        remark(_("已记录。这样回答不能供货；情况改变后可以重新声明。"), "warning")
        return back_to("suppliers.declarations", supplier_id=supplier_id)
    told = {
        DeclarationState.PASSED: _("已声明，马上生效。"),
        DeclarationState.PENDING: _("已提交，有回答要由审核人员判断。"),
    }[made.state]
    if request.form.get("then") == "later" or is_let_in:
        return back_to("suppliers.show", told, supplier_id=supplier_id)
    return to_step(supplier_id, rules.after(supplier.kind, HERE), told)


def _step_url(supplier_id: uuid.UUID) -> str:
    return url_for("marketplace.suppliers.step", supplier_id=supplier_id, step=HERE.value)
