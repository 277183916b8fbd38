"""A supplier as its own people and its readers see it, and the reviewer's decision."""

from __future__ import annotations

import uuid

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Missing
from marketplace.regions import queries as regions
from marketplace.suppliers import queries, rules, service
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.states import SUPPLIER, AccountState, ApplicationStep
from marketplace.suppliers.views.blueprint import pages
from marketplace.web import back_to, checked, needs, now, page, reading, remark, someone, work
from marketplace.web.labels import error_words
from marketplace.web.words import _

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


@pages.get("/<uuid:supplier_id>")
@needs(*READERS)
def show(supplier_id: uuid.UUID) -> ResponseReturnValue:
    return _dossier_page(supplier_id)


@pages.post("/<uuid:supplier_id>/<verb>")
@needs(Role.SUPPLIER_STAFF)
def decide(supplier_id: uuid.UUID, verb: str) -> ResponseReturnValue:
    """One address per verb of the state table that is the supplier's own; reviewers have a desk."""
    if verb != "submit":
        raise Missing
    checked()
    try:
        with work() as w:
            service.submit(w, supplier_id)
    except service.Incomplete as fault:  # its page says what, and where to fill it in
        remark(" ".join(error_words(fault)), "warning")
        return back_to("suppliers.step", supplier_id=supplier_id, step=ApplicationStep.CHECK.value)
    return back_to("suppliers.show", _("已办理。"), supplier_id=supplier_id)


def _dossier_page(supplier_id: uuid.UUID) -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        found = queries.dossier(session, actor, supplier_id, now())
        registers: tuple[queries.RegisterRow, ...] = ()
        if queries.may_look(actor, found.supplier):
            today = local_day(now())
            _one, registers = queries.register_rows(session, actor, supplier_id, today)
        said = _said(session, found.supplier)
    roles = queries.roles_for(actor, found.supplier)
    return page(
        "suppliers/show.html",
        dossier=found,
        supplier=found.supplier,
        verbs_open=SUPPLIER.open_verbs(found.supplier.state, roles - {Role.REVIEWER}),
        desk_url=desk_url("supplier", roles, supplier_id=supplier_id),
        decide_url=lambda verb: url_for(
            "marketplace.suppliers.decide", supplier_id=supplier_id, verb=verb
        ),
        registers=registers,
        doubts=queries.doubts,
        **said,
        is_own=Role.SUPPLIER_STAFF in roles,
        is_let_in=rules.is_let_in(found.supplier.state),
        may_read_scans=bool(roles & {Role.SUPPLIER_STAFF, Role.REVIEWER}),
        can_hand_in=Role.SUPPLIER_STAFF in roles and queries.takes_papers(found.supplier),
        can_edit=Role.SUPPLIER_STAFF in roles and queries.is_editable(found.supplier),
    )


def _said(session: Session, supplier: Supplier) -> dict[str, object]:
    """What the supplier says of itself, how far its application is, and what waits besides."""
    return {
        "progress": queries.progress(session, supplier, now()),
        "growers": [
            (one, regions.label_of(session, one.county_code))
            for one in queries.growers(session, supplier)
        ],
        "county": regions.label_of(session, supplier.county_code),
        "change": queries.open_change(session, supplier.id),
        "account": queries.account_in(session, supplier.id, AccountState.PROPOSED),
    }


def desk_url(page: str, roles: frozenset[Role], **places: uuid.UUID) -> str | None:
    """Where reviewers and those who watch them look at the same thing."""
    if Role.SUPPLIER_STAFF in roles:
        return None
    return url_for(f"marketplace.desk.{page}", **places)  # type: ignore[arg-type]  # Flask wants Any
