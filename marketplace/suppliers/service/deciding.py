"""What reviewers decide about suppliers: nobody sells before somebody else has seen the papers."""

from __future__ import annotations

import uuid

from marketplace.events import SupplierApproved, SupplierRestored, SupplierSuspended
from marketplace.kernel.errors import Refused
from marketplace.suppliers import queries
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.service.applying import all_met, submit
from marketplace.suppliers.service.papers import decide_paper
from marketplace.suppliers.service.whose import decided, reason, someone_elses
from marketplace.suppliers.states import SUPPLIER, PaperState
from marketplace.work import Work, move


def approve(w: Work, supplier_id: uuid.UUID, seen: str) -> Supplier:
    """Let a supplier sell and accept its papers, as shown: `seen` is the digest of what was looked
    at. Raises SamePerson, PapersMissing, WrongState, Refused (application_changed)."""
    supplier = someone_elses(w, supplier_id)
    move(w, SUPPLIER, supplier, "approve")
    handed_in = queries.papers(w.session, supplier.id)
    if seen != queries.digest(supplier, handed_in):  # returned, changed and submitted again
        raise Refused("application_changed")
    for paper in handed_in:
        if paper.state is PaperState.PENDING and queries.in_force(paper, w.now):
            decide_paper(w, paper, "accept", "")
    items = queries.checklist(supplier.kind, queries.papers(w.session, supplier.id), w.now)
    all_met(tuple(item.requirement.slug for item in items if not item.paper))
    decided(w, supplier, None)
    w.announce(SupplierApproved(w.now, supplier.id))
    return supplier


def send_back(w: Work, supplier_id: uuid.UUID, note: str) -> Supplier:
    """Return the application with the reason. Raises SamePerson, WrongState."""
    supplier = someone_elses(w, supplier_id)
    move(w, SUPPLIER, supplier, "return", note=reason(note))
    decided(w, supplier, note)
    return supplier


def suspend(w: Work, supplier_id: uuid.UUID, note: str) -> Supplier:
    """Stop all sales of a supplier from the next instant on. Raises WrongState."""
    supplier = someone_elses(w, supplier_id)
    move(w, SUPPLIER, supplier, "suspend", note=reason(note))
    decided(w, supplier, note)
    w.announce(SupplierSuspended(w.now, supplier.id))
    return supplier


def restore(w: Work, supplier_id: uuid.UUID, note: str) -> Supplier:
    """Let a suspended supplier sell again. Raises WrongState."""
    supplier = someone_elses(w, supplier_id)
    move(w, SUPPLIER, supplier, "restore", note=reason(note))
    decided(w, supplier, None)
    w.announce(SupplierRestored(w.now, supplier.id))
    return supplier


def use(w: Work, supplier_id: uuid.UUID, verb: str, *, note: str, seen: str) -> Supplier:
    """The verb of the state table by its name, as its button names it."""
    if verb == "submit":
        return submit(w, supplier_id)
    if verb == "approve":
        return approve(w, supplier_id, seen)
    return {"return": send_back, "suspend": suspend, "restore": restore}[verb](w, supplier_id, note)
