"""Approving suppliers: nobody sells before somebody else has seen their papers."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from marketplace.events import SupplierApproved, SupplierRestored, SupplierSuspended
from marketplace.kernel.actor import Role
from marketplace.kernel.credit_code import compact
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused, SamePerson, WrongState
from marketplace.kernel.money import ZERO, Money
from marketplace.regions import queries as regions
from marketplace.suppliers import queries, rules
from marketplace.suppliers.models import Paper, Supplier
from marketplace.suppliers.states import (
    PAPER,
    SUPPLIER,
    PaperKind,
    PaperState,
    SupplierKind,
    SupplierState,
)
from marketplace.work import Work, move


class PapersMissing(Refused):
    """`requirements` are the slugs that no valid paper meets."""

    code = "papers_missing"

    def __init__(self, requirements: tuple[str, ...]) -> None:
        super().__init__(count=len(requirements))
        self.requirements = requirements


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


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One paper with the bytes of its scan; `valid_until` is its last day, None: long-term."""

    kind: PaperKind
    number: str
    holder: str
    issuer: str
    valid_from: date
    valid_until: date | None
    scan_name: str
    scan: bytes


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
    supplier = _own(w, supplier_id)
    if not queries.is_editable(supplier):
        raise WrongState(verb="revise", state=supplier.state)
    _fill(w, supplier, application)
    w.record("revise", supplier, name=supplier.legal_name)
    return supplier


def hand_in(w: Work, supplier_id: uuid.UUID, paper: HandedIn) -> Paper:
    """Add one paper with its scan; it counts only when a reviewer has accepted it.

    Raises Invalid (dates, scan), WrongState while the application is being looked at.
    """
    supplier = _own(w, supplier_id)
    # held: nothing is slipped under an application that is being submitted or decided just now
    w.session.refresh(supplier, with_for_update=True)
    if not queries.takes_papers(supplier):
        raise WrongState(verb="hand_in", state=supplier.state)
    if len(paper.scan) > w.tools.config.upload_bytes:
        raise Invalid("scan_too_large", field="scan")
    starts_at, ends_at = rules.period(paper.valid_from, paper.valid_until)
    if ends_at is not None and ends_at <= w.now:
        raise Invalid("paper_expired", field="valid_until", value=paper.valid_until)
    row = Paper(
        id=uuid.uuid4(),
        supplier_id=supplier.id,
        kind=paper.kind,
        number=paper.number,
        holder=paper.holder,
        issuer=paper.issuer,
        valid_from=paper.valid_from,
        valid_until=paper.valid_until,
        starts_at=starts_at,
        ends_at=ends_at,
        scan_name=paper.scan_name,
        scan_type=rules.scan_type(paper.scan),
        scan_sha256=hashlib.sha256(paper.scan).hexdigest(),
        state=PaperState.PENDING,
        added_at=w.now,
        added_by=w.actor.person_id,
    )
    row.scan_key = f"{supplier.id}/{row.id}"
    w.tools.storage.put(row.scan_key, paper.scan)
    w.undo.append(lambda: w.tools.storage.drop(row.scan_key))
    w.session.add(row)
    w.record("hand_in", row, to_state=row.state, kind=row.kind, sha256=row.scan_sha256)
    return row


def submit(w: Work, supplier_id: uuid.UUID) -> Supplier:
    """Ask to be let in. Raises PapersMissing, WrongState."""
    supplier = _own(w, supplier_id)
    items = queries.checklist(supplier.kind, queries.papers(w.session, supplier.id), w.now)
    _all_met(tuple(i.requirement.slug for i in items if not (i.paper or i.candidate)))
    move(w, SUPPLIER, supplier, "submit")
    supplier.submitted_at, supplier.submitted_by, supplier.note = w.now, w.actor.person_id, None
    return supplier


def approve(w: Work, supplier_id: uuid.UUID, seen: str) -> Supplier:
    """Let a supplier sell and accept its papers, as shown: `seen` is the digest of what was looked
    at. Raises SamePerson, PapersMissing, WrongState, Refused (application_changed)."""
    supplier = _someone_elses(w, supplier_id)
    move(w, SUPPLIER, supplier, "approve")
    handed_in = queries.papers(w.session, supplier.id)
    if seen != queries.digest(supplier, handed_in):  # returned, changed and submitted again
        raise Refused("application_changed")
    for paper in handed_in:
        if paper.state is PaperState.PENDING and queries.in_force(paper, w.now):
            _decide_paper(w, paper, "accept", "")
    items = queries.checklist(supplier.kind, queries.papers(w.session, supplier.id), w.now)
    _all_met(tuple(item.requirement.slug for item in items if not item.paper))
    _decided(w, supplier, None)
    w.announce(SupplierApproved(w.now, supplier.id))
    return supplier


