"""One line of the bank: what it may belong to, and the verbs of the person who decides."""

from __future__ import annotations

import uuid

from flask.typing import ResponseReturnValue

from marketplace.banking import queries, service
from marketplace.banking.forms import (
    DismissForm,
    PutForm,
    SendBackForm,
    chosen_lines,
    chosen_payment,
)
from marketplace.banking.states import LineState
from marketplace.banking.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Refused
from marketplace.web import MarketForm, back_to, needs, page, reading, someone, work
from marketplace.web.words import _


@pages.get("/lines/<uuid:line_id>")
@needs(Role.MANAGER, Role.AUDITOR)
def line(line_id: uuid.UUID) -> ResponseReturnValue:
    return _line(line_id)


@pages.post("/lines/<uuid:line_id>/put")
@needs(Role.MANAGER)
def put(line_id: uuid.UUID) -> ResponseReturnValue:
    form = PutForm()
    if not form.validate():
        return _line(line_id, 422, put=form)
    try:
        payment_id, others = chosen_payment(), chosen_lines()
        with work() as w:
            paid = service.put(w, payment_id, {line_id, *others}, form.text())
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return _line(line_id, fault.status, put=form)
    told = _("%(reference)s 已确认到账。", reference=paid.reference)
    return back_to("banking.line", told, line_id=line_id)


@pages.post("/lines/<uuid:line_id>/return")
@needs(Role.MANAGER)
def send_back(line_id: uuid.UUID) -> ResponseReturnValue:
    form = SendBackForm()
    if not form.validate():
        return _line(line_id, 422, back=form)
    try:
        with work() as w:
            service.send_back(w, line_id, form.reference(), form.text())
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return _line(line_id, fault.status, back=form)
    return back_to("banking.index", _("已登记退回。"))


@pages.post("/lines/<uuid:line_id>/dismiss")
@needs(Role.MANAGER)
def dismiss(line_id: uuid.UUID) -> ResponseReturnValue:
    form = DismissForm()
    if not form.validate():
        return _line(line_id, 422, dismiss=form)
    with work() as w:
        service.dismiss(w, line_id, form.text())
    return back_to("banking.index", _("已登记，与本平台无关。"))


def _line(line_id: uuid.UUID, status: int = 200, **forms: MarketForm) -> ResponseReturnValue:
    """The page with a form that was refused in the place of its fresh one."""
    with reading() as session:
        row = queries.waiting(session, line_id)
        is_open = row.line.state is LineState.OPEN
        found = queries.candidates(session, row.line) if is_open and row.line.came else ()
        others = queries.companions(session, row.line) if is_open and row.line.came else ()
        uses = queries.uses_of_line(session, line_id)
    return page(
        "banking/line.html",
        status,
        row=row,
        line=row.line,
        candidates=found,
        companions=others,
        uses=uses,
        put_form=forms.get("put") or PutForm(),
        back_form=forms.get("back") or SendBackForm(),
        dismiss_form=forms.get("dismiss") or DismissForm(),
        can_decide=is_open and Role.MANAGER in someone().roles,
        me=someone().person_id,
    )
