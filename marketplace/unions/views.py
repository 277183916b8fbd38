"""Pages of a union: who belongs to it, and what its budgets have left."""

from __future__ import annotations

import uuid

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from marketplace.kernel.actor import Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.kernel.machine import Step
from marketplace.unions import queries, rules, service
from marketplace.unions.forms import FoundForm, GrantForm, NoteForm
from marketplace.unions.queries import MatchRow
from marketplace.unions.states import MATCH, MatchState
from marketplace.web import (
    back_to,
    checked,
    needs,
    now,
    once,
    page,
    reading,
    remember,
    someone,
    work,
)
from marketplace.web.labels import error_words, state_label
from marketplace.web.words import _

pages = Blueprint("unions", __name__, url_prefix="/unions")

OFFICERS = (Role.UNION_BUYER, Role.UNION_APPROVER, Role.UNION_TREASURER)


@pages.get("")
@needs(*OFFICERS, Role.AUDITOR)
def index() -> ResponseReturnValue:
    with reading() as session:
        unions = queries.own_unions(session, someone())
        ids = [union.id for union in unions]
        return page(
            "unions/index.html",
            unions=unions,
            budgets=queries.budgets(session, ids),
            counts=queries.member_counts(session, ids),
        )


@pages.get("/found")
@needs(Role.MANAGER)
def founding() -> ResponseReturnValue:
    return _founding(FoundForm())


@pages.post("/found")
@needs(Role.MANAGER)
@once
def found() -> ResponseReturnValue:
    form = _offering(FoundForm())
    if not form.validate():
        return _founding(form, 422)
    told = (uuid.UUID(form.organisation.data), form.name.data, form.credit_code.data)
    try:
        with work() as w:
            service.found_union(w, *told)
            remember(w, url_for("marketplace.unions.founding"))
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return _founding(form, fault.status)
    return back_to("unions.founding", _("采购单位已登记，可以给它的人员分配采购、审批和财务。"))


@pages.get("/<uuid:union_id>")
@needs(*OFFICERS, Role.AUDITOR)
def show(union_id: uuid.UUID) -> ResponseReturnValue:
    return _union(union_id, GrantForm(year=str(local_day(now()).year)))


@pages.post("/<uuid:union_id>/budgets")
@needs(Role.UNION_TREASURER)
@once
def grant(union_id: uuid.UUID) -> ResponseReturnValue:
    form = GrantForm()
    if not form.validate():
        return _union(union_id, form, 422)
    given = form.grant()
    try:
        with work() as w:
            made = service.grant_budget(
                w, union_id,
                name=given.name, year=given.year, source=given.source,
                amount=given.amount, document=given.document,
            )  # fmt: skip
            if given.payer:
                service.name_payer(w, made.id, given.payer)
            remember(w, url_for("marketplace.unions.show", union_id=union_id))
    except Invalid as fault:
        if not form.blame(fault):
            raise
        return _union(union_id, form, fault.status)
    return back_to("unions.show", _("经费已登记。"), union_id=union_id)


@pages.post("/<uuid:union_id>/members/<uuid:member_id>/accounts/<uuid:person_id>/<verb>")
@needs(*OFFICERS)
def decide(
    union_id: uuid.UUID, member_id: uuid.UUID, person_id: uuid.UUID, verb: str
) -> ResponseReturnValue:
    """One address per verb of the state table: whose account it is."""
    checked()
    found, form = service.Match(member_id, person_id), NoteForm()
    try:
        with work() as w:
            match verb:
                case "confirm":
                    service.confirm_account(w, union_id, found)
                case "refuse":
                    service.refuse_account(w, union_id, found, form.note.data or "")
                case _:
                    raise Missing
    except Invalid as fault:
        return _union(union_id, GrantForm(), fault.status, refusal=error_words(fault))
    return back_to("unions.show", _("已记下。"), union_id=union_id)


def _founding(form: FoundForm, status: int = 200) -> ResponseReturnValue:
    return page("unions/found.html", status, form=_offering(form))


def _offering(form: FoundForm) -> FoundForm:
    """Organisations whose books are not open."""
    with reading() as session:
        places = queries.without_books(session)
    return form.offering([(str(one.id), f"{one.name} · {state_label(one.kind)}") for one in places])


def _verbs_of(row: MatchRow) -> tuple[Step[MatchState], ...]:
    """None about an account of one's own."""
    actor = someone()
    if actor.person_id == str(row.person.id):
        return ()
    return MATCH.open_verbs(row.state, queries.roles_in(actor, row.union.organisation_id))


def _decide_url(row: MatchRow, verb: str) -> str:
    return url_for(
        "marketplace.unions.decide",
        union_id=row.union.id, member_id=row.member.id, person_id=row.person.id, verb=verb,
    )  # fmt: skip


def _union(
    union_id: uuid.UUID,
    form: GrantForm,
    status: int = 200,
    *,
    refusal: tuple[str, str] | None = None,
) -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        union = queries.union(session, actor, union_id)
        roles = queries.roles_in(actor, union.organisation_id)
        is_officer = bool(roles & queries.OFFICERS)
        form = form.offering(rules.sources(is_union=union.is_union))
        found = queries.matches(session, union.id, now()) if is_officer else ()
        return page(
            "unions/show.html",
            status,
            union=union,
            budgets=queries.budgets(session, [union.id]),
            members=queries.members(session, union.id) if is_officer else (),
            matches={row.member.id: row for row in found},
            verbs_of=_verbs_of,
            decide_url=_decide_url,
            refusal=refusal,
            count=queries.member_counts(session, [union.id]).get(union.id, 0),
            is_officer=is_officer,
            can_grant=Role.UNION_TREASURER in roles,
            form=form,
        )
