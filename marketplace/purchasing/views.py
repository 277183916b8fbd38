"""Pages of bulk buying: plans, their goods and people, and the verbs of their state table."""

from __future__ import annotations

import re
import uuid

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from catalog_import import Cell, Problem, template_csv, write_csv
from catalog_import.templates import plain_workbook
from marketplace.catalog import queries as catalog
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.ports.search import Question
from marketplace.purchasing import queries, rules, service
from marketplace.purchasing.forms import AFTER, BEFORE, NoteForm, PeopleForm, PieceForm, PlanForm
from marketplace.purchasing.states import PLAN, PlanState
from marketplace.unions.queries import BudgetRow
from marketplace.web import (
    back_to,
    checked,
    download,
    needs,
    now,
    once,
    page,
    page_number,
    paged,
    reading,
    remember,
    search_index,
    settings,
    someone,
    work,
)
from marketplace.web.labels import error_words, state_label
from marketplace.web.words import _, words

pages = Blueprint("purchasing", __name__, url_prefix="/plans")

OFFICERS = (Role.UNION_BUYER, Role.UNION_APPROVER, Role.UNION_TREASURER)
MOST_FOUND = 24
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("")
@needs(*OFFICERS, Role.AUDITOR)
def index() -> ResponseReturnValue:
    actor = someone()
    wanted = request.args.get("state", "")
    state = PlanState(wanted) if wanted in set(PlanState) else None
    with reading() as session:
        plans = paged(session, queries.own_plans(actor, state), page_number())
        return page(
            "purchasing/index.html",
            plans=plans,
            state=state,
            counts=queries.counts(session, actor),
            headcounts=queries.headcounts(session, [plan.id for plan in plans.items]),
            can_draft=Role.UNION_BUYER in actor.roles,
            treasuries=queries.treasuries(session, actor),
            year=local_day(now()).year,
        )


@pages.get("/new")
@needs(Role.UNION_BUYER)
def new() -> ResponseReturnValue:
    return _frame(PlanForm())


@pages.post("/new")
@needs(Role.UNION_BUYER)
@once
def draft() -> ResponseReturnValue:
    form = _offering(PlanForm())
    if not form.validate():
        return _frame(form, 422)
    try:
        with work() as w:
            plan = service.draft(w, form.new_plan())
            remember(w, url_for("marketplace.purchasing.show", plan_id=plan.id))
    except Invalid as fault:
        if not form.blame(fault):
            raise
        return _frame(form, fault.status)
    return back_to("purchasing.show", _("方案已保存，下一步选商品。"), plan_id=plan.id)


@pages.get("/people.csv")
@needs(Role.UNION_BUYER)
def people_template() -> ResponseReturnValue:
    return download(template_csv("person"), _("名单模板.csv"), "text/csv; charset=utf-8")


@pages.get("/<uuid:plan_id>")
@needs(*OFFICERS, Role.AUDITOR)
def show(plan_id: uuid.UUID) -> ResponseReturnValue:
    return _plan(plan_id)


@pages.get("/<uuid:plan_id>/edit")
@needs(Role.UNION_BUYER)
def edit(plan_id: uuid.UUID) -> ResponseReturnValue:
    with reading() as session:
        plan = queries.own_plan(session, someone(), plan_id)
        form = PlanForm(
            title=plan.title,
            budget_id=str(plan.budget_id),
            per_person=plan.per_person.yuan,
            minutes=plan.minutes,
            pays=AFTER if plan.on_account else BEFORE,
            address_id=str(plan.address_id),
        )
    return _frame(form, plan_id=plan_id)


@pages.post("/<uuid:plan_id>/edit")
@needs(Role.UNION_BUYER)
def revise(plan_id: uuid.UUID) -> ResponseReturnValue:
    with reading() as session:
        queries.own_plan(session, someone(), plan_id)  # before a word is said about the form
    form = _offering(PlanForm())
    if not form.validate():
        return _frame(form, 422, plan_id=plan_id)
    try:
        with work() as w:
            service.revise(w, plan_id, form.new_plan())
    except Invalid as fault:
        if not form.blame(fault):
            raise
        return _frame(form, fault.status, plan_id=plan_id)
    return back_to("purchasing.show", _("已保存。"), plan_id=plan_id)


@pages.post("/<uuid:plan_id>/lines")
@needs(Role.UNION_BUYER)
def put_line(plan_id: uuid.UUID) -> ResponseReturnValue:
    form = PieceForm()
    if not form.validate():
        return _plan(plan_id, 422, pieces=form)
    with work() as w:
        service.put_line(w, plan_id, *form.wanted())
    return back_to(
        "purchasing.show", _("已放入方案。"), plan_id=plan_id, find=request.args.get("find")
    )


