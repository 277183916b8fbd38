"""Suppliers and papers at the desk: each scan beside what was typed and what a machine found."""

from __future__ import annotations

import uuid
from functools import partial

from flask.typing import ResponseReturnValue

from marketplace.desk import queries
from marketplace.desk.views.blueprint import pages
from marketplace.desk.views.deciding import around
from marketplace.kernel.actor import Role
from marketplace.kernel.reviews import ReviewKind
from marketplace.regions import queries as regions
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.states import SUPPLIER, SupplierState
from marketplace.web import needs, now, page, reading, someone

READERS = (Role.REVIEWER, Role.AUDITOR, Role.MANAGER)


@pages.get("/suppliers/<uuid:supplier_id>")
@needs(*READERS)
def supplier(supplier_id: uuid.UUID) -> ResponseReturnValue:
    actor, at = someone(), now()
    with reading() as session:
        subject = queries.subject(session, actor, ReviewKind.SUPPLIER, supplier_id)
        dossier = suppliers.dossier(session, actor, supplier_id, at)
        roles = _deciding(subject.supplier)
        steps = SUPPLIER.open_verbs(subject.supplier.state, roles)
        if subject.supplier.checked_by == actor.person_id:  # the second person is another one
            steps = tuple(step for step in steps if step.verb != "approve")
        return page(
            "desk/supplier.html",
            supplier=subject.supplier,
            dossier=dossier,
            declared=suppliers.declared(session, supplier_id),
            is_first=subject.supplier.state is SupplierState.CHECKED
            and subject.supplier.checked_by == actor.person_id,
            place=regions.county(session, subject.supplier.county_code),
            may_read_scans=bool(roles),
            findings_of=partial(suppliers.findings_now, at=at),
            **around(session, subject, steps, dossier.seen),
        )


@pages.get("/papers/<uuid:paper_id>")
@needs(*READERS)
def paper(paper_id: uuid.UUID) -> ResponseReturnValue:
    actor, at = someone(), now()
    with reading() as session:
        subject = queries.subject(session, actor, ReviewKind.PAPER, paper_id)
        _owner, found = suppliers.paper(session, actor, paper_id)
        roles = _deciding(subject.supplier)
        steps = suppliers.open_paper_verbs(subject.supplier, found, roles)
        return page(
            "desk/paper.html",
            supplier=subject.supplier,
            paper=found,
            may_read_scans=bool(roles),
            findings_of=partial(suppliers.findings_now, at=at),
            **around(session, subject, steps, ""),
        )


@pages.get("/declarations/<uuid:declaration_id>")
@needs(*READERS)
def declaration(declaration_id: uuid.UUID) -> ResponseReturnValue:
    actor = someone()
    with reading() as session:
        subject = queries.subject(session, actor, ReviewKind.DECLARATION, declaration_id)
        _owner, made = suppliers.declaration(session, actor, declaration_id)
        roles = _deciding(subject.supplier)
        steps = suppliers.open_declaration_verbs(subject.supplier, made, actor, roles)
        return page(
            "desk/declaration.html",
            supplier=subject.supplier,
            declared=suppliers.side_by_side(made, session),
            **around(session, subject, steps, ""),
        )


def _deciding(supplier: Supplier) -> frozenset[Role]:
    """Empty for those who only look, and for whoever handed the application in."""
    return suppliers.roles_for(someone(), supplier) & {Role.REVIEWER}
