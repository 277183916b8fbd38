"""Papers as they come in, are read and decided about."""

from __future__ import annotations

import uuid

from flask.typing import ResponseReturnValue

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing
from marketplace.suppliers import service
from marketplace.suppliers.forms import NoteForm, PaperForm
from marketplace.suppliers.states import PAPER
from marketplace.suppliers.views.blueprint import pages
from marketplace.suppliers.views.dossiers import dossier_page
from marketplace.web import back_to, download, needs, work
from marketplace.web.words import _


@pages.post("/<uuid:supplier_id>/papers")
@needs(Role.SUPPLIER_STAFF)
def hand_in(supplier_id: uuid.UUID) -> ResponseReturnValue:
    form = PaperForm()
    if not form.validate():
        return dossier_page(supplier_id, form, 422)
    try:
        with work() as w:
            service.hand_in(w, supplier_id, form.handed_in())
    except Invalid as fault:
        if not form.blame(fault):
            raise
        return dossier_page(supplier_id, form, fault.status)
    return back_to("suppliers.show", _("证照已上传。"), supplier_id=supplier_id)


@pages.get("/papers/<uuid:paper_id>/scan")
@needs(Role.SUPPLIER_STAFF, Role.REVIEWER)  # auditors see that a paper is there, not its scan
def scan(paper_id: uuid.UUID) -> ResponseReturnValue:
    with work() as w:
        paper, data = service.read_scan(w, paper_id)
    return download(data, paper.scan_name, paper.scan_type)


@pages.post("/papers/<uuid:paper_id>/<verb>")
@needs(Role.REVIEWER)
def decide_paper(paper_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    if verb not in PAPER.steps:
        raise Missing
    note = NoteForm().reason()
    with work() as w:
        paper = service.use_paper(w, paper_id, verb, note)
    return back_to("suppliers.show", _("已办理。"), supplier_id=paper.supplier_id)
