"""Orders that are held: a reviewer proposes, the buyer answers, the supplier sees why."""

from __future__ import annotations

import uuid

from flask import request
from flask.typing import ResponseReturnValue

from catalog_import import write_csv
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Missing
from marketplace.orders import queries, service
from marketplace.orders.forms import NoteForm, ProposalForm
from marketplace.orders.states import HoldState
from marketplace.orders.views.blueprint import pages
from marketplace.orders.views.following import BUYERS
from marketplace.orders.views.showing import hold_stations
from marketplace.web import (
    back_to,
    checked,
    download,
    needs,
    now,
    page,
    page_number,
    reading,
    signed_in,
    someone,
    work,
)
from marketplace.web.labels import state_label
from marketplace.web.pages import moment
from marketplace.web.words import _

READERS = (Role.SUPPLIER_STAFF, Role.REVIEWER, Role.AUDITOR, Role.MANAGER)
CSV = "text/csv; charset=utf-8"


@pages.get("/orders/held")
@signed_in
def held() -> ResponseReturnValue:
    return _held(ProposalForm())


@pages.post("/orders/held/<uuid:hold_id>/propose")
@needs(Role.REVIEWER)
def propose(hold_id: uuid.UUID) -> ResponseReturnValue:
    form = ProposalForm()
    if not form.validate():
        return _held(form, 422, blamed=hold_id)
    with work() as w:
        service.propose(w, hold_id, form.chosen(), form.note.data or "")
    return back_to("orders.held", _("方案已提出，买家会收到短信。"))


@pages.post("/orders/held/<uuid:hold_id>/<verb>")
@needs(*BUYERS)
def answer(hold_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    """Agree or refuse what the page showed."""
    if verb not in {"agree", "refuse"}:
        raise Missing
    checked()
    seen = request.values.get("seen", "")
    with work() as w:
        if verb == "agree":
            hold = service.agree(w, hold_id, seen)
        else:
            hold = service.refuse(w, hold_id, seen, NoteForm().text())
        order_id = hold.order_id
    return back_to("orders.show", _("已记下您的决定。"), order_id=order_id)


@pages.get("/batches/<uuid:batch_id>/recipients")
@needs(*READERS)
def recall(batch_id: uuid.UUID) -> ResponseReturnValue:
    with reading() as session:
        found = queries.recall_of(session, someone(), batch_id)
    may_export = bool({Role.REVIEWER, Role.SUPPLIER_STAFF} & someone().roles)
    return page("orders/recall.html", recall=found, batch=found.batch, may_export=may_export)


@pages.get("/batches/<uuid:batch_id>/recipients.csv")
@needs(Role.SUPPLIER_STAFF, Role.REVIEWER)
def recall_sheet(batch_id: uuid.UUID) -> ResponseReturnValue:
    """The list to take along; that somebody took it stands in the trail."""
    with work() as w:
        found = service.export_recipients(w, batch_id)
    headings = [
        _("订单"), _("买家"), _("件数"), _("单位"), _("发货"), _("状态"),
        _("收货人"), _("手机号"), _("地区"), _("地址"), _("通知时间"),
    ]  # fmt: skip  # the columns, in their order
    cells = [
        [
            one.order.number,
            one.buyer,
            str(one.quantity),
            one.unit,
            moment(one.shipped_at),
            state_label(one.delivery.state),
            one.to.recipient,
            one.to.mobile,
            one.to.region,
            one.to.street,
            moment(one.told_at),
        ]
        for one in found.recipients
    ]
    name = _("召回批次 %(number)s 买家名单", number=found.batch.number)
    return download(write_csv(headings, cells), f"{name}.csv", CSV)


def _held(
    form: ProposalForm, status: int = 200, *, blamed: uuid.UUID | None = None
) -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        found = queries.held(session, actor, now(), page_number())
    return page(
        "orders/held.html",
        status,
        held=found,
        form=form,
        blamed=blamed,
        stations=hold_stations,
        is_decider=bool(actor.roles & queries.DECIDERS),
        waiting={HoldState.OPEN, HoldState.PROPOSED},
    )
