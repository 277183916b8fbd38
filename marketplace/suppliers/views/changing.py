"""A change of who a supplier is: proposed by an owner, decided by a reviewer, old beside new."""

from __future__ import annotations

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.regions import queries as regions
from marketplace.suppliers import queries, rules, service
from marketplace.suppliers.forms import ChangeForm, NoteForm, said_of
from marketplace.suppliers.forms.fields import text_of
from marketplace.suppliers.states import CHANGE, EntityChangeState
from marketplace.suppliers.views.blueprint import pages
from marketplace.suppliers.views.dossiers import READERS
from marketplace.web import back_to, needs, once, page, reading, remember, someone, work
from marketplace.web.words import _


@pages.get("/<uuid:supplier_id>/changes")
@needs(*READERS)
def changes(supplier_id: uuid.UUID) -> ResponseReturnValue:
    return _page(supplier_id)


@pages.post("/<uuid:supplier_id>/changes")
@needs(Role.SUPPLIER_OWNER)
@once
def propose_change(supplier_id: uuid.UUID) -> ResponseReturnValue:
    form = ChangeForm()
    if not form.validate():
        return _page(supplier_id, form, 422)
    try:
        with work() as w:
            service.propose_change(w, supplier_id, form.said(), text_of(form.reason))
            remember(w, url_for("marketplace.suppliers.changes", supplier_id=supplier_id))
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return _page(supplier_id, form, fault.status)
    said = _("已提交，审核通过前仍按原来的登记。")
    return back_to("suppliers.changes", said, supplier_id=supplier_id)


@pages.post("/changes/<uuid:change_id>/<verb>")
@needs(Role.SUPPLIER_OWNER, Role.REVIEWER)
def decide_change(change_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    if verb not in CHANGE.steps:
        raise Missing
    note = NoteForm().reason()
    with work() as w:
        found = service.use_change(w, change_id, verb, note)
    return back_to("suppliers.changes", _("已办理。"), supplier_id=found.supplier_id)


def _page(
    supplier_id: uuid.UUID, form: ChangeForm | None = None, status: int = 200
) -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        supplier = queries.visible(session, actor, supplier_id)
        found = queries.changes(session, supplier.id)
        codes = {code for one in found for code in (one.before["county_code"], one.county_code)}
        counties = {code: regions.label_of(session, code) for code in codes}
    roles = queries.roles_for(actor, supplier)
    waits = any(one.state is EntityChangeState.PROPOSED for one in found)
    may_propose = Role.SUPPLIER_OWNER in roles and rules.is_let_in(supplier.state) and not waits
    return page(
        "suppliers/changes.html",
        status,
        supplier=supplier,
        changes=[(one, queries.differences(one)) for one in found],
        counties=counties,
        form=(form or ChangeForm(**said_of(supplier))) if may_propose else None,
        verbs_of=lambda one: CHANGE.open_verbs(
            one.state, roles - {Role.REVIEWER} if one.proposed_by == actor.person_id else roles
        ),
        verb_url=lambda one: (
            lambda verb: url_for("marketplace.suppliers.decide_change", change_id=one.id, verb=verb)
        ),
    )
