"""What pages show of suppliers and their papers."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.suppliers.models import Paper, Supplier
from marketplace.suppliers.queries.sight import visible
from marketplace.suppliers.queries.standing import CheckItem, checklist
from marketplace.suppliers.states import SupplierState

# what an application says, see service.Application
SAID = ("kind", "legal_name", "credit_code", "county_code", "address", "contact_name",
        "contact_mobile", "story", "freight_fee", "free_freight_from")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything about one supplier that its page shows."""

    supplier: Supplier
    papers: tuple[Paper, ...]
    checklist: tuple[CheckItem, ...]
    may_sell: bool

    @property
    def seen(self) -> str:
        """What the button that lets the supplier in sends along."""
        return digest(self.supplier, self.papers)


def digest(supplier: Supplier, handed_in: Iterable[Paper]) -> str:
    """SHA-256 of what an application says, of its papers with their scans, and of when it was
    submitted: one that came back meanwhile is another, whatever else was changed in it."""
    piles = sorted((str(paper.id), paper.scan_sha256) for paper in handed_in)
    told = [str(getattr(supplier, name)) for name in SAID]
    told.append(supplier.submitted_at.astimezone(UTC).isoformat() if supplier.submitted_at else "")
    return hashlib.sha256(json.dumps([told, piles]).encode()).hexdigest()


def papers(session: Session, supplier_id: uuid.UUID) -> tuple[Paper, ...]:
    """All papers ever handed in, newest first."""
    found = select(Paper).where(Paper.supplier_id == supplier_id).order_by(Paper.added_at.desc())
    return tuple(session.scalars(found))


def dossier(session: Session, actor: Actor, supplier_id: uuid.UUID, at: datetime) -> Dossier:
    """The supplier with its papers and the checklist at that instant. Raises Missing."""
    supplier = visible(session, actor, supplier_id)
    handed_in = papers(session, supplier.id)
    items = checklist(supplier.kind, handed_in, at)
    approved = supplier.state is SupplierState.APPROVED
    return Dossier(supplier, handed_in, items, approved and all(item.paper for item in items))


def all_suppliers(session: Session) -> tuple[Supplier, ...]:
    """Every supplier, by name."""
    return tuple(session.scalars(select(Supplier).order_by(Supplier.legal_name)))
