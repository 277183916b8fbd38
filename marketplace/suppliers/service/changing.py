"""Who a supplier is, locked once it was let in: a change is proposed, and somebody else decides."""

from __future__ import annotations

import uuid

from marketplace.events import EntityChanged, ReviewDecided, ReviewDropped
from marketplace.kernel.errors import Invalid, Missing, Refused, SamePerson, WrongState
from marketplace.kernel.reviews import ReviewKind
from marketplace.regions import queries as regions
from marketplace.suppliers import queries, rules
from marketplace.suppliers.models import EntityChange, Supplier
from marketplace.suppliers.service.applying import Entity, code_of
from marketplace.suppliers.service.standing import reckon
from marketplace.suppliers.service.whose import ask_review, owned, reason, someone_elses
from marketplace.suppliers.states import CHANGE, EntityChangeState
from marketplace.work import Work, move


def propose_change(w: Work, supplier_id: uuid.UUID, said: Entity, why: str) -> EntityChange:
    """Ask to be called, or registered, as `said`; until a reviewer has approved, nothing changes.

    Raises Forbidden (no owner), WrongState (never let in: then it is simply corrected), Invalid,
    Refused (code taken, a change waits already, or nothing is another).
    """
    supplier = owned(w, supplier_id)
    if not rules.is_let_in(supplier.state):
        raise WrongState(verb="propose_change", state=supplier.state)
    if queries.open_change(w.session, supplier.id):
        raise Refused("change_waits")
    if not said.legal_name:
        raise Invalid("legal_name_missing", field="legal_name")
    found = EntityChange(
        id=uuid.uuid4(),
        supplier_id=supplier.id,
        kind=said.kind,
        legal_name=said.legal_name,
        credit_code=code_of(w, supplier.id, said.credit_code, said.kind),
        county_code=regions.the_county(w.session, said.county).code,
        before=_facts(supplier),
        reason=reason(why),
        state=EntityChangeState.PROPOSED,
        proposed_at=w.now,
        proposed_by=w.actor.person_id,
    )
    changed = [one.field for one in queries.differences(found) if one.differs]
    if not changed:
        raise Refused("change_of_nothing", field="legal_name")
    w.session.add(found)  # two at once: the index lets one in, the other unit begins anew
    w.record("propose", found, to_state=found.state, changed=changed)
    ask_review(w, supplier, ReviewKind.LEGAL_CHANGE, found.id)
    return found


def approve_change(w: Work, change_id: uuid.UUID) -> EntityChange:
    """Let the new facts stand from this instant on; whether its papers are good for them, the gate
    asks. Raises SamePerson, WrongState, Refused (code taken meanwhile)."""
    supplier, found = _someone_elses_change(w, change_id)
    move(w, CHANGE, found, "approve", before=found.before, after=_facts(found))
    code_of(w, supplier.id, found.credit_code, found.kind)
    for name in rules.LEGAL:
        setattr(supplier, name, getattr(found, name))
    reckon(w, supplier.id)  # another kind of supplier must show other papers
    # what is kept of suppliers between pages is asked anew after a deed about one of them
    w.record("change_entity", supplier, change_id=found.id)
    w.announce(EntityChanged(w.now, supplier.id))
    return _decided(w, supplier, found, "")


def refuse_change(w: Work, change_id: uuid.UUID, note: str) -> EntityChange:
    """The old facts stand, with the reason. Raises SamePerson, WrongState."""
    supplier, found = _someone_elses_change(w, change_id)
    move(w, CHANGE, found, "refuse", note=reason(note))
    return _decided(w, supplier, found, reason(note))


def withdraw_change(w: Work, change_id: uuid.UUID) -> EntityChange:
    """An owner takes it back. Raises Missing, Forbidden, WrongState."""
    supplier, found = queries.change(w.session, w.actor, change_id)
    owned(w, supplier.id)
    move(w, CHANGE, found, "withdraw")
    found.decided_at, found.decided_by = w.now, w.actor.person_id
    w.announce(ReviewDropped(w.now, ReviewKind.LEGAL_CHANGE, found.id))
    return found


def use_change(w: Work, change_id: uuid.UUID, verb: str, note: str) -> EntityChange:
    """The verb of the state table by its name. Raises Missing for another."""
    if verb == "refuse":
        return refuse_change(w, change_id, note)
    known = {"approve": approve_change, "withdraw": withdraw_change}
    if verb not in known:
        raise Missing(verb=verb)
    return known[verb](w, change_id)


def _someone_elses_change(w: Work, change_id: uuid.UUID) -> tuple[Supplier, EntityChange]:
    supplier, found = queries.change(w.session, w.actor, change_id)
    someone_elses(w, supplier.id)
    if found.proposed_by == w.actor.person_id:
        raise SamePerson
    return supplier, found


def _decided(w: Work, supplier: Supplier, found: EntityChange, note: str) -> EntityChange:
    who = w.actor.person_id
    found.decided_at, found.decided_by, found.note = w.now, who, note or None
    kind, outcome = ReviewKind.LEGAL_CHANGE, found.state.value
    w.announce(
        ReviewDecided(w.now, kind, found.id, supplier.id, supplier.legal_name, outcome, who, note)
    )
    return found


def _facts(of: Supplier | EntityChange) -> dict[str, str]:
    """Kind, name, code and county, as they stand in the record."""
    return {name: str(getattr(of, name)) for name in rules.LEGAL}
