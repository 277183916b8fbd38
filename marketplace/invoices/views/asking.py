"""Titles of a buyer, and what he asks to be invoiced."""

from __future__ import annotations

import uuid

from flask.typing import ResponseReturnValue

from marketplace.invoices import service
from marketplace.invoices.forms import AskForm, TitleForm
from marketplace.invoices.states import REQUEST
from marketplace.invoices.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing
from marketplace.orders import queries as orders
from marketplace.web import back_to, checked, needs, page, reading, someone, work
from marketplace.web.words import _

BUYERS = (Role.EMPLOYEE, Role.UNION_BUYER, Role.UNION_TREASURER)


@pages.get("/titles")
@needs(Role.EMPLOYEE)
def titles() -> ResponseReturnValue:
    return _titles(TitleForm())


@pages.post("/titles")
@needs(Role.EMPLOYEE)
def add_title() -> ResponseReturnValue:
    form = TitleForm()
    if not form.validate():
        return _titles(form, 422)
    try:
        with work() as w:
            service.add_title(w, form.title(), is_default=bool(form.is_default.data))
    except Invalid as fault:
        if not form.blame(fault):
            raise
        return _titles(form, fault.status)
    return back_to("invoices.titles", _("发票抬头已保存。"))


@pages.post("/titles/<uuid:title_id>/default")
@needs(Role.EMPLOYEE)
def make_default(title_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        service.make_default(w, title_id)
    return back_to("invoices.titles", _("已设为常用抬头。"))


@pages.post("/titles/<uuid:title_id>/drop")
@needs(Role.EMPLOYEE)
def drop_title(title_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        service.drop_title(w, title_id)
    return back_to("invoices.titles", _("发票抬头已删除。"))


@pages.post("/orders/<uuid:order_id>/requests")
@needs(*BUYERS)
def ask(order_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    with work() as w:
        service.ask(w, order_id, AskForm().title_id())
    return back_to("invoices.order", _("已请供应商开票。"), order_id=order_id)


@pages.post("/requests/<uuid:request_id>/<verb>")
@needs(*BUYERS)
def decide(request_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    """One address per verb of the state table that a person may use."""
    if verb not in REQUEST.steps:
        raise Missing
    checked()
    with work() as w:
        found = service.decide(w, request_id, verb)
    return back_to("invoices.order", _("已办理。"), order_id=found.order_id)


def _titles(form: TitleForm, status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        known = orders.titles(session, someone())
    return page("invoices/titles.html", status, titles=known, form=form)
