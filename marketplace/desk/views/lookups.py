"""Looks into outside registers: what is due, what was found about one supplier, what follows."""

from __future__ import annotations

import uuid

from flask import url_for
from flask.typing import ResponseReturnValue

from marketplace.desk.forms import HitForm, LookupForm
from marketplace.desk.views.blueprint import pages
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Invalid, Missing
from marketplace.suppliers import queries, service
from marketplace.suppliers.models import Supplier
from marketplace.web import (
    back_to,
    download,
    kept_files,
    needs,
    now,
    once,
    page,
    reading,
    remember,
    someone,
    takes,
    work,
)
from marketplace.web.words import _, words

READERS = (Role.REVIEWER, Role.AUDITOR, Role.MANAGER)
UPLOAD_BYTES = 12 * 1024 * 1024  # a picture of 10 MB and its form


@pages.get("/lookups")
@needs(*READERS)
def lookups() -> ResponseReturnValue:
    with reading() as session:
        return page("desk/lookups.html", due=queries.due(session, local_day(now())))


@pages.get("/suppliers/<uuid:supplier_id>/lookups")
@needs(*READERS)
def lookups_of(supplier_id: uuid.UUID) -> ResponseReturnValue:
    return _of_supplier(supplier_id, HitForm())


@pages.get("/suppliers/<uuid:supplier_id>/lookups/<slug>")
@needs(Role.REVIEWER)
def look_up(supplier_id: uuid.UUID, slug: str) -> ResponseReturnValue:
    row, supplier = _row(supplier_id, slug)
    form = LookupForm(searched_for=row.to_type(supplier), looked_on=local_day(now()))
    return _form(supplier_id, slug, form)


@pages.post("/suppliers/<uuid:supplier_id>/lookups/<slug>")
@takes(UPLOAD_BYTES)
@needs(Role.REVIEWER)
@once
def write_down(supplier_id: uuid.UUID, slug: str) -> ResponseReturnValue:
    form = LookupForm()
    if not form.validate():
        return _form(supplier_id, slug, form, 422)
    try:
        said = service.received_shot(kept_files(), form.said(slug))
        with work() as w:
            service.look_up(w, supplier_id, said)
            remember(w, _where(supplier_id))
    except Invalid as fault:
        if not form.blame(fault):
            raise
        return _form(supplier_id, slug, form, fault.status)
    return back_to("desk.lookups_of", _("已记录。"), supplier_id=supplier_id)


@pages.post("/lookups/<uuid:lookup_id>/decide")
@needs(Role.REVIEWER)
def decide_hit(lookup_id: uuid.UUID) -> ResponseReturnValue:
    form = HitForm()
    with reading() as session:
        found = queries.lookup(session, someone(), lookup_id)
    if not form.validate():
        return _of_supplier(found.supplier_id, form, 422, blamed=lookup_id)
    with work() as w:
        service.decide_hit(w, lookup_id, form.chosen(), form.note.data or "")
    return back_to("desk.lookups_of", _("已决定。"), supplier_id=found.supplier_id)


@pages.get("/lookups/<uuid:lookup_id>/shot")
@needs(Role.REVIEWER)
def shot(lookup_id: uuid.UUID) -> ResponseReturnValue:
    with work() as w:
        found = service.read_shot(w, lookup_id)
    return download(kept_files().get(found.shot_key), found.shot_name, found.shot_type)


def _where(supplier_id: uuid.UUID) -> str:
    return url_for("marketplace.desk.lookups_of", supplier_id=supplier_id)


def _row(supplier_id: uuid.UUID, slug: str) -> tuple[queries.RegisterRow, Supplier]:
    with reading() as session:
        supplier, rows = queries.register_rows(session, someone(), supplier_id, local_day(now()))
    for row in rows:
        if row.register.slug == slug:
            return row, supplier
    raise Missing(register=slug)


def _form(
    supplier_id: uuid.UUID, slug: str, form: LookupForm, status: int = 200
) -> ResponseReturnValue:
    row, supplier = _row(supplier_id, slug)
    return page(
        "desk/look_up.html",
        status,
        supplier=supplier,
        row=row,
        to_type=row.to_type(supplier),
        form=form,
    )


def _of_supplier(
    supplier_id: uuid.UUID, form: HitForm, status: int = 200, *, blamed: uuid.UUID | None = None
) -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        supplier, rows = queries.register_rows(session, actor, supplier_id, local_day(now()))
        found = queries.lookups(session, actor, supplier_id)
    return page(
        "desk/lookups_of.html",
        status,
        supplier=supplier,
        rows=rows,
        found=found,
        form=form,
        blamed=blamed,
        name_of={row.register.slug: row.register.name(words().language) for row in rows},
        may_look=Role.REVIEWER in actor.roles,
    )
