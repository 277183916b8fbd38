"""Statements: all of them for those who look after the money, his own for a supplier."""

from __future__ import annotations

import uuid

from flask import request, url_for
from flask.typing import ResponseReturnValue

from catalog_import import Cell, write_csv
from catalog_import.templates import plain_workbook
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing
from marketplace.settlement import queries, service
from marketplace.settlement.forms import NoteForm
from marketplace.settlement.states import STATEMENT, StatementState
from marketplace.settlement.views.blueprint import pages
from marketplace.suppliers import queries as suppliers
from marketplace.web import (
    back_to,
    checked,
    download,
    needs,
    now,
    page,
    page_number,
    reading,
    settings,
    someone,
    work,
)
from marketplace.web.labels import error_words, state_label
from marketplace.web.pages import day
from marketplace.web.words import _

OVERSEERS = (Role.MANAGER, Role.AUDITOR)
READERS = (*OVERSEERS, Role.SUPPLIER_STAFF)
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("")
@needs(*OVERSEERS)
def index() -> ResponseReturnValue:
    wanted = request.args.get("state", "")
    state = StatementState(wanted) if wanted in set(StatementState) else None
    with reading() as session:
        return page(
            "settlement/index.html",
            statements=queries.statements(session, state, page_number()),
            state=state,
            states=tuple(StatementState),
            days=queries.days_by_supplier(session, now()),
            items=queries.open_items(session),
            now=now(),
        )


@pages.get("/mine")
@needs(Role.SUPPLIER_STAFF)
def mine() -> ResponseReturnValue:
    with reading() as session:
        own = suppliers.own(session, someone())
        return page(
            "settlement/mine.html",
            statements=queries.own_statements(session, someone(), page_number()),
            days=queries.days_of_supplier(session, own.id, now()) if own else None,
            owed=queries.owed_before(session, own.id, now()) if own else None,
            account_is_paid=bool(own and suppliers.is_paid(session, own.id, now())),
            supplier=own,
            completion_days=settings().completion_days,
        )


@pages.get("/statements/<uuid:statement_id>")
@needs(*READERS)
def show(statement_id: uuid.UUID) -> ResponseReturnValue:
    return _statement(statement_id)


@pages.post("/statements/<uuid:statement_id>/<verb>")
@needs(Role.MANAGER, Role.SUPPLIER_STAFF)
def decide(statement_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    """One address per verb of the state table."""
    if verb not in STATEMENT.steps:
        raise Missing
    checked()
    form = NoteForm()
    if not form.validate():
        words = (form.note.label.text, " ".join(form.note.errors))
        return _statement(statement_id, 422, refusal=words)
    try:
        with work() as w:
            service.decide(w, statement_id, verb, form.text())
    except Invalid as fault:
        return _statement(statement_id, fault.status, refusal=error_words(fault))
    return back_to("settlement.show", _("已办理。"), statement_id=statement_id)


@pages.post("/statements/<uuid:statement_id>/payouts")
@needs(Role.MANAGER)
def propose(statement_id: uuid.UUID) -> ResponseReturnValue:
    """Once more, after the bank sent it back."""
    checked()
    with work() as w:
        service.propose_again(w, statement_id)
    return back_to("settlement.payouts", _("已重新列入待付款。"))


@pages.get("/statements/<uuid:statement_id>/sheet.csv")
@needs(*READERS)
def sheet(statement_id: uuid.UUID) -> ResponseReturnValue:
    number, headings, rows = _cells(statement_id)
    return download(write_csv(headings, rows), f"{_('对账单')}-{number}.csv", CSV)


@pages.get("/statements/<uuid:statement_id>/sheet.xlsx")
@needs(*READERS)
def book(statement_id: uuid.UUID) -> ResponseReturnValue:
    number, headings, rows = _cells(statement_id)
    made = plain_workbook(_("对账单"), headings, rows)
    return download(made, f"{_('对账单')}-{number}.xlsx", XLSX)


def _cells(statement_id: uuid.UUID) -> tuple[str, list[str], list[tuple[Cell, ...]]]:
    """Number, headings and rows of a statement; the amounts of the last column sum to its total."""
    with reading() as session:
        view = queries.statement(session, someone(), statement_id)
    headings = [
        _("订单编号"), _("类型"), _("完成或退货日期"), _("收货日期"), _("供货金额（元）"),
        _("运费（元）"), _("服务费（元）"), _("应付（元）"),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            line.number, state_label(line.kind), day(line.at), day(line.delivered_at),
            line.supply.decimal, line.freight.decimal, line.fee.decimal, line.amount.decimal,
        )
        for line in view.lines
    ]  # fmt: skip
    found = view.statement
    if found.carried:
        rows.append((_("上期结转"), "", "", "", None, None, None, found.carried.decimal))
    return found.number, headings, rows


def _statement(
    statement_id: uuid.UUID, status: int = 200, *, refusal: tuple[str, str] | None = None
) -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        view = queries.statement(session, actor, statement_id)
        roles = queries.roles_for(actor, view.statement)
        stopped = view.payouts and view.payouts[0].state in queries.DONE
        return page(
            "settlement/statement.html",
            status,
            view=view,
            statement=view.statement,
            decide_url=lambda verb: url_for(
                "marketplace.settlement.decide", statement_id=statement_id, verb=verb
            ),
            is_suppliers=Role.SUPPLIER_STAFF in roles,
            can_propose=bool(
                stopped
                and view.statement.state is StatementState.CONFIRMED
                and Role.MANAGER in roles
            ),
            refusal=refusal,
            answer_days=settings().statement_answer_days,
        )
