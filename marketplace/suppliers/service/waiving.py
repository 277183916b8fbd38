"""Requirements that need not be met, on the record: one reviewer proposes, another confirms."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.events import ReviewDecided, ReviewDropped, SupplierRestored
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import end_of_day, local_day
from marketplace.kernel.errors import Forbidden, Invalid, Refused, SamePerson, WrongState
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers import queries, rules
from marketplace.suppliers.models import Supplier, Waiver
from marketplace.suppliers.service.standing import reckon
from marketplace.suppliers.service.whose import ask_review, reason, someone_elses
from marketplace.suppliers.states import WAIVER, WaiverState
from marketplace.work import Work, move

LONGEST = timedelta(days=366)  # looked at again at least once a year


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requirement need not be met until and with the last day, why, and by what evidence."""

    requirement: str
    reason: str
    evidence: str
    until: date


def propose_waiver(w: Work, supplier_id: uuid.UUID, wanted: Wanted) -> Waiver:
    """As a first reviewer. Only what the scheme calls borderline can be waived.

    Raises Forbidden, SamePerson, WrongState (not let in), Invalid (requirement_not_waivable,
    note_missing, evidence_missing, waiver_until), Refused (waiver_waits).
    """
    supplier = someone_elses(w, supplier_id)
    # held: of two who propose at once the second finds the first one's
    w.session.refresh(supplier, with_for_update=True)
    if not rules.is_let_in(supplier.state):
        raise WrongState(verb="propose_waiver", state=supplier.state)
    if wanted.requirement not in {one.slug for one in queries.waivable(supplier)}:
        raise Invalid("requirement_not_waivable", field="requirement", value=wanted.requirement)
    if not wanted.evidence.strip():
        raise Invalid("evidence_missing", field="evidence")
    today = local_day(w.now)
    if not today <= wanted.until <= today + LONGEST:
        raise Invalid("waiver_until", field="until", value=wanted.until)
    if queries.waits_waiver(w.session, supplier.id, wanted.requirement):
        raise Refused("waiver_waits", field="requirement")
    found = Waiver(
        id=uuid.uuid4(),
        supplier_id=supplier.id,
        requirement=wanted.requirement,
        reason=reason(wanted.reason),
        evidence=wanted.evidence.strip(),
        starts_at=w.now,
        ends_at=end_of_day(wanted.until),
        state=WaiverState.PROPOSED,
        proposed_at=w.now,
        proposed_by=w.actor.person_id,
    )
    w.session.add(found)
    w.record("propose", found, to_state=found.state, requirement=found.requirement)
    ask_review(w, supplier, ReviewKind.WAIVER, found.id)
    return found


def use_waiver(w: Work, waiver_id: uuid.UUID, verb: str, note: str) -> Waiver:
    """Confirm, as another reviewer than the one who proposed, or end, with the reason.

    Raises Missing, Forbidden, SamePerson, WrongState, Invalid (note_missing, waiver_until: its time
    was over before anybody confirmed it).
    """
    found = queries.waiver(w.session, w.actor, waiver_id)
    if Role.REVIEWER not in w.actor.roles:
        raise Forbidden
    supplier = someone_elses(w, found.supplier_id)
    if verb == "confirm":
        WAIVER.after(found.state, verb, w.actor.roles)
        if found.proposed_by == w.actor.person_id:
            raise SamePerson("second_person")
        if found.ends_at is not None and found.ends_at <= w.now:
            raise Invalid("waiver_until", field="until", value=found.ends_at)
        found.starts_at = w.now  # the gate opens with the second word, not before it
    was = found.state
    move(w, WAIVER, found, verb, note=reason(note) if verb == "end" else note)
    found.decided_at, found.decided_by, found.note = w.now, w.actor.person_id, note or None
    reckon(w, supplier.id)
    _tell(w, supplier, found, was)
    return found


def _tell(w: Work, supplier: Supplier, found: Waiver, was: WaiverState) -> None:
    if was is WaiverState.PROPOSED and found.state is WaiverState.ENDED:
        w.announce(ReviewDropped(w.now, ReviewKind.WAIVER, found.id))
        return
    title, outcome = supplier.legal_name, found.state.value
    told = (found.id, supplier.id, title, outcome, w.actor.person_id, found.note or "")
    w.announce(ReviewDecided(w.now, ReviewKind.WAIVER, *told))
    if found.state is WaiverState.GRANTED:
        w.announce(SupplierRestored(w.now, supplier.id))  # what was shut may be seen again
