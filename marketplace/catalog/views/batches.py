"""Pages of batches: opened and papered by their supplier, also from a phone beside the parcel."""

from __future__ import annotations

import uuid
from functools import partial

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.catalog import queries, service
from marketplace.catalog.forms import BatchForm, RecallForm
from marketplace.catalog.states import BATCH
from marketplace.catalog.views import papering
from marketplace.catalog.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.suppliers.forms import PaperForm
from marketplace.suppliers.states import PaperScope
from marketplace.web import (
    back_to,
    checked,
    needs,
    now,
    once,
    page,
    reading,
    remark,
    remember,
    someone,
    work,
)
from marketplace.web.answers import safe_next
from marketplace.web.words import _

READERS = (Role.SUPPLIER_STAFF, Role.REVIEWER, Role.AUDITOR, Role.MANAGER)


@pages.get("/listings/<uuid:listing_id>/batches")
@needs(Role.SUPPLIER_STAFF)
def batches(listing_id: uuid.UUID) -> ResponseReturnValue:
    return _batches(listing_id, BatchForm(packed_on=local_day(now())))


@pages.post("/listings/<uuid:listing_id>/batches")
@needs(Role.SUPPLIER_STAFF)
@once
def open_batch(listing_id: uuid.UUID) -> ResponseReturnValue:
    form = BatchForm()
    _offer_parts(form, listing_id)
    if not form.validate():
        return _batches(listing_id, form, 422)
    try:
        with work() as w:
            made = service.open_batch(w, listing_id, form.batch())
            target = _of_batch(made.id)
            remember(w, target)
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return _batches(listing_id, form, fault.status)
    remark(_("批次已登记。"))
    return redirect(target, code=303)


@pages.get("/batches/<uuid:batch_id>")
@needs(*READERS)
def batch(batch_id: uuid.UUID) -> ResponseReturnValue:
    return _batch(batch_id, RecallForm())


@pages.get("/batches/<uuid:batch_id>/papers/<kind>")
@needs(Role.SUPPLIER_STAFF)
def batch_paper(batch_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    return _paper_page(batch_id, _paper_form(batch_id, kind))


@pages.post("/batches/<uuid:batch_id>/papers/<kind>")
@needs(Role.SUPPLIER_STAFF)
def paper_batch(batch_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    form, shown = _paper_form(batch_id, kind), partial(_paper_page, batch_id)
    wrong = papering.refused(form, lambda w, given: service.paper_batch(w, batch_id, given), shown)
    if wrong is not None:
        return wrong
    remark(_("随货证明已上传。"))
    with reading() as session:
        view = queries.batch_view(session, someone(), batch_id, now())
    if view.standing.may_leave and request.args.get("next"):
        return redirect(safe_next(request.args.get("next")), code=303)
    return redirect(_of_batch(batch_id), code=303)


@pages.post("/batches/<uuid:batch_id>/recall")
@needs(Role.SUPPLIER_STAFF, Role.REVIEWER)
def recall(batch_id: uuid.UUID) -> ResponseReturnValue:
    form = RecallForm()
    if not form.validate():
        return _batch(batch_id, form, 422)
    with work() as w:
        service.recall(
            w, batch_id, form.note.data or "", withdraw_goods=bool(form.withdraw_goods.data)
        )
    return back_to("catalog.batch", _("批次已召回，买家马上收到短信。"), batch_id=batch_id)


@pages.post("/batches/<uuid:batch_id>/<verb>")
@needs(Role.SUPPLIER_STAFF)
def use_batch(batch_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    """Close or reopen; a recall has its own form."""
    if verb not in {"close", "reopen"}:
        raise Missing
    checked()
    with work() as w:
        service.use_batch(w, batch_id, verb)
    return back_to("catalog.batch", _("已办理。"), batch_id=batch_id)


def _of_batch(batch_id: uuid.UUID) -> str:
    target = _next().get("next")
    return url_for("marketplace.catalog.batch", batch_id=batch_id, next=target)


def _next() -> dict[str, str]:
    """The way back to the parcel, carried along."""
    target = request.args.get("next", "")
    return {"next": safe_next(target)} if target else {}


def _batches(listing_id: uuid.UUID, form: BatchForm, status: int = 200) -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        listing, found = queries.batches_of(session, actor, listing_id, now())
        needed = queries.papers_needed(session, [listing_id])[listing_id]
    form.offer([one.batch for one in found])
    return page(
        "catalog/batches.html",
        status,
        listing=listing,
        batches=found,
        needed=needed,
        form=form,
        way_back=_next(),
    )


def _offer_parts(form: BatchForm, listing_id: uuid.UUID) -> None:
    with reading() as session:
        _listing, found = queries.batches_of(session, someone(), listing_id, now())
    form.offer([one.batch for one in found])


def _batch(batch_id: uuid.UUID, form: RecallForm, status: int = 200) -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        view = queries.batch_view(session, actor, batch_id, now())
    is_own = view.supplier.organisation_id in actor.organisations(Role.SUPPLIER_STAFF)
    roles = {Role.SUPPLIER_STAFF} if is_own else actor.roles - {Role.SUPPLIER_STAFF}
    steps = BATCH.open_verbs(view.standing.batch.state, roles)
    return page(
        "catalog/batch.html",
        status,
        view=view,
        batch=view.standing.batch,
        form=form,
        is_own=is_own,
        may_recall=any(step.verb == "recall" for step in steps),
        verbs_open=[step for step in steps if step.verb != "recall"],
        way_back=_next(),
        may_see_listing=Role.SUPPLIER_STAFF in roles,
    )


def _paper_form(batch_id: uuid.UUID, kind: str) -> PaperForm:
    """Raises Missing, WrongState."""
    with reading() as session:
        _batch, supplier = queries.own_batch(session, someone(), batch_id)
    return papering.form_for(PaperScope.BATCH, kind, supplier.id)


def _paper_page(batch_id: uuid.UUID, form: PaperForm, status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        view = queries.batch_view(session, someone(), batch_id, now())
    return page(
        "catalog/batch_paper.html",
        status,
        view=view,
        batch=view.standing.batch,
        form=form,
        kind=form.blank.kind,
        way_back=_next(),
    )
