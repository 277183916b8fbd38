"""What was found in outside registers, and where somebody has to look again."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Missing
from marketplace.suppliers.models import HitDecision, Lookup, Paper, Supplier
from marketplace.suppliers.rules.registers import Register, registers
from marketplace.suppliers.states import LookupResult, PaperState, SupplierState

LOOKERS = frozenset({Role.REVIEWER, Role.AUDITOR, Role.MANAGER})
# nobody looks after drafts; who is returned is looked at when it comes again
_LOOKED_AT = frozenset(SupplierState) - {SupplierState.DRAFT, SupplierState.RETURNED}


@dataclass(frozen=True, slots=True)
class Looked:
    """One record with the decision about it, if it was a hit and somebody decided."""

    lookup: Lookup
    decision: HitDecision | None

    @property
    def waits(self) -> bool:
        """Whether a hit asks for a decision."""
        return self.lookup.result is LookupResult.HIT and self.decision is None


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One register for one supplier: the last look, and whether it is time for the next."""

    register: Register
    last: Looked | None
    is_due: bool
    paper_numbers: tuple[str, ...]  # of the accepted papers that it is asked about

    def to_type(self, supplier: Supplier) -> str:
        """What is searched for there."""
        if self.register.find == "paper_number":
            return "、".join(self.paper_numbers)
        return str(getattr(supplier, self.register.find))


@dataclass(frozen=True, slots=True)
class DueRow:
    """One look that is due, on the list of all suppliers."""

    supplier: Supplier
    row: RegisterRow


def lookups(session: Session, actor: Actor, supplier_id: uuid.UUID) -> tuple[Looked, ...]:
    """All records about a supplier, newest first; for the operator's people. Raises Missing."""
    _supplier(session, actor, supplier_id)
    return _looked(session, [supplier_id])


def register_rows(
    session: Session, actor: Actor, supplier_id: uuid.UUID, today: date
) -> tuple[Supplier, tuple[RegisterRow, ...]]:
    """Every register that concerns the supplier, in the order of the file. Raises Missing."""
    supplier = _supplier(session, actor, supplier_id)
    found = _looked(session, [supplier_id])
    return supplier, _rows(found, _numbers(session, [supplier_id]).get(supplier_id, {}), today)


def due(session: Session, today: date) -> tuple[DueRow, ...]:
    """Looks that are due, and hits that nobody decided about: hits first, then by supplier."""
    asked = select(Supplier).where(Supplier.state.in_(_LOOKED_AT))
    sellers = session.scalars(asked.order_by(Supplier.legal_name, Supplier.id)).all()
    ids = [supplier.id for supplier in sellers]
    numbers = _numbers(session, ids)
    by_supplier: dict[uuid.UUID, list[Looked]] = {}
    for one in _looked(session, ids):
        by_supplier.setdefault(one.lookup.supplier_id, []).append(one)
    rows = [
        DueRow(supplier, row)
        for supplier in sellers
        for row in _rows(by_supplier.get(supplier.id, ()), numbers.get(supplier.id, {}), today)
        if row.is_due or (row.last and row.last.waits)
    ]
    return tuple(sorted(rows, key=lambda found: not (found.row.last and found.row.last.waits)))


def lookup(session: Session, actor: Actor, lookup_id: uuid.UUID) -> Lookup:
    """One record. Raises Missing, also for a supplier's own staff."""
    found = session.get(Lookup, lookup_id)
    if found is None:
        raise Missing(lookup_id=lookup_id)
    _supplier(session, actor, found.supplier_id)
    return found


def is_decided(session: Session, lookup_id: uuid.UUID) -> bool:
    """Whether somebody decided about the hit."""
    asked = select(HitDecision.id).where(HitDecision.lookup_id == lookup_id)
    return session.scalar(asked) is not None


def _supplier(session: Session, actor: Actor, supplier_id: uuid.UUID) -> Supplier:
    found = session.get(Supplier, supplier_id)
    if found is None or not may_look(actor, found):
        raise Missing(supplier_id=supplier_id)
    return found


def may_look(actor: Actor, supplier: Supplier) -> bool:
    """The operator's people, who are not the supplier's own."""
    is_staff = supplier.organisation_id in actor.organisations(Role.SUPPLIER_STAFF)
    return bool(actor.roles & LOOKERS) and not is_staff


def _looked(session: Session, ids: Iterable[uuid.UUID]) -> tuple[Looked, ...]:
    asked = (
        select(Lookup, HitDecision)
        .outerjoin(HitDecision, HitDecision.lookup_id == Lookup.id)
        .where(Lookup.supplier_id.in_(tuple(ids)))
        .order_by(Lookup.at.desc(), Lookup.id)
    )
    return tuple(Looked(row.Lookup, row.HitDecision) for row in session.execute(asked))


def _numbers(
    session: Session, ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, dict[str, tuple[str, ...]]]:
    """Numbers of accepted papers by supplier and register that is asked about them."""
    wanted = {kind: one.slug for one in registers() for kind in one.papers}
    asked = (
        select(Paper.supplier_id, Paper.kind, Paper.number)
        .where(Paper.supplier_id.in_(tuple(ids)), Paper.kind.in_(wanted))
        .where(Paper.state.in_((PaperState.ACCEPTED, PaperState.PENDING)))
        .distinct()
        .order_by(Paper.number)
    )
    found: dict[uuid.UUID, dict[str, tuple[str, ...]]] = {}
    for row in session.execute(asked):
        own = found.setdefault(row.supplier_id, {})
        own[wanted[row.kind]] = (*own.get(wanted[row.kind], ()), row.number)
    return found


def _rows(
    looked: Iterable[Looked], numbers: dict[str, tuple[str, ...]], today: date
) -> tuple[RegisterRow, ...]:
    last: dict[str, Looked] = {}
    for one in looked:  # newest first
        last.setdefault(one.lookup.register, one)
    return tuple(
        RegisterRow(one, before, before is None or before.lookup.again_on <= today, own)
        for one in registers()
        for before, own in [(last.get(one.slug), numbers.get(one.slug, ()))]
        if own or not one.papers
    )
