"""Papers as they are handed in, decided about and read."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date

from marketplace.events import ReviewAsked, ReviewDecided, SupplierRestored
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing, SamePerson, WrongState
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers import queries, rules
from marketplace.suppliers.models import Paper, Supplier
from marketplace.suppliers.service.whose import own_of, reason, someone_elses
from marketplace.suppliers.states import PAPER, PaperKind, PaperState, SupplierState
from marketplace.work import Work, move


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


def hand_in(w: Work, supplier_id: uuid.UUID, paper: HandedIn) -> Paper:
    """Add one paper with its scan; it counts only when a reviewer has accepted it.

    Raises Invalid (dates, scan), WrongState while the application is being looked at.
    """
    supplier = own_of(w, supplier_id)
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
    _keep(w, row, paper.scan)
    if supplier.state is SupplierState.APPROVED:  # else it is decided with the application
        _ask(w, row, supplier)
    return row


def accept_paper(w: Work, paper_id: uuid.UUID) -> Paper:
    """Accept a renewal of an approved supplier. Raises SamePerson, WrongState."""
    paper = _someone_elses_paper(w, paper_id)
    decide_paper(w, paper, "accept", "")
    _tell(w, paper)
    w.announce(SupplierRestored(w.now, paper.supplier_id))  # what had run out may be seen again
    return paper


def refuse_paper(w: Work, paper_id: uuid.UUID, note: str) -> Paper:
    """Refuse a paper with the reason. Raises SamePerson, WrongState."""
    paper = _someone_elses_paper(w, paper_id)
    decide_paper(w, paper, "refuse", reason(note))
    _tell(w, paper)
    return paper


def use_paper(w: Work, paper_id: uuid.UUID, verb: str, note: str) -> Paper:
    """Accept or refuse, by name."""
    return accept_paper(w, paper_id) if verb == "accept" else refuse_paper(w, paper_id, note)


def read_scan(w: Work, paper_id: uuid.UUID) -> tuple[Paper, bytes]:
    """The original bytes of a scan, for its supplier and for reviewers; the reading itself is
    written to the trail. Raises Missing."""
    supplier, paper = queries.paper(w.session, w.actor, paper_id)
    if not queries.roles_for(w.actor, supplier) & {Role.SUPPLIER_STAFF, Role.REVIEWER}:
        raise Missing(paper_id=paper_id)
    w.record("read_scan", paper)
    return paper, w.tools.storage.get(paper.scan_key)


def decide_paper(w: Work, paper: Paper, verb: str, note: str) -> None:
    if paper.added_by == w.actor.person_id:
        raise SamePerson
    move(w, PAPER, paper, verb, note=note)
    paper.decided_at, paper.decided_by, paper.note = w.now, w.actor.person_id, note or None


def _keep(w: Work, row: Paper, scan: bytes) -> None:
    row.scan_key = f"{row.supplier_id}/{row.id}"
    w.tools.storage.put(row.scan_key, scan)
    w.undo.append(lambda: w.tools.storage.drop(row.scan_key))
    w.session.add(row)
    w.record("hand_in", row, to_state=row.state, kind=row.kind, sha256=row.scan_sha256)


def _ask(w: Work, paper: Paper, supplier: Supplier) -> None:
    """A paper of a supplier that is in already waits for a reviewer of its own."""
    w.announce(
        ReviewAsked(
            w.now,
            ReviewKind.PAPER,
            paper.id,
            supplier.id,
            supplier.county_code,
            paper.number,
            paper.added_by,
        )
    )


def _tell(w: Work, paper: Paper) -> None:
    w.announce(
        ReviewDecided(
            w.now,
            ReviewKind.PAPER,
            paper.id,
            paper.supplier_id,
            paper.number,
            paper.state.value,
            w.actor.person_id,
            paper.note or "",
        )
    )


def _someone_elses_paper(w: Work, paper_id: uuid.UUID) -> Paper:
    supplier, paper = queries.paper(w.session, w.actor, paper_id)
    someone_elses(w, supplier.id)
    if supplier.state is not SupplierState.APPROVED:
        raise WrongState(verb="decide_paper", state=supplier.state)
    return paper
