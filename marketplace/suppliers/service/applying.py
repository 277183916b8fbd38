"""What suppliers say of themselves: registering, correcting, asking to be let in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.kernel.actor import Role
from marketplace.kernel.credit_code import compact
from marketplace.kernel.errors import Forbidden, Refused, WrongState
from marketplace.kernel.money import ZERO, Money
from marketplace.kernel.reviews import ReviewKind
from marketplace.regions import queries as regions
from marketplace.suppliers import queries, rules
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.service.whose import ask_review, own_of
from marketplace.suppliers.states import SUPPLIER, SupplierKind, SupplierState
from marketplace.work import Work, move


@dataclass(frozen=True, slots=True)
class Application:
    """What a supplier says of itself; `county` is a name or a division code."""

    kind: SupplierKind
    legal_name: str
    credit_code: str
    county: str
    address: str
    contact_name: str
    contact_mobile: str
    story: str = ""
    freight_fee: Money = ZERO
    free_freight_from: Money | None = None


class PapersMissing(Refused):
    """`requirements` are the slugs that no valid paper meets."""

    code = "papers_missing"

    def __init__(self, requirements: tuple[str, ...]) -> None:
        super().__init__(count=len(requirements))
        self.requirements = requirements


def register(w: Work, organisation_id: uuid.UUID, application: Application) -> Supplier:
    """Begin an application in the name of the organisation, as one of its staff.

    Raises Invalid (credit code), Refused (code or organisation already registered), Forbidden.
    """
    if organisation_id not in w.actor.organisations(Role.SUPPLIER_STAFF):
        raise Forbidden
    supplier = Supplier(
        id=uuid.uuid4(),
        organisation_id=organisation_id,
        state=SupplierState.DRAFT,  # said now: a default comes too late for the trail
        created_at=w.now,
    )
    _fill(w, supplier, application)
    taken = select(Supplier.id).where(Supplier.organisation_id == organisation_id)
    if w.session.scalar(taken):
        raise Refused("already_registered")
    w.session.add(supplier)
    w.record("register", supplier, to_state=supplier.state, name=supplier.legal_name)
    return supplier


def revise(w: Work, supplier_id: uuid.UUID, application: Application) -> Supplier:
    """Correct what was said, while it is a draft or was returned. Raises WrongState, …"""
    supplier = own_of(w, supplier_id)
    if not queries.is_editable(supplier):
        raise WrongState(verb="revise", state=supplier.state)
    _fill(w, supplier, application)
    w.record("revise", supplier, name=supplier.legal_name)
    return supplier


def submit(w: Work, supplier_id: uuid.UUID) -> Supplier:
    """Ask to be let in. Raises PapersMissing, WrongState."""
    supplier = own_of(w, supplier_id)
    items = queries.checklist(supplier.kind, queries.papers(w.session, supplier.id), w.now)
    all_met(tuple(i.requirement.slug for i in items if not (i.paper or i.candidate)))
    move(w, SUPPLIER, supplier, "submit")
    supplier.submitted_at, supplier.submitted_by, supplier.note = w.now, w.actor.person_id, None
    supplier.checked_at = supplier.checked_by = None
    ask_review(w, supplier, ReviewKind.SUPPLIER)
    return supplier


def mark_as_example(w: Work, supplier_id: uuid.UUID) -> Supplier:
    """Show the supplier as invented from now on; the demonstration does that. Raises Forbidden."""
    if Role.SYSTEM not in w.actor.roles:
        raise Forbidden
    supplier = queries.visible(w.session, w.actor, supplier_id)
    supplier.is_example = True
    w.record("mark_as_example", supplier)
    return supplier


def _fill(w: Work, supplier: Supplier, given: Application) -> None:
    code = compact(given.credit_code)
    rules.check_code(code, given.kind)
    taken = w.session.scalar(select(Supplier.id).where(Supplier.credit_code == code))
    if taken and taken != supplier.id:
        raise Refused("credit_code_taken", field="credit_code")
    supplier.kind = given.kind
    supplier.legal_name = given.legal_name
    supplier.credit_code = code
    supplier.county_code = regions.the_county(w.session, given.county).code
    supplier.address = given.address
    supplier.contact_name = given.contact_name
    supplier.contact_mobile = given.contact_mobile
    supplier.story = given.story
    supplier.freight_fee = given.freight_fee
    supplier.free_freight_from = given.free_freight_from


def all_met(missing: tuple[str, ...]) -> None:
    if missing:
        raise PapersMissing(missing)
