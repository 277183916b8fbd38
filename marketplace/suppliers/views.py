"""Pages of suppliers: the application, its papers, and the reviewer's decision."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.suppliers import queries, service
from marketplace.suppliers.forms import ApplicationForm, NoteForm, PaperForm, said_of
from marketplace.suppliers.models import Paper
from marketplace.suppliers.states import PAPER, SUPPLIER
from marketplace.web import (
    back_to,
    download,
    needs,
    now,
    page,
    reading,
    someone,
    work,
)
from marketplace.web.words import _

pages = Blueprint("suppliers", __name__, url_prefix="/suppliers")

READERS = (Role.SUPPLIER_STAFF, Role.REVIEWER, Role.AUDITOR, Role.MANAGER)


@pages.get("/")
@needs(Role.REVIEWER, Role.AUDITOR, Role.MANAGER)
def index() -> ResponseReturnValue:
    with reading() as session:
        return page("suppliers/index.html", suppliers=queries.all_suppliers(session))


@pages.get("/mine")
@needs(Role.SUPPLIER_STAFF)
def mine() -> ResponseReturnValue:
    with reading() as session:
        supplier = queries.own(session, someone())
    if supplier is None:
        return redirect(url_for("marketplace.suppliers.register"))
    return redirect(url_for("marketplace.suppliers.show", supplier_id=supplier.id))


@pages.get("/register")
@needs(Role.SUPPLIER_STAFF)
def register() -> ResponseReturnValue:
    return page("suppliers/register.html", form=ApplicationForm(), supplier=None)


@pages.post("/register")
@needs(Role.SUPPLIER_STAFF)
def register_now() -> ResponseReturnValue:
    form = ApplicationForm()
    if not form.validate():
        return page("suppliers/register.html", 422, form=form, supplier=None)
    organisation = min(someone().organisations(Role.SUPPLIER_STAFF))
    try:
        with work() as w:
            supplier = service.register(w, organisation, form.application())
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return page("suppliers/register.html", fault.status, form=form, supplier=None)
    return back_to("suppliers.show", _("已保存，下一步上传证照。"), supplier_id=supplier.id)


@pages.get("/<uuid:supplier_id>")
@needs(*READERS)
def show(supplier_id: uuid.UUID) -> ResponseReturnValue:
    return _dossier(supplier_id, PaperForm())


@pages.get("/<uuid:supplier_id>/edit")
@needs(Role.SUPPLIER_STAFF)
def edit(supplier_id: uuid.UUID) -> ResponseReturnValue:
    with reading() as session:
        supplier = queries.visible(session, someone(), supplier_id)
    form = ApplicationForm(**said_of(supplier))
    return page("suppliers/register.html", form=form, supplier=supplier)


@pages.post("/<uuid:supplier_id>/edit")
@needs(Role.SUPPLIER_STAFF)
def revise(supplier_id: uuid.UUID) -> ResponseReturnValue:
    form = ApplicationForm()
    with reading() as session:
        supplier = queries.visible(session, someone(), supplier_id)
    if not form.validate():
        return page("suppliers/register.html", 422, form=form, supplier=supplier)
    try:
        with work() as w:
            service.revise(w, supplier_id, form.application())
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return page("suppliers/register.html", fault.status, form=form, supplier=supplier)
    return back_to("suppliers.show", _("已保存。"), supplier_id=supplier_id)


@pages.post("/<uuid:supplier_id>/papers")
@needs(Role.SUPPLIER_STAFF)
def hand_in(supplier_id: uuid.UUID) -> ResponseReturnValue:
    form = PaperForm()
    if not form.validate():
        return _dossier(supplier_id, form, 422)
    try:
        with work() as w:
            service.hand_in(w, supplier_id, form.handed_in())
    except Invalid as fault:
        if not form.blame(fault):
            raise
        return _dossier(supplier_id, form, fault.status)
    return back_to("suppliers.show", _("证照已上传。"), supplier_id=supplier_id)


@pages.get("/papers/<uuid:paper_id>/scan")
@needs(Role.SUPPLIER_STAFF, Role.REVIEWER)  # auditors see that a paper is there, not its scan
def scan(paper_id: uuid.UUID) -> ResponseReturnValue:
    with work() as w:
        paper, data = service.read_scan(w, paper_id)
    return download(data, paper.scan_name, paper.scan_type)


@pages.post("/<uuid:supplier_id>/<verb>")
@needs(Role.SUPPLIER_STAFF, Role.REVIEWER)
def decide(supplier_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    """One address per verb of the state table."""
    if verb not in SUPPLIER.steps:
        raise Missing
    note = NoteForm().reason()
    with work() as w:
        service.use(w, supplier_id, verb, note=note, seen=request.values.get("seen", ""))
    return back_to("suppliers.show", _("已办理。"), supplier_id=supplier_id)


@pages.post("/papers/<uuid:paper_id>/<verb>")
@needs(Role.REVIEWER)
def decide_paper(paper_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    if verb not in PAPER.steps:
        raise Missing
    note = NoteForm().reason()
    with work() as w:
        paper = service.use_paper(w, paper_id, verb, note)
    return back_to("suppliers.show", _("已办理。"), supplier_id=paper.supplier_id)


def _dossier(supplier_id: uuid.UUID, form: PaperForm, status: int = 200) -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        found = queries.dossier(session, actor, supplier_id, now())
    roles = queries.roles_for(actor, found.supplier)
    return page(
        "suppliers/show.html",
        status,
        dossier=found,
        supplier=found.supplier,
        verbs_open=SUPPLIER.open_verbs(found.supplier.state, roles),
        decide_url=lambda verb: url_for(
            "marketplace.suppliers.decide",
            supplier_id=supplier_id,
            verb=verb,
            seen=found.seen if verb == "approve" else None,
        ),
        paper_verbs=lambda paper: queries.open_paper_verbs(found.supplier, paper, roles),
        paper_url=_paper_url,
        form=form,
        may_read_scans=bool(roles & {Role.SUPPLIER_STAFF, Role.REVIEWER}),
        can_hand_in=Role.SUPPLIER_STAFF in roles and queries.takes_papers(found.supplier),
        can_edit=Role.SUPPLIER_STAFF in roles and queries.is_editable(found.supplier),
    )


def _paper_url(paper: Paper) -> Callable[[str], str]:
    """Where the button of a verb posts to."""

    def url(verb: str) -> str:
        return url_for("marketplace.suppliers.decide_paper", paper_id=paper.id, verb=verb)

    return url
