"""Statements: handed in, what was new in them, and what waits for a person."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

from flask.typing import ResponseReturnValue

from catalog_import import Layout, UnreadableFile, layouts, read_statement, write_csv
from catalog_import.statements import STATEMENT_LIMITS, our_names
from marketplace.banking import queries, service
from marketplace.banking.forms import StatementForm
from marketplace.banking.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, MarketplaceError
from marketplace.web import (
    back_to,
    download,
    needs,
    page,
    page_number,
    reading,
    settings,
    someone,
    takes,
    work,
)
from marketplace.web.door import runtime
from marketplace.web.told import Told, tell
from marketplace.web.words import _

OVERSEERS = (Role.MANAGER, Role.AUDITOR)
FORM_BYTES = 64 * 1024
SHOWN = 50  # problems of one file


@pages.get("/")
@needs(*OVERSEERS)
def index() -> ResponseReturnValue:
    return _index(_form())


@pages.post("/statements")
@needs(Role.MANAGER)
@takes(STATEMENT_LIMITS.size + FORM_BYTES)
def take() -> ResponseReturnValue:
    """Read outside any unit of work, stored in one, matched line by line in others: the same file
    again finds everything known."""
    form = _form()
    if not form.validate():
        return _index(form, 422)
    name, data = form.file()
    try:
        sheet = read_statement(data, _layouts(), form.layout.data or "")
    except UnreadableFile as fault:
        return _index(form, 422, tell([fault.problem], SHOWN))
    if sheet.problems:
        return _index(form, 422, tell(sheet.problems, SHOWN))
    try:
        with work() as w:
            taken = service.take_statement(w, sheet, form.said(name))
    except (Invalid, MarketplaceError) as fault:
        if not form.blame(fault):
            raise
        return _index(form, fault.status)
    service.match_lines(runtime())
    if taken.statement_id is None:
        told = _("这份对账单的 %(n)s 行以前都收过，没有变化。", n=taken.rows)
        return back_to("banking.index", told)
    told = _("已收下 %(n)s 行，其中 %(m)s 行是新的。", n=taken.rows, m=taken.fresh)
    return back_to("banking.statement", told, statement_id=taken.statement_id)


@pages.get("/statements/<uuid:statement_id>")
@needs(*OVERSEERS)
def statement(statement_id: uuid.UUID) -> ResponseReturnValue:
    with reading() as session:
        found = queries.statement(session, statement_id)
        lines = queries.lines_of(session, statement_id, page_number())
    return page("banking/statement.html", statement=found, lines=lines)


@pages.get("/template.csv")
@needs(*OVERSEERS)
def template() -> ResponseReturnValue:
    """Our own layout, for banks of which none is known."""
    return download(write_csv(our_names(), ()), "statement.csv", "text/csv; charset=utf-8")


def _layouts() -> Sequence[Layout]:
    told = settings().bank_layouts
    return layouts(Path(told) if told else None)


def _form() -> StatementForm:
    form = StatementForm()
    form.offer(_layouts())
    return form


def _index(
    form: StatementForm, status: int = 200, problems: Sequence[Told] = ()
) -> ResponseReturnValue:
    with reading() as session:
        waiting = queries.open_lines(session, page_number())
        taken = queries.statements(session, 1)
    return page(
        "banking/index.html",
        status,
        form=form,
        problems=problems,
        waiting=waiting,
        statements=taken,
        can_take=Role.MANAGER in someone().roles,
    )
