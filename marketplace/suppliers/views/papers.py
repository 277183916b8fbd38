"""Papers as they come in, are read and decided about."""

from __future__ import annotations

import uuid

from flask import request
from flask.typing import ResponseReturnValue

from marketplace.adapters import scans
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing, Refused
from marketplace.suppliers import queries, service
from marketplace.suppliers.forms import PaperForm, paper_form
from marketplace.suppliers.models import Paper
from marketplace.suppliers.rules import KINDS, label_of, shown
from marketplace.suppliers.states import PaperKind
from marketplace.suppliers.views.blueprint import pages
from marketplace.suppliers.views.dossiers import READERS, desk_url
from marketplace.web import (
    back_to,
    download,
    kept_files,
    needs,
    now,
    page,
    reading,
    remark,
    someone,
    work,
)
from marketplace.web.pages import day
from marketplace.web.words import _, words


@pages.get("/<uuid:supplier_id>/papers/new")
@needs(Role.SUPPLIER_STAFF)
def new_paper(supplier_id: uuid.UUID) -> ResponseReturnValue:
    """First the kind is chosen, then its own form is shown."""
    if "kind" not in request.args:
        with reading() as session:
            choices = queries.choices_of_kinds(session, someone(), supplier_id, now())
        return page("suppliers/kinds.html", choices=choices)
    return _shown(_form(supplier_id))


@pages.post("/<uuid:supplier_id>/papers")
@needs(Role.SUPPLIER_STAFF)
def hand_in(supplier_id: uuid.UUID) -> ResponseReturnValue:
    form = _form(supplier_id)
    if not form.validate():
        return _shown(form, 422)
    try:
        given = service.received(kept_files(), form.handed_in())
        with work() as w:
            paper = service.hand_in(w, supplier_id, given)
            doubts = len(queries.doubts(paper))
    except (Invalid, Refused) as fault:
        if not form.blame(fault):
            raise
        return _shown(form, fault.status)
    if doubts:
        remark(_("系统核验有 %(count)s 处提示，审核人员会核对。", count=doubts), "warm")
    return back_to("suppliers.show", _("证照已上传。"), supplier_id=supplier_id)


@pages.get("/papers/<uuid:paper_id>")
@needs(*READERS)
def paper(paper_id: uuid.UUID) -> ResponseReturnValue:
    """One submission: what was typed, what the machine found, and its history."""
    actor = someone()
    with reading() as session:
        supplier, found = queries.paper(session, actor, paper_id)
        submissions = queries.history(session, found)
    roles = queries.roles_for(actor, supplier)
    return page(
        "suppliers/paper.html",
        supplier=supplier,
        paper=found,
        told=_told(found),
        findings=queries.findings_now(found, now()),
        history=submissions,
        desk_url=desk_url("paper", roles, paper_id=paper_id),
        may_read_scans=bool(roles & {Role.SUPPLIER_STAFF, Role.REVIEWER}),
        can_hand_in=Role.SUPPLIER_STAFF in roles
        and queries.takes_papers(supplier)
        and found.kind is not PaperKind.BANK_ACCOUNT,  # an owner hands another account in
        correctable=queries.is_correctable(found),
    )


@pages.get("/papers/<uuid:paper_id>/scan")
@needs(Role.SUPPLIER_STAFF, Role.REVIEWER)  # auditors see that a paper is there, not its scan
def scan(paper_id: uuid.UUID) -> ResponseReturnValue:
    with work() as w:
        paper = service.read_scan(w, paper_id)
    return download(kept_files().get(paper.scan_key), paper.scan_name, paper.scan_type)


@pages.get("/papers/<uuid:paper_id>/preview")
@needs(Role.SUPPLIER_STAFF, Role.REVIEWER)  # like the scan
def preview(paper_id: uuid.UUID) -> ResponseReturnValue:
    with work() as w:
        paper = service.read_preview(w, paper_id)
    data = kept_files().get(paper.preview_key)
    return download(data, f"{paper.scan_name}.jpg", scans.PREVIEW_TYPE)


def _told(paper: Paper) -> list[tuple[str, str]]:
    """What was typed, under the words of the kind of paper."""
    language, kind = words().language, KINDS[paper.kind]
    usual = {
        "number": (_("编号"), paper.number),
        "holder": (_("持有人"), paper.holder),
        "issuer": (_("发证机关"), paper.issuer),
        "valid_from": (_("有效期自"), day(paper.valid_from)),
        "valid_until": (_("有效期至"), day(paper.valid_until) or _("长期")),
    }
    common = [
        (label_of(paper.kind, name, language) or label, value)  # type: ignore[arg-type]  # a Common
        for name, (label, value) in usual.items()
        if name not in kind.without
    ]
    return [*common, *shown(paper.kind, paper.details, language), (_("扫描件"), paper.scan_name)]


def _form(supplier_id: uuid.UUID) -> PaperForm:
    """The form of the kind that was chosen. Raises Invalid, Missing, WrongState."""
    kind, after = request.values.get("kind", ""), request.values.get("after", "")
    if kind not in set(PaperKind):
        raise Invalid("paper_kind", field="kind", value=kind[:40])
    with reading() as session:
        return paper_form(
            queries.blank(session, someone(), supplier_id, PaperKind(kind), _id(after))
        )


def _shown(form: PaperForm, status: int = 200) -> ResponseReturnValue:
    return page("suppliers/hand_in.html", status, form=form, blank=form.blank)


def _id(text: str) -> uuid.UUID | None:
    """The id that was sent along, if any. Raises Missing."""
    try:
        return uuid.UUID(text) if text else None
    except ValueError as fault:
        raise Missing from fault