@pages.post("/<uuid:plan_id>/lines/<uuid:listing_id>/remove")
@needs(Role.UNION_BUYER)
def remove_line(plan_id: uuid.UUID, listing_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        service.remove_line(w, plan_id, listing_id)
    return back_to("purchasing.show", _("已移出方案。"), plan_id=plan_id)


@pages.post("/<uuid:plan_id>/people")
@needs(Role.UNION_BUYER)
def set_people(plan_id: uuid.UUID) -> ResponseReturnValue:
    form = PeopleForm()
    if not form.validate():
        return _plan(plan_id, 422, people=form)
    try:
        with work() as w:
            taken = service.set_recipients(w, plan_id, form.sheet())
    except service.PeopleRefused as fault:
        return _plan(plan_id, fault.status, people=form, problems=fault.problems)
    said = _("名单已换成这 %(n)s 人。", n=taken.count)
    if taken.encoding_to_confirm:
        said = " ".join([said, _("文件按 GB18030 读取，请核对姓名是否正确。")])
    return back_to("purchasing.show", said, plan_id=plan_id)


@pages.get("/values/<uuid:union_id>/<any(csv, xlsx):kind>")
@needs(Role.UNION_TREASURER)
def values(union_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    """For the payroll; who took it out is written down, because it names people."""
    told = request.args.get("year", "")
    year = int(told) if re.fullmatch(r"20[0-9]{2}", told, re.ASCII) else local_day(now()).year
    with work() as w:
        found = service.export_values(w, union_id, year)
        rows = [_value_cells(one) for one in found]
    say = words()
    headings = [say(one) for one in rules.VALUE_HEADINGS]
    if kind == "csv":
        return download(write_csv(headings, rows), f"value-{year}.csv", CSV)
    return download(plain_workbook(say("每人金额"), headings, rows), f"value-{year}.xlsx", XLSX)


def _value_cells(one: queries.Value) -> list[Cell]:
    return [
        local_day(one.paid_at).isoformat(),
        one.plan.title,
        state_label(one.purchase.source),
        one.purchase.payer,
        one.recipient.employee_number,
        one.recipient.name,
        one.amount.decimal,
    ]


@pages.post("/<uuid:plan_id>/<verb>")
@needs(Role.UNION_BUYER, Role.UNION_APPROVER)
def decide(plan_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    """One address per verb of the state table."""
    if verb not in PLAN.steps:
        raise Missing
    checked()
    form = NoteForm()
    if not form.validate():
        return _plan(plan_id, 422, refusal=(form.note.label.text, " ".join(form.note.errors)))
    try:
        with work() as w:
            service.use(w, plan_id, verb, form.note.data or "", request.args.get("seen"))
    except (Invalid, Refused) as fault:
        return _plan(plan_id, fault.status, refusal=error_words(fault))
    return back_to("purchasing.show", _("已办理。"), plan_id=plan_id)


def _plan(
    plan_id: uuid.UUID,
    status: int = 200,
    *,
    refusal: tuple[str, str] | None = None,
    pieces: PieceForm | None = None,
    people: PeopleForm | None = None,
    problems: tuple[Problem, ...] = (),
) -> ResponseReturnValue:
    """The page of a plan, with what was refused beside where it was typed."""
    actor = someone()
    q = request.args.get("find", "").strip()[:80]
    asked = Question(q, limit=MOST_FOUND)
    with reading() as session:
        goods = catalog.find(session, search_index(), asked, now()).listings if q else ()
        found = queries.dossier(session, actor, plan_id, now())
        so_far = queries.progress(session, found.plan)
        roles = queries.roles_for(actor, found.plan)
        return page(
            "purchasing/show.html",
            status,
            dossier=found,
            plan=found.plan,
            progress=so_far,
            stops=queries.stops(found, so_far),
            verbs_open=PLAN.open_verbs(found.plan.state, roles),
            decide_url=lambda verb: _decide_url(found, verb),
            can_edit=queries.can_edit(actor, found.plan),
            is_own=found.plan.requested_by == actor.person_id,
            q=q,
            offers=catalog.offers(session, [one.id for one in goods], now()).values(),
            masked=rules.masked,
            most_invoices=settings().plan_invoices,
            pieces=pieces or PieceForm(),
            people=people or PeopleForm(),
            problems=problems,
            language=words().language,
            refusal=refusal,
        )


def _decide_url(found: queries.Dossier, verb: str) -> str:
    """Who approves says which plan he was shown: it may have changed since."""
    seen = found.content_hash if verb == "approve" else None
    return url_for("marketplace.purchasing.decide", plan_id=found.plan.id, verb=verb, seen=seen)


def _frame(
    form: PlanForm, status: int = 200, plan_id: uuid.UUID | None = None
) -> ResponseReturnValue:
    return page("purchasing/frame.html", status, form=_offering(form), plan_id=plan_id)


def _offering(form: PlanForm) -> PlanForm:
    """What the actor may choose: budgets of the unions he buys for, and his addresses."""
    with reading() as session:
        budgets = [
            (str(row.budget.id), _budget_line(row))
            for row in queries.own_budgets(session, someone())
        ]
        addresses = queries.own_addresses(session, someone())
    return form.offering(budgets, addresses, _ways_to_pay(), _("新地址（在下面填写）"))


def _ways_to_pay() -> list[tuple[str, str]]:
    """Paying later is one only where it is offered."""
    ways = [(BEFORE, _("先付款，到账后发货"))]
    if settings().offers_after_acceptance:
        days = settings().after_acceptance_workdays
        ways.append((AFTER, _("验收后 %(n)s 个工作日内付款", n=days)))
    return ways


def _budget_line(row: BudgetRow) -> str:
    budget = row.budget
    return f"{budget.name} {budget.year} · {state_label(budget.source)} · {row.available}"
