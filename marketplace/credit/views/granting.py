"""A member's own credit; grants with their report for the union's officers and the auditor."""

from __future__ import annotations

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from catalog_import import Cell, write_csv
from marketplace.credit import queries, service
from marketplace.credit.forms import GrantForm, NoteForm
from marketplace.credit.states import GRANT
from marketplace.credit.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.unions import queries as unions
from marketplace.web import (
    back_to,
    checked,
    download,
    needs,
    now,
    once,
    options,
    page,
    reading,
    remember,
    settings,
    signed_in,
    someone,
    work,
)
from marketplace.web.labels import error_words
from marketplace.web.words import _

OFFICERS = (Role.UNION_BUYER, Role.UNION_APPROVER, Role.UNION_TREASURER)
CSV = "text/csv; charset=utf-8"


@pages.get("")
@signed_in
def mine() -> ResponseReturnValue:
    with reading() as session:
        return page(
            "credit/mine.html",
            rows=queries.own_shares(session, someone()),
            lists=unions.own_matches(session, someone().person_id, now()),
            now=now(),
        )


@pages.get("/grants")
@needs(*OFFICERS, Role.AUDITOR)
def index() -> ResponseReturnValue:
    return _index(GrantForm())


@pages.post("/grants")
@needs(Role.UNION_BUYER)
@once
def propose() -> ResponseReturnValue:
    form = GrantForm()
    with reading() as session:
        _offer_budgets(form, session)
    if not form.validate():
        return _index(form, 422)
    try:
        with work() as w:
            made = service.propose(w, form.grant())
            remember(w, url_for("marketplace.credit.show", grant_id=made.id))
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return _index(form, fault.status)
    return back_to("credit.show", _("已提交，请另一位同事审批。"), grant_id=made.id)


@pages.get("/grants/<uuid:grant_id>")
@needs(*OFFICERS, Role.AUDITOR, Role.MANAGER)
def show(grant_id: uuid.UUID) -> ResponseReturnValue:
    return _grant(grant_id)


@pages.post("/grants/<uuid:grant_id>/<verb>")
@needs(Role.UNION_BUYER, Role.UNION_APPROVER)
def decide(grant_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    """One address per verb of the state table."""
    checked()
    form = NoteForm()
    try:
        with work() as w:
            match verb:
                case "approve":
                    service.approve(w, grant_id, form.seen.data or None)
                case "refuse":
                    service.refuse(w, grant_id, form.text())
                case "withdraw":
                    service.withdraw(w, grant_id)
                case _:
                    raise Missing
    except Invalid as fault:
        return _grant(grant_id, fault.status, refusal=error_words(fault))
    return back_to("credit.show", _("已办理。"), grant_id=grant_id)


@pages.get("/grants/<uuid:grant_id>/report.csv")
@needs(*OFFICERS, Role.AUDITOR)
def report(grant_id: uuid.UUID) -> ResponseReturnValue:
    """To be taken along; that somebody took it stands in the trail."""
    with work() as w:
        view = service.export_report(w, grant_id)
    headings = [
        _("姓名"), _("额度（元）"), _("可用（元）"), _("占用（元）"), _("已使用（元）"),
        _("已退回工会（元）"),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            row.share.name, row.share.amount.decimal, row.available.decimal, row.held.decimal,
            row.spent.decimal, row.sent_back.decimal,
        )
        for row in view.rows
    ]  # fmt: skip
    return download(write_csv(headings, rows), f"{_('福利额度')}-{view.grant.name}.csv", CSV)


def _index(form: GrantForm, status: int = 200) -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        _offer_budgets(form, session)
        found = queries.grants(session, actor)
        left_out = [
            queries.left_out(session, union, now())
            for union in unions.own_unions(session, actor)
            if Role.UNION_BUYER in unions.roles_in(actor, union.organisation_id)
        ]
    return page(
        "credit/index.html",
        status,
        form=form,
        grants=found,
        left_out=left_out,
        can_propose=bool(form.budget.choices),
    )


def _offer_budgets(form: GrantForm, session: Session) -> None:
    """Those of the unions in which the actor buys."""
    actor = someone()
    own = [
        union
        for union in unions.own_unions(session, actor)
        if Role.UNION_BUYER in unions.roles_in(actor, union.organisation_id)
    ]
    names = {union.id: union.name for union in own}
    form.budget.choices = options(
        (str(row.budget.id), f"{names[row.budget.union_id]} · {row.budget.name} {row.budget.year}")
        for row in unions.budgets(session, list(names))
    )


def _grant(
    grant_id: uuid.UUID, status: int = 200, *, refusal: tuple[str, str] | None = None
) -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        view = queries.grant(session, actor, grant_id)
        roles = queries.officer_roles(actor, view.grant)
    return page(
        "credit/show.html",
        status,
        view=view,
        grant=view.grant,
        verbs_open=GRANT.open_verbs(view.grant.state, roles),
        decide_url=lambda verb: url_for("marketplace.credit.decide", grant_id=grant_id, verb=verb),
        may_export=bool(roles),
        account=settings().collection_account,
        refusal=refusal,
    )
