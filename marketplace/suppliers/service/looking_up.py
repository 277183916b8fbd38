"""Writing down what outside registers say of a supplier, and deciding about what speaks against."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, replace
from datetime import date

from marketplace.kernel.actor import Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Forbidden, Invalid, Refused
from marketplace.ports.storage import Storage
from marketplace.suppliers import queries, rules
from marketplace.suppliers.models import HitDecision, Lookup
from marketplace.suppliers.rules import registers
from marketplace.suppliers.service.deciding import suspend
from marketplace.suppliers.service.whose import reason, someone_elses
from marketplace.suppliers.states import HitVerdict, LookupResult, SupplierState
from marketplace.work import Work

LONGEST = 2000  # signs of what was found


@dataclass(frozen=True, slots=True)
class Found:
    """What a reviewer saw, with a picture of the screen; `again_on` None: as the register says."""

    register: str
    searched_for: str
    looked_on: date
    result: LookupResult
    found: str
    shot_name: str
    shot: bytes
    again_on: date | None = None
    key: str = ""  # where the picture was put by before the unit of work


def received_shot(storage: Storage, said: Found) -> Found:
    """The same with its picture put by: done before a unit of work, for a store may take a while.

    Raises Invalid (scan_…).
    """
    rules.scan_type(said.shot)
    key = f"lookups/{uuid.uuid4()}"
    storage.put(key, said.shot)
    return replace(said, key=key)


def look_up(w: Work, supplier_id: uuid.UUID, said: Found) -> Lookup:
    """Write down one look into a register. By a reviewer who is not the supplier's own.

    Raises Missing, Forbidden, SamePerson, Invalid (register, dates, picture, words for a hit).
    """
    supplier = someone_elses(w, supplier_id)
    known = registers.register(said.register)
    _check(w, said)
    row = Lookup(
        id=uuid.uuid4(),
        supplier_id=supplier.id,
        register=known.slug,
        searched_for=said.searched_for.strip(),
        looked_on=said.looked_on,
        result=said.result,
        found=said.found.strip(),
        shot_name=said.shot_name,
        shot_type=rules.scan_type(said.shot),
        shot_sha256=hashlib.sha256(said.shot).hexdigest(),
        again_on=said.again_on or registers.again_on(known, said.result, said.looked_on),
        at=w.now,
        by=w.actor.person_id,
    )
    row.shot_key = said.key or f"{supplier.id}/{row.id}"
    if not said.key:
        w.tools.storage.put(row.shot_key, said.shot)
        w.undo.append(lambda: w.tools.storage.drop(row.shot_key))
    w.session.add(row)
    w.record("look_up", row, register=row.register, result=row.result.value, sha256=row.shot_sha256)
    return row


def decide_hit(w: Work, lookup_id: uuid.UUID, verdict: HitVerdict, note: str) -> HitDecision:
    """Decide about a hit, with the reason; SUSPEND stops the supplier's sales in the same step.

    Raises Missing, Forbidden, SamePerson, Invalid (note), Refused (no_hit, hit_decided).
    """
    found = queries.lookup(w.session, w.actor, lookup_id)
    supplier = someone_elses(w, found.supplier_id)
    # held: of two who decide at once the second finds the first one's decision
    w.session.refresh(supplier, with_for_update=True)
    if found.result is not LookupResult.HIT:
        raise Refused("no_hit")
    if queries.is_decided(w.session, lookup_id):
        raise Refused("hit_decided")
    told = reason(note)
    row = HitDecision(
        id=uuid.uuid4(),
        lookup_id=lookup_id,
        supplier_id=supplier.id,
        verdict=verdict,
        note=told,
        at=w.now,
        by=w.actor.person_id,
    )
    w.session.add(row)
    w.record("decide_hit", row, verdict=verdict.value, note=told)
    if verdict is HitVerdict.SUSPEND and supplier.state is SupplierState.APPROVED:
        suspend(w, supplier.id, told)
    return row


def read_shot(w: Work, lookup_id: uuid.UUID) -> Lookup:
    """Whose picture is read next, by a reviewer: the reading is written to the trail.

    Raises Missing, Forbidden.
    """
    found = queries.lookup(w.session, w.actor, lookup_id)
    if Role.REVIEWER not in w.actor.roles:
        raise Forbidden
    w.record("read_shot", found)
    return found


def _check(w: Work, said: Found) -> None:
    if not said.searched_for.strip() or len(said.searched_for) > 200:
        raise Invalid("searched_for_missing", field="searched_for")
    if said.looked_on > local_day(w.now):
        raise Invalid("looked_in_future", field="looked_on", value=said.looked_on)
    if said.again_on is not None and said.again_on <= said.looked_on:
        raise Invalid("again_before_looked", field="again_on", value=said.again_on)
    if said.result is not LookupResult.CLEAN and not said.found.strip():
        raise Invalid("found_missing", field="found")
    if len(said.found) > LONGEST:
        raise Invalid("found_too_long", field="found", most=LONGEST)
    if len(said.shot) > w.tools.config.upload_bytes:
        raise Invalid("scan_too_large", field="shot")
