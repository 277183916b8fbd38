"""Waivers: what a supplier need not show, why, and who said so."""

from __future__ import annotations

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.suppliers import queries, rules, service
from marketplace.suppliers.forms import NoteForm, WaiverForm
from marketplace.suppliers.states import WAIVER
from marketplace.suppliers.views.blueprint import pages
from marketplace.suppliers.views.dossiers import READERS
from marketplace.web import back_to, needs, once, page, reading, remember, someone, work
from marketplace.web.words import _


@pages.get("/<uuid:supplier_id>/waivers")
@needs(*READERS)
def waivers(supplier_id: uuid.UUID) -> ResponseReturnValue:
    return _page(supplier_id)


@pages.post("/<uuid:supplier_id>/waivers")
@needs(Role.REVIEWER)
@once
def propose_waiver(supplier_id: uuid.UUID) -> ResponseReturnValue:
    form = WaiverForm()
    if not form.validate():
        return _page(supplier_id, form, 422)
    try:
        with work() as w:
            service.propose_waiver(w, supplier_id, form.wanted())
            remember(w, url_for("marketplace.suppliers.waivers", supplier_id=supplier_id))
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return _page(supplier_id, form, fault.status)
    said = _("已提出，由另一位审核人员复核后生效。")
    return back_to("suppliers.waivers", said, supplier_id=supplier_id)


@pages.post("/waivers/<uuid:waiver_id>/<verb>")
@needs(Role.REVIEWER)
def decide_waiver(waiver_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    if verb not in WAIVER.steps:
        raise Missing
    note = NoteForm().reason()
    with work() as w:
        found = service.use_waiver(w, waiver_id, verb, note)
    return back_to("suppliers.waivers", _("已办理。"), supplier_id=found.supplier_id)


def _page(
    supplier_id: uuid.UUID, form: WaiverForm | None = None, status: int = 200
) -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        supplier = queries.visible(session, actor, supplier_id)
        found = queries.waivers(session, supplier.id)
    roles = queries.roles_for(actor, supplier)
    may_propose = Role.REVIEWER in roles and rules.is_let_in(supplier.state)
    own = [one for one in found if one.proposed_by == actor.person_id]
    return page(
        "suppliers/waivers.html",
        status,
        supplier=supplier,
        waivers=found,
        form=(form or WaiverForm()) if may_propose else None,
        verbs_of=lambda one: [
            step
            for step in WAIVER.open_verbs(one.state, roles)
            if step.verb != "confirm" or one not in own
        ],
        verb_url=lambda one: (
            lambda verb: url_for("marketplace.suppliers.decide_waiver", waiver_id=one.id, verb=verb)
        ),
    )
