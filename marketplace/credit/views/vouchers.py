"""Vouchers: batches for managers, with what they paid; the auditor reads."""

from __future__ import annotations

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue

from catalog_import import write_csv
from marketplace.credit import queries, service
from marketplace.credit.forms import BatchForm, NoteForm
from marketplace.credit.states import VOUCHERS
from marketplace.credit.views.blueprint import pages
from marketplace.credit.views.granting import CSV
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid
from marketplace.web import (
    back_to,
    checked,
    download,
    needs,
    once,
    page,
    reading,
    remember,
    someone,
    work,
)
from marketplace.web.labels import error_words
from marketplace.web.words import _


@pages.get("/vouchers")
@needs(Role.MANAGER, Role.AUDITOR)
def batches() -> ResponseReturnValue:
    return _batches(BatchForm())


@pages.post("/vouchers")
@needs(Role.MANAGER)
@once
def make() -> ResponseReturnValue:
    form = BatchForm()
    if not form.validate():
        return _batches(form, 422)
    try:
        with work() as w:
            made = service.make_batch(w, form.batch())
            remember(w, url_for("marketplace.credit.batch", batch_id=made.id))
    except Invalid as fault:
        if not form.blame(fault):
            raise
        return _batches(form, fault.status)
    return back_to("credit.batch", _("已建立，请另一位经理生成券码。"), batch_id=made.id)


@pages.get("/vouchers/<uuid:batch_id>")
@needs(Role.MANAGER, Role.AUDITOR)
def batch(batch_id: uuid.UUID) -> ResponseReturnValue:
    return _batch(batch_id)


@pages.post("/vouchers/<uuid:batch_id>/issue")
@needs(Role.MANAGER)
def issue(batch_id: uuid.UUID) -> ResponseReturnValue:
    """The codes as a file, this one time."""
    checked()
    with work() as w:
        codes = service.issue(w, batch_id)
    return download(write_csv([_("券码")], [(code,) for code in codes]), f"{_('券码')}.csv", CSV)


@pages.post("/vouchers/<uuid:batch_id>/stop")
@needs(Role.MANAGER)
def stop(batch_id: uuid.UUID) -> ResponseReturnValue:
    checked()
    try:
        with work() as w:
            service.stop(w, batch_id, NoteForm().text())
    except Invalid as fault:
        return _batch(batch_id, fault.status, refusal=error_words(fault))
    return back_to("credit.batch", _("已停用。"), batch_id=batch_id)


def _batches(form: BatchForm, status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        found = queries.batches(session)
    may_make = Role.MANAGER in someone().roles
    return page("credit/vouchers.html", status, form=form, batches=found, may_make=may_make)


def _batch(
    batch_id: uuid.UUID, status: int = 200, *, refusal: tuple[str, str] | None = None
) -> ResponseReturnValue:
    with reading() as session:
        row = queries.batch(session, batch_id)
    is_maker = row.batch.made_by == someone().person_id
    open_ = VOUCHERS.open_verbs(row.batch.state, someone().roles)
    return page(
        "credit/voucher.html",
        status,
        row=row,
        batch=row.batch,
        verbs_open=[one for one in open_ if not (one.verb == "issue" and is_maker)],
        is_maker=is_maker,
        verb_url=lambda verb: url_for(f"marketplace.credit.{verb}", batch_id=batch_id),
        refusal=refusal,
    )
