"""The people who act for a supplier: owners invite them, raise them, and let them go."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as people
from marketplace.accounts import service as accounts
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.ports.identity import TakesInvitations
from marketplace.suppliers import queries
from marketplace.suppliers.forms import ColleagueForm
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.views.blueprint import pages
from marketplace.suppliers.views.dossiers import READERS
from marketplace.web import (
    back_to,
    checked,
    identity,
    needs,
    now,
    once,
    page,
    reading,
    remember,
    someone,
    work,
)
from marketplace.web.door import runtime
from marketplace.web.words import _

VERBS = {
    "raise": accounts.make_owner,
    "lower": accounts.unmake_owner,
    "dismiss": accounts.dismiss,
}


@pages.get("/<uuid:supplier_id>/team")
@needs(*READERS)
def team(supplier_id: uuid.UUID) -> ResponseReturnValue:
    return _page(supplier_id, ColleagueForm(None))


@pages.post("/<uuid:supplier_id>/team")
@needs(Role.SUPPLIER_OWNER)
@once
def invite(supplier_id: uuid.UUID) -> ResponseReturnValue:
    """Where no message reaches a phone, the answer shows the code once, to be passed on."""
    keeper = identity()
    if not isinstance(keeper, TakesInvitations):
        raise Missing
    form = ColleagueForm()
    if not form.validate():
        return _page(supplier_id, form, 422)
    mobile, role = form.invited()
    sends = runtime().tools.config.sends_sms
    name = _own(supplier_id).legal_name
    try:
        with work() as w:
            office = queries.own_one(w.session, w.actor, supplier_id).organisation_id
            text = _message(name, keeper) if sends else None
            code = accounts.invite_colleague(w, office, role, mobile, text=text)
            remember(w, url_for("marketplace.suppliers.team", supplier_id=supplier_id))
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return _page(supplier_id, form, fault.status)
    if sends:
        said = _("邀请已用短信发出，7 天内有效。")
        return back_to("suppliers.team", said, supplier_id=supplier_id)
    return _page(supplier_id, ColleagueForm(None), url=keeper.invitation_url(code), code=code)


@pages.post("/<uuid:supplier_id>/team/<uuid:person_id>/<verb>")
@needs(Role.SUPPLIER_OWNER)
def change_colleague(
    supplier_id: uuid.UUID, person_id: uuid.UUID, verb: str
) -> ResponseReturnValue:
    checked()
    if verb not in VERBS:
        raise Missing
    with work() as w:
        office = queries.own_one(w.session, w.actor, supplier_id).organisation_id
        VERBS[verb](w, office, person_id)
    if str(person_id) == someone().person_id and verb == "dismiss":
        return back_to("zone.home", _("您已不再代表这家供应商。"))
    return back_to("suppliers.team", _("已办理，对方下一次操作时生效。"), supplier_id=supplier_id)


@pages.post("/<uuid:supplier_id>/team/invitations/<uuid:batch_id>/withdraw")
@needs(Role.SUPPLIER_OWNER)
def withdraw_invitation(supplier_id: uuid.UUID, batch_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        office = queries.own_one(w.session, w.actor, supplier_id).organisation_id
        accounts.withdraw_colleague(w, office, batch_id)
    return back_to("suppliers.team", _("邀请已作废。"), supplier_id=supplier_id)


def _own(supplier_id: uuid.UUID) -> Supplier:
    with reading() as session:
        return queries.own_one(session, someone(), supplier_id)


def _message(name: str, keeper: TakesInvitations) -> Callable[[str], str]:
    def text(code: str) -> str:
        said = _("【直通车】%(name)s邀请您办理供货事务，7 天内用本手机号注册：%(url)s")
        return said % {"name": name, "url": keeper.invitation_url(code)}

    return text


def _page(
    supplier_id: uuid.UUID, form: ColleagueForm, status: int = 200, *, url: str = "", code: str = ""
) -> ResponseReturnValue:
    actor, at = someone(), now()
    with reading() as session:
        supplier = queries.visible(session, actor, supplier_id)
        members = people.team(session, supplier.organisation_id, at)
        invited = people.invited(session, supplier.organisation_id, at)
    keeps_people = isinstance(identity(), TakesInvitations)
    is_owner = Role.SUPPLIER_OWNER in queries.roles_for(actor, supplier)
    return page(
        "suppliers/team.html",
        status,
        supplier=supplier,
        members=members,
        invited=invited,
        keeps_people=keeps_people,
        may_change=is_owner and keeps_people,
        me=actor.person_id,
        form=form,
        url=url,
        code=code,
    )
