"""Pages of statistics: figures, the order lines under each of them, and both as sheets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from catalog_import import write_csv
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Missing
from marketplace.statistics import queries, rules
from marketplace.statistics.forms import FilterForm
from marketplace.statistics.rules import Filter, Grouping, GroupRow
from marketplace.web import download, needs, page, page_number, reading, someone
from marketplace.web.labels import state_label
from marketplace.web.words import _, words

pages = Blueprint("statistics", __name__, url_prefix="/statistics")

READERS = (
    Role.MANAGER,
    Role.AUDITOR,
    Role.SUPPLIER_STAFF,
    Role.UNION_BUYER,
    Role.UNION_APPROVER,
    Role.UNION_TREASURER,
)


@pages.get("")
@needs(*READERS)
def index() -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        form = _form(session)
        if not form.validate():
            return _unclear(form)
        asked = form.filter()
        return page(
            "statistics/index.html",
            form=form,
            asked=asked,
            sums=queries.totals(session, actor, asked),
            tables=[(by, queries.groups(session, actor, asked, by)) for by in Grouping],
            tie=queries.tie(session, actor),
            short=rules.SHORT_LIST,
            **_links(asked, _list_names(session)),
        )


@pages.get("/by/<by>")
@needs(*READERS)
def group(by: str) -> ResponseReturnValue:
    cut = _grouping(by)
    with reading() as session:
        form = _form(session)
        if not form.validate():
            return _unclear(form)
        asked = form.filter()
        return page(
            "statistics/group.html",
            form=form,
            asked=asked,
            by=cut,
            rows=queries.groups(session, someone(), asked, cut),
            sums=queries.totals(session, someone(), asked),
            **_links(asked, _list_names(session)),
        )


@pages.get("/by/<by>/sheet.csv")
@needs(*READERS)
def group_sheet(by: str) -> ResponseReturnValue:
    cut = _grouping(by)
    with reading() as session:
        form = _form(session)
        if not form.validate():
            return _unclear(form)
        rows = queries.groups(session, someone(), form.filter(), cut)
        lists = _list_names(session)
    said = state_label(cut)
    headings = [said, *(words()(heading) for heading in rules.GROUP_HEADINGS)]
    cells = [rules.group_cells(row, rules.label(cut, row, lists, words())) for row in rows]
    return _sheet(write_csv(headings, cells), said)


@pages.get("/lines")
@needs(*READERS)
def lines() -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        form = _form(session)
        if not form.validate():
            return _unclear(form)
        asked = form.filter()
        return page(
            "statistics/lines.html",
            form=form,
            asked=asked,
            sums=queries.totals(session, actor, asked),
            lines=queries.lines(session, actor, asked, page_number()),
        )


@pages.get("/lines.csv")
@needs(*READERS)
def line_sheet() -> ResponseReturnValue:
    headings = [words()(heading) for heading in rules.LINE_HEADINGS]
    with reading() as session:
        form = _form(session)
        if not form.validate():
            return _unclear(form)
        lists = _list_names(session)
        cells = queries.line_cells(session, someone(), form.filter(), lists=lists, say=words())
        return _sheet(write_csv(headings, cells), _("明细"))


def _grouping(by: str) -> Grouping:
    """Raises Missing."""
    if by not in set(Grouping):
        raise Missing(by=by)
    return Grouping(by)


def _form(session: Session) -> FilterForm:
    return FilterForm(queries.choices(session, someone()), _list_names(session))


def _list_names(session: Session) -> dict[str, str]:
    return queries.list_names(session, words().language)


def _links(asked: Filter, lists: Mapping[str, str]) -> dict[str, object]:
    """How a template names a group and opens what is under its figures."""

    def label_of(by: Grouping, row: GroupRow) -> str:
        return rules.label(by, row, lists, words())

    def lines_under(by: Grouping, row: GroupRow) -> str:
        question: dict[str, Any] = {**asked.narrowed(by, row.key).args()}
        return url_for("marketplace.statistics.lines", **question)

    return {"label_of": label_of, "lines_under": lines_under}


def _unclear(form: FilterForm) -> ResponseReturnValue:
    """A filter that cannot be understood gives no figures rather than wrong ones."""
    return page("statistics/unclear.html", 422, form=form)


def _sheet(data: bytes, what: str) -> Response:
    return download(data, f"{_('统计')}-{what}.csv", "text/csv; charset=utf-8")
