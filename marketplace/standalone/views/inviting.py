"""Printing invitations, for the operator's manager."""

from __future__ import annotations

import uuid

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries, rules, service
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, MarketplaceError, Refused
from marketplace.standalone.forms import InviteForm
from marketplace.standalone.views.blueprint import pages
from marketplace.standalone.views.entering import door_page
from marketplace.web import checked, needs, now, once, page, reading, remember, work
from marketplace.web.answers import remark
from marketplace.web.forms import options
from marketplace.web.labels import state_label
from marketplace.web.words import _

GIVEN = tuple(role for role in Role if role not in {Role.SYSTEM, Role.MANAGER})


@pages.get("/invitations")
@needs(Role.MANAGER)
def invitations() -> ResponseReturnValue:
    return _page(_form())


@pages.post("/invitations")
@needs(Role.MANAGER)
@once
def invite() -> ResponseReturnValue:
    """The answer is the sheet to print: the codes are shown once and kept nowhere. The same form
    again leads to the list, where a batch that nobody saw can be withdrawn."""
    form = _form()
    if not form.validate():
        return _page(form)
    place_id, role = uuid.UUID(form.organisation.data), Role(form.role.data)
    try:
        with work() as w:
            batch, codes = service.invite(
                w, place_id, role, pieces=form.pieces.data or 0, days=form.days.data or 0
            )
            place = queries.organisation(w.session, place_id).name
            remember(w, url_for("accounts.invitations"))
    except (Refused, Invalid) as fault:
        return _page(form, fault)
    return page("standalone/invitation_sheet.html", batch=batch, codes=codes, organisation=place)


@pages.post("/invitations/<uuid:batch_id>/withdraw")
@needs(Role.MANAGER)
def withdraw(batch_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        service.withdraw_invitations(w, batch_id)
    remark(_("没用过的邀请码已经作废。"))
    return redirect(url_for("accounts.invitations"), code=303)


def _form() -> InviteForm:
    form = InviteForm()
    with reading() as found:
        places = queries.places_to_invite(found)
    form.organisation.choices = options((str(id_), name) for id_, name, _kind in places)
    form.role.choices = options((role.value, state_label(role)) for role in GIVEN)
    return form


def _page(form: InviteForm, fault: MarketplaceError | None = None) -> ResponseReturnValue:
    with reading() as found:
        rows = queries.batches(found)
    return door_page("invitations.html", form, fault, rows=rows, at=now(), most=rules.MOST_OF_BATCH)