def send_back(w: Work, supplier_id: uuid.UUID, note: str) -> Supplier:
    """Return the application with the reason. Raises SamePerson, WrongState."""
    supplier = _someone_elses(w, supplier_id)
    move(w, SUPPLIER, supplier, "return", note=_reason(note))
    _decided(w, supplier, note)
    return supplier


def suspend(w: Work, supplier_id: uuid.UUID, note: str) -> Supplier:
    """Stop all sales of a supplier from the next instant on. Raises WrongState."""
    supplier = _someone_elses(w, supplier_id)
    move(w, SUPPLIER, supplier, "suspend", note=_reason(note))
    _decided(w, supplier, note)
    w.announce(SupplierSuspended(w.now, supplier.id))
    return supplier


def restore(w: Work, supplier_id: uuid.UUID, note: str) -> Supplier:
    """Let a suspended supplier sell again. Raises WrongState."""
    supplier = _someone_elses(w, supplier_id)
    move(w, SUPPLIER, supplier, "restore", note=_reason(note))
    _decided(w, supplier, None)
    w.announce(SupplierRestored(w.now, supplier.id))
    return supplier


def accept_paper(w: Work, paper_id: uuid.UUID) -> Paper:
    """Accept a renewal of an approved supplier. Raises SamePerson, WrongState."""
    paper = _someone_elses_paper(w, paper_id)
    _decide_paper(w, paper, "accept", "")
    w.announce(SupplierRestored(w.now, paper.supplier_id))  # what had run out may be seen again
    return paper


def refuse_paper(w: Work, paper_id: uuid.UUID, note: str) -> Paper:
    """Refuse a paper with the reason. Raises SamePerson, WrongState."""
    paper = _someone_elses_paper(w, paper_id)
    _decide_paper(w, paper, "refuse", _reason(note))
    return paper


def mark_as_example(w: Work, supplier_id: uuid.UUID) -> Supplier:
    """Show the supplier as invented from now on; the demonstration does that. Raises Forbidden."""
    if Role.SYSTEM not in w.actor.roles:
        raise Forbidden
    supplier = queries.visible(w.session, w.actor, supplier_id)
    supplier.is_example = True
    w.record("mark_as_example", supplier)
    return supplier


def read_scan(w: Work, paper_id: uuid.UUID) -> tuple[Paper, bytes]:
    """The original bytes of a scan, for its supplier and for reviewers; the reading itself is
    written to the trail. Raises Missing."""
    supplier, paper = queries.paper(w.session, w.actor, paper_id)
    if not queries.roles_for(w.actor, supplier) & {Role.SUPPLIER_STAFF, Role.REVIEWER}:
        raise Missing(paper_id=paper_id)
    w.record("read_scan", paper)
    return paper, w.tools.storage.get(paper.scan_key)


def use(w: Work, supplier_id: uuid.UUID, verb: str, *, note: str, seen: str) -> Supplier:
    """The verb of the state table by its name, as its button names it."""
    if verb == "submit":
        return submit(w, supplier_id)
    if verb == "approve":
        return approve(w, supplier_id, seen)
    return {"return": send_back, "suspend": suspend, "restore": restore}[verb](w, supplier_id, note)


def use_paper(w: Work, paper_id: uuid.UUID, verb: str, note: str) -> Paper:
    """Accept or refuse, by name."""
    return accept_paper(w, paper_id) if verb == "accept" else refuse_paper(w, paper_id, note)


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


def _own(w: Work, supplier_id: uuid.UUID) -> Supplier:
    if Role.SUPPLIER_STAFF not in w.actor.roles:
        raise Forbidden
    supplier = queries.own(w.session, w.actor)
    if supplier is None or supplier.id != supplier_id:
        raise Missing(supplier_id=supplier_id)
    return supplier


def _someone_elses(w: Work, supplier_id: uuid.UUID) -> Supplier:
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


def _someone_elses_paper(w: Work, paper_id: uuid.UUID) -> Paper:
    supplier, paper = queries.paper(w.session, w.actor, paper_id)
    _someone_elses(w, supplier.id)
    if supplier.state is not SupplierState.APPROVED:
        raise WrongState(verb="decide_paper", state=supplier.state)
    return paper


def _decide_paper(w: Work, paper: Paper, verb: str, note: str) -> None:
    if paper.added_by == w.actor.person_id:
        raise SamePerson
    move(w, PAPER, paper, verb, note=note)
    paper.decided_at, paper.decided_by, paper.note = w.now, w.actor.person_id, note or None


def _decided(w: Work, supplier: Supplier, note: str | None) -> None:
    supplier.decided_at, supplier.decided_by, supplier.note = w.now, w.actor.person_id, note


def _all_met(missing: tuple[str, ...]) -> None:
    if missing:
        raise PapersMissing(missing)


def _reason(note: str) -> str:
    if not note.strip():
        raise Invalid("note_missing", field="note")
    return note.strip()
