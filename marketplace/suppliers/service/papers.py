"""Papers as they are handed in, decided about and read."""

from __future__ import annotations

import uuid
from functools import partial

from marketplace.adapters.scans import Look
from marketplace.events import (
    GoodsPaperAccepted,
    PaperRevoked,
    ReviewAsked,
    ReviewDecided,
    ReviewDropped,
    SupplierRestored,
)
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing, SamePerson, WrongState
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers import queries
from marketplace.suppliers.models import Paper, Supplier, preview_of
from marketplace.suppliers.service.examining import HandedIn, examined, put
from marketplace.suppliers.service.standing import reckon
from marketplace.suppliers.service.whose import own_of, reason, someone_elses
from marketplace.suppliers.states import PAPER, PaperState, SupplierState
from marketplace.work import Work, move


def hand_in(w: Work, supplier_id: uuid.UUID, paper: HandedIn) -> Paper:
    """Add one paper with its scan; it counts only when a reviewer has accepted it.

    Raises Invalid (dates, scan, details), ChecksFailed, WrongState while the application is being
    looked at; Missing, Invalid or WrongState when what it corrects cannot be corrected.
    """
    if paper.key:  # put by before: whatever stops us from here on takes it away again
        forget_if_undone(w, paper.key)
    supplier = own_of(w, supplier_id)
    # held: nothing is slipped under an application that is being submitted or decided just now
    w.session.refresh(supplier, with_for_update=True)
    if not queries.takes_papers(supplier):
        raise WrongState(verb="hand_in", state=supplier.state)
    earlier = _corrected(w, supplier, paper)
    row, look = examined(w, supplier, paper)
    if earlier is not None and earlier.state is PaperState.PENDING:
        move(w, PAPER, earlier, "replace")
        w.announce(ReviewDropped(w.now, ReviewKind.PAPER, earlier.id))
    _keep(w, row, paper, look)
    if supplier.state is SupplierState.APPROVED:  # else it is decided with the application
        _ask(w, row, supplier)
    return row


def accept_paper(w: Work, paper_id: uuid.UUID) -> Paper:
    """Accept a renewal of an approved supplier. Raises SamePerson, WrongState."""
    paper = _someone_elses_paper(w, paper_id)
    decide_paper(w, paper, "accept", "")
    reckon(w, paper.supplier_id)
    _tell(w, paper)
    w.announce(SupplierRestored(w.now, paper.supplier_id))  # what had run out may be seen again
    return paper


def refuse_paper(w: Work, paper_id: uuid.UUID, note: str) -> Paper:
    """Refuse a paper with the reason. Raises SamePerson, WrongState."""
    paper = _someone_elses_paper(w, paper_id)
    decide_paper(w, paper, "refuse", reason(note))
    _tell(w, paper)
    return paper


def revoke_paper(w: Work, paper_id: uuid.UUID, note: str) -> Paper:
    """Take an acceptance back, with the reason: forged, cancelled by its issuer, accepted by
    mistake. The paper counts for nothing from this instant on; only a new submission undoes it.

    Raises SamePerson, WrongState (also of an account's paper, which goes with its account).
    """
    supplier, paper = queries.paper(w.session, w.actor, paper_id)
    someone_elses(w, supplier.id)
    if not queries.is_revocable(supplier, paper):
        raise WrongState(verb="revoke", state=paper.state)
    decide_paper(w, paper, "revoke", reason(note))
    w.announce(PaperRevoked(w.now, paper.supplier_id, paper.goods_id))
    reckon(w, paper.supplier_id)
    _tell(w, paper)
    return paper


def use_paper(w: Work, paper_id: uuid.UUID, verb: str, note: str) -> Paper:
    """Accept, refuse or revoke, by name."""
    if verb == "accept":
        return accept_paper(w, paper_id)
    return {"refuse": refuse_paper, "revoke": revoke_paper}[verb](w, paper_id, note)


def read_scan(w: Work, paper_id: uuid.UUID) -> Paper:
    """Whose scan is about to be read, by its supplier or a reviewer; the reading itself is written
    to the trail, the bytes are fetched after that. Raises Missing."""
    paper = _readable(w, paper_id)
    w.record("read_scan", paper)
    return paper


def read_preview(w: Work, paper_id: uuid.UUID) -> Paper:
    """The same for the small picture of a scan. Raises Missing."""
    paper = _readable(w, paper_id)
    if not paper.has_preview:
        raise Missing(paper_id=paper_id)
    w.record("read_preview", paper)
    return paper


def _readable(w: Work, paper_id: uuid.UUID) -> Paper:
    supplier, paper = queries.paper(w.session, w.actor, paper_id)
    if not queries.roles_for(w.actor, supplier) & {Role.SUPPLIER_STAFF, Role.REVIEWER}:
        raise Missing(paper_id=paper_id)
    return paper


def decide_paper(w: Work, paper: Paper, verb: str, note: str) -> None:
    if paper.added_by == w.actor.person_id:
        raise SamePerson
    move(w, PAPER, paper, verb, note=note)
    paper.decided_at, paper.decided_by, paper.note = w.now, w.actor.person_id, note or None
    if verb == "accept" and paper.goods_id is not None:
        w.announce(GoodsPaperAccepted(w.now, paper.supplier_id, paper.goods_id))


def _keep(w: Work, row: Paper, paper: HandedIn, look: Look) -> None:
    row.scan_key = paper.key or f"{row.supplier_id}/{row.id}"
    if not paper.key:
        put(w.tools.storage, row.scan_key, paper.scan, look)
        forget_if_undone(w, row.scan_key)
    w.session.add(row)
    w.record("hand_in", row, to_state=row.state, kind=row.kind, sha256=row.scan_sha256)


def forget_if_undone(w: Work, key: str) -> None:
    """What was put by for this unit goes when it is rolled back."""
    for one in (key, preview_of(key)):
        w.undo.append(partial(w.tools.storage.drop, one))


def _ask(w: Work, paper: Paper, supplier: Supplier) -> None:
    """A paper of a supplier that is in already waits for a reviewer of its own."""
    w.announce(
        ReviewAsked(
            w.now,
            ReviewKind.PAPER,
            paper.id,
            supplier.id,
            supplier.county_code,
            paper.number or paper.holder,
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
            paper.number or paper.holder,
            paper.state.value,
            w.actor.person_id,
            paper.note or "",
        )
    )


def _corrected(w: Work, supplier: Supplier, paper: HandedIn) -> Paper | None:
    """The submission that is corrected: the supplier's own, of the same kind, and not accepted."""
    if paper.corrects_id is None:
        return None
    earlier = w.session.get(Paper, paper.corrects_id, with_for_update=True)
    if earlier is None or earlier.supplier_id != supplier.id:
        raise Missing(paper_id=paper.corrects_id)
    if not queries.is_correctable(earlier):
        raise WrongState(verb="correct", state=earlier.state)
    if earlier.kind is not paper.kind:
        raise Invalid("paper_other_kind", field="kind", value=paper.kind)
    return earlier


def _someone_elses_paper(w: Work, paper_id: uuid.UUID) -> Paper:
    supplier, paper = queries.paper(w.session, w.actor, paper_id)
    someone_elses(w, supplier.id)
    if supplier.state is not SupplierState.APPROVED:
        raise WrongState(verb="decide_paper", state=supplier.state)
    return paper
