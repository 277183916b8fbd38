"""What reviewers decide about suppliers: nobody sells before two others have seen the papers."""

from __future__ import annotations

import uuid

from marketplace.events import SupplierApproved, SupplierRestored, SupplierSuspended
from marketplace.kernel.errors import Refused, SamePerson
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers import queries
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.service.applying import all_met, submit
from marketplace.suppliers.service.declaring import decide_declaration
from marketplace.suppliers.service.papers import decide_paper
from marketplace.suppliers.service.standing import reckon
from marketplace.suppliers.service.whose import (
    ask_review,
    decided,
    reason,
    someone_elses,
    tell_decision,
)
from marketplace.suppliers.states import SUPPLIER, DeclarationState, PaperState, SupplierState
from marketplace.work import Work, move


def check(w: Work, supplier_id: uuid.UUID, seen: str) -> Supplier:
    """经办: found good by a first person, as shown; a second one confirms it before anything is
    sold. Raises SamePerson, PapersMissing, WrongState, Refused (application_changed)."""
    supplier = someone_elses(w, supplier_id)
    move(w, SUPPLIER, supplier, "check")
    has = _as_shown(w, supplier, seen)
    if w.actor.person_id in _hands(has):  # though not of the supplier any more
        raise SamePerson
    items = queries.checklist(has, w.now)
    all_met(tuple(item.requirement.slug for item in items if item.is_missing))
    supplier.checked_at, supplier.checked_by = w.now, w.actor.person_id
    tell_decision(w, supplier, ReviewKind.SUPPLIER, None)
    ask_review(w, supplier, ReviewKind.SUPPLIER_SECOND)
    return supplier


def approve(w: Work, supplier_id: uuid.UUID, seen: str) -> Supplier:
    """复核: let a supplier sell and accept its papers and what it declares, as shown: `seen` is the
    digest of what was looked at. Never by whoever checked it. Raises SamePerson, PapersMissing,
    WrongState, Refused (application_changed)."""
    supplier = someone_elses(w, supplier_id)
    SUPPLIER.after(supplier.state, "approve", w.actor.roles)  # the plainest reason is told first
    if supplier.checked_by == w.actor.person_id:
        raise SamePerson("second_person")
    move(w, SUPPLIER, supplier, "approve")
    has = _as_shown(w, supplier, seen)
    for paper in has.papers:
        if paper.state is PaperState.PENDING and queries.in_force(paper, w.now):
            decide_paper(w, paper, "accept", "")
    for made in has.declarations:
        if made.state is DeclarationState.PENDING:
            decide_declaration(w, made, "accept", "")
    reckon(w, supplier.id)
    items = queries.checklist(has, w.now)
    needed = (item for item in items if not item.requirement.optional)
    all_met(tuple(item.requirement.slug for item in needed if not item.is_met))
    decided(w, supplier, ReviewKind.SUPPLIER_SECOND, None)
    w.announce(SupplierApproved(w.now, supplier.id))
    return supplier


def send_back(w: Work, supplier_id: uuid.UUID, note: str) -> Supplier:
    """Return the application with the reason. Raises SamePerson, WrongState."""
    supplier = someone_elses(w, supplier_id)
    is_checked = supplier.state is SupplierState.CHECKED
    move(w, SUPPLIER, supplier, "return", note=reason(note))
    kind = ReviewKind.SUPPLIER_SECOND if is_checked else ReviewKind.SUPPLIER
    decided(w, supplier, kind, reason(note))
    return supplier


def suspend(w: Work, supplier_id: uuid.UUID, note: str) -> Supplier:
    """Stop all sales of a supplier from the next instant on. Raises WrongState."""
    supplier = someone_elses(w, supplier_id)
    move(w, SUPPLIER, supplier, "suspend", note=reason(note))
    decided(w, supplier, ReviewKind.SUPPLIER, reason(note))
    w.announce(SupplierSuspended(w.now, supplier.id))
    return supplier


def restore(w: Work, supplier_id: uuid.UUID, note: str) -> Supplier:
    """Let a suspended supplier sell again. Raises WrongState."""
    supplier = someone_elses(w, supplier_id)
    move(w, SUPPLIER, supplier, "restore", note=reason(note))
    decided(w, supplier, ReviewKind.SUPPLIER, None)
    w.announce(SupplierRestored(w.now, supplier.id))
    return supplier


def use(w: Work, supplier_id: uuid.UUID, verb: str, *, note: str, seen: str) -> Supplier:
    """The verb of the state table by its name, as its button names it."""
    if verb == "submit":
        return submit(w, supplier_id)
    if verb in {"check", "approve"}:
        return {"check": check, "approve": approve}[verb](w, supplier_id, seen)
    return {"return": send_back, "suspend": suspend, "restore": restore}[verb](w, supplier_id, note)


def _hands(has: queries.Shown) -> frozenset[str]:
    """Whoever handed in what would be decided: papers and declarations that wait."""
    papers = (one.added_by for one in has.papers if one.state is PaperState.PENDING)
    made = (one.made_by for one in has.declarations if one.state is DeclarationState.PENDING)
    return frozenset((*papers, *made))


def _as_shown(w: Work, supplier: Supplier, seen: str) -> queries.Shown:
    """Returned, changed and submitted again meanwhile is another application."""
    has = queries.shown(w.session, supplier)
    if seen != queries.digest(supplier, has):
        raise Refused("application_changed")
    return has
