"""What a supplier has to invoice, the invoices that come in, and who looks at them."""

from __future__ import annotations

import uuid

from flask import request, url_for
from flask.typing import ResponseReturnValue

from marketplace.invoices import queries, service
from marketplace.invoices.forms import InvoiceForm, NoteForm
from marketplace.invoices.states import INVOICE, InvoiceState, RequestState
from marketplace.invoices.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.web import (
    back_to,
    checked,
    download,
    kept_files,
    needs,
    now,
    page,
    page_number,
    reading,
    signed_in,
    someone,
    work,
)
from marketplace.web.labels import error_words
from marketplace.web.words import _

OVERSEERS = (Role.MANAGER, Role.AUDITOR)
TYPES = {"xml": "application/xml", "ofd": "application/ofd", "pdf": "application/pdf"}


@pages.get("")
@needs(*OVERSEERS)
def index() -> ResponseReturnValue:
    wanted = request.args.get("state", "")
    state = RequestState(wanted) if wanted in set(RequestState) else None
    is_late = wanted == "late"
    with reading() as session:
        return page(
            "invoices/index.html",
            requests=queries.requests(session, state, now() if is_late else None, page_number()),
            waiting=queries.waiting(session),
            state=state,
            is_late=is_late,
            states=tuple(RequestState),
            today=local_day(now()),
        )


@pages.get("/to-issue")
@needs(Role.SUPPLIER_STAFF)
def to_issue() -> ResponseReturnValue:
    with reading() as session:
        found = queries.to_issue(session, someone(), page_number())
    return page("invoices/to_issue.html", requests=found, today=local_day(now()))


@pages.get("/requests/<uuid:request_id>")
@signed_in
def show(request_id: uuid.UUID) -> ResponseReturnValue:
    return _request(request_id, InvoiceForm())


@pages.post("/requests/<uuid:request_id>/invoices")
@needs(Role.SUPPLIER_STAFF)
def enter(request_id: uuid.UUID) -> ResponseReturnValue:
    form = InvoiceForm()
    if not form.validate():
        return _request(request_id, form, 422)
    with reading() as session:
        asked = queries.request(session, someone(), request_id).request
    try:
        given = service.received(kept_files(), form.handed_in(asked))
        with work() as w:
            service.enter(w, request_id, given)
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return _request(request_id, form, fault.status)
    return back_to("invoices.show", _("发票已收下。"), request_id=request_id)


@pages.post("/<uuid:invoice_id>/<verb>")
@needs(Role.MANAGER)
def decide_invoice(invoice_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    """One that was issued on behalf: accepted or refused."""
    if verb not in INVOICE.steps:
        raise Missing
    checked()
    with reading() as session:
        request_id = queries.invoice(session, someone(), invoice_id).request_id
    try:
        with work() as w:
            service.decide_invoice(w, invoice_id, verb, NoteForm().text())
    except Invalid as fault:
        return _request(request_id, InvoiceForm(), fault.status, refusal=error_words(fault))
    return back_to("invoices.show", _("已办理。"), request_id=request_id)


@pages.get("/<uuid:invoice_id>/file")
@signed_in
def file(invoice_id: uuid.UUID) -> ResponseReturnValue:
    with work() as w:
        found = service.read_file(w, invoice_id)
    return download(kept_files().get(found.file_key), found.file_name, TYPES[found.file_kind.value])


def _request(
    request_id: uuid.UUID,
    form: InvoiceForm,
    status: int = 200,
    *,
    refusal: tuple[str, str] | None = None,
) -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        view = queries.request(session, actor, request_id)
    roles = queries.roles_for(actor, view.request)
    form.offer(view.blue)
    is_managers = Role.MANAGER in actor.roles and Role.SUPPLIER_STAFF not in roles
    return page(
        "invoices/show.html",
        status,
        view=view,
        asked=view.request,
        form=form,
        refusal=refusal,
        is_suppliers=Role.SUPPLIER_STAFF in roles,
        can_enter=Role.SUPPLIER_STAFF in roles and view.request.state is not RequestState.WITHDRAWN,
        verbs_of=lambda one: (
            INVOICE.open_verbs(one.state, {Role.MANAGER})
            if is_managers and one.state is InvoiceState.WAITING
            else ()
        ),
        decide_url=lambda verb: url_for(
            "marketplace.invoices.decide", request_id=request_id, verb=verb
        ),
        invoice_url=lambda one: (
            lambda verb: url_for(
                "marketplace.invoices.decide_invoice", invoice_id=one.id, verb=verb
            )
        ),
        is_late=view.request.state in queries.OPEN and view.request.due_on < local_day(now()),
    )
