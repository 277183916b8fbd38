"""Organisations and people from sheets: looked at first, then done whole or not at all."""

from __future__ import annotations

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect

from catalog_import import template_csv
from marketplace.accounts import queries, service
from marketplace.accounts.forms import ApplyForm, RosterForm
from marketplace.accounts.service import Plan
from marketplace.accounts.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.web import (
    back_to,
    checked,
    download,
    needs,
    once,
    page,
    reading,
    remark,
    remember,
    work,
)
from marketplace.web.labels import error_words
from marketplace.web.told import tell
from marketplace.web.words import _

MOST_TOLD = 200


@pages.get("")
@needs(Role.MANAGER)
def index() -> ResponseReturnValue:
    return _index(_form())


@pages.post("")
@needs(Role.MANAGER)
@once
def take() -> ResponseReturnValue:
    form = _form()
    if not form.validate():
        return _index(form, 422)
    try:
        with work() as w:
            roster, plan = service.propose_roster(w, form.sheets())
            if roster is not None:
                remember(w, url_for("marketplace.accounts.show", roster_id=roster.id))
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return _index(form, fault.status)
    if roster is None:
        return _index(form, 422, plan)
    return back_to("accounts.show", roster_id=roster.id)


@pages.get("/<uuid:roster_id>")
@needs(Role.MANAGER)
def show(roster_id: uuid.UUID) -> ResponseReturnValue:
    with reading() as session:
        roster = queries.roster(session, roster_id)
    if roster.decided_at is not None:
        return page("accounts/done.html", roster=roster)
    with work() as w:
        roster, plan = service.shown(w, roster_id)
        above = queries.organisation(w.session, roster.whole_of) if roster.whole_of else None
        whole_of = above.name if above else ""
    form = ApplyForm(digest=plan.digest, leaving=str(len(plan.missing)))
    return page(
        "accounts/roster.html",
        roster=roster,
        plan=plan,
        form=form,
        whole_of=whole_of,
        notices=tell(plan.notices, MOST_TOLD),
        problems=_problems(plan),
    )


@pages.post("/<uuid:roster_id>/apply")
@needs(Role.MANAGER)
def apply(roster_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    form = ApplyForm()
    try:
        with work() as w:
            service.apply_roster(w, roster_id, form.digest.data or "", leaving=form.agreed())
    except Refused as fault:
        if fault.code not in {"roster_changed", "leaving_not_confirmed"}:
            raise
        remark(" ".join(error_words(fault)), "warning")
        return redirect(url_for("marketplace.accounts.show", roster_id=roster_id), 303)
    return back_to("accounts.show", _("已办理。"), roster_id=roster_id)


@pages.post("/<uuid:roster_id>/drop")
@needs(Role.MANAGER)
def drop(roster_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        service.drop_roster(w, roster_id)
    return back_to("accounts.index", _("已作废，表格已删除。"))


@pages.get("/<name>.csv")
@needs(Role.MANAGER)
def sample(name: str) -> ResponseReturnValue:
    """An empty sheet with one example row."""
    if name == "organisations":
        return download(template_csv("organisation"), "单位.csv", "text/csv; charset=utf-8")
    if name == "people":
        return download(template_csv("employee"), "人员.csv", "text/csv; charset=utf-8")
    raise Missing(name=name)


def _form() -> RosterForm:
    form = RosterForm()
    with reading() as session:
        form.offer(queries.organisations(session))
    return form


def _index(form: RosterForm, status: int = 200, plan: Plan | None = None) -> ResponseReturnValue:
    with reading() as session:
        rosters = queries.rosters(session)
    return page(
        "accounts/index.html",
        status,
        form=form,
        rosters=rosters,
        plan=plan,
        problems=_problems(plan) if plan else [],
    )


def _problems(plan: Plan) -> list[tuple[str, list[object]]]:
    """(which sheet, its problems in words), sheets without problems left out."""
    both = (
        (_("单位表格"), plan.organisation_problems),
        (_("人员表格"), plan.people_problems),
    )
    return [(name, list(tell(found, MOST_TOLD))) for name, found in both if found]
