"""Whose a supplier is, and who may decide about it: asked before every verb."""

from __future__ import annotations

import uuid

from marketplace.events import ReviewAsked, ReviewDecided
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, Invalid, Missing, SamePerson
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers import queries
from marketplace.suppliers.models import Supplier
from marketplace.work import Work


def own_of(w: Work, supplier_id: uuid.UUID) -> Supplier:
    if Role.SUPPLIER_STAFF not in w.actor.roles:
        raise Forbidden
    supplier = queries.own(w.session, w.actor)
    if supplier is None or supplier.id != supplier_id:
        raise Missing(supplier_id=supplier_id)
    return supplier


def owned(w: Work, supplier_id: uuid.UUID) -> Supplier:
    """For what only an owner may do. Raises Missing, Forbidden."""
    supplier = own_of(w, supplier_id)
    if supplier.organisation_id not in w.actor.organisations(Role.SUPPLIER_OWNER):
        raise Forbidden
    return supplier


def someone_elses(w: Work, supplier_id: uuid.UUID) -> Supplier:
    """For a decision: never by the person who handed it in, nor by the supplier's own staff.

    Raises Missing, Forbidden (no reviewer at all), SamePerson.
    """
    supplier = queries.visible(w.session, w.actor, supplier_id)
    if Role.REVIEWER not in w.actor.roles:
        raise Forbidden
    is_staff = supplier.organisation_id in w.actor.organisations(Role.SUPPLIER_STAFF)
    if is_staff or supplier.submitted_by == w.actor.person_id:
        raise SamePerson
    return supplier


def decided(w: Work, supplier: Supplier, kind: ReviewKind, note: str | None) -> None:
    supplier.decided_at, supplier.decided_by, supplier.note = w.now, w.actor.person_id, note
    tell_decision(w, supplier, kind, note)


def ask_review(
    w: Work, supplier: Supplier, kind: ReviewKind, subject_id: uuid.UUID | None = None
) -> None:
    """It waits for a reviewer, who is not the one who acts now: the supplier itself, or another
    thing of it."""
    who, about = w.actor.person_id, subject_id or supplier.id
    w.announce(
        ReviewAsked(w.now, kind, about, supplier.id, supplier.county_code, supplier.legal_name, who)
    )


def tell_decision(w: Work, supplier: Supplier, kind: ReviewKind, note: str | None) -> None:
    outcome, who = supplier.state.value, w.actor.person_id
    w.announce(
        ReviewDecided(
            w.now, kind, supplier.id, supplier.id, supplier.legal_name, outcome, who, note or ""
        )
    )


def reason(note: str) -> str:
    if not note.strip():
        raise Invalid("note_missing", field="note")
    return note.strip()
