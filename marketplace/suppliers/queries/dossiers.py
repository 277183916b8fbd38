"""What pages show of suppliers and their papers."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.suppliers.models import Paper, Supplier
from marketplace.suppliers.queries.readiness import Readiness, readiness
from marketplace.suppliers.queries.showing import CheckItem, Shown, shown
from marketplace.suppliers.queries.sight import visible
from marketplace.suppliers.queries.standing import sells

# what an application says, see service.Application
SAID = ("kind", "legal_name", "credit_code", "county_code", "address", "contact_name",
        "contact_mobile", "story", "freight_fee", "free_freight_from")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything about one supplier that its page shows."""

    supplier: Supplier
    shown: Shown
    readiness: Readiness
    may_sell: bool

    @property
    def checklist(self) -> tuple[CheckItem, ...]:
        return self.readiness.items

    @property
    def papers(self) -> tuple[Paper, ...]:
        """All papers ever handed in, newest first."""
        return self.shown.papers

    @property
    def seen(self) -> str:
        """What the button that lets the supplier in sends along."""
        return digest(self.supplier, self.shown)


def digest(supplier: Supplier, has: Shown) -> str:
    """SHA-256 of what an application says and shows, and of when it was submitted: one that came
    back meanwhile is another, whatever else was changed in it."""
    piles = sorted((str(paper.id), paper.scan_sha256) for paper in has.papers)
    waived = [(str(one.id), one.state.value) for one in has.waivers]
    declared = [(str(one.id), one.state.value) for one in has.declarations]
    told = [str(getattr(supplier, name)) for name in SAID]
    told.append(supplier.submitted_at.astimezone(UTC).isoformat() if supplier.submitted_at else "")
    shown_so = json.dumps([told, piles, sorted(waived), sorted(declared)])
    return hashlib.sha256(shown_so.encode()).hexdigest()


def papers(session: Session, supplier_id: uuid.UUID) -> tuple[Paper, ...]:
    """All papers ever handed in, newest first."""
    found = select(Paper).where(Paper.supplier_id == supplier_id).order_by(Paper.added_at.desc())
    return tuple(session.scalars(found))


def dossier(session: Session, actor: Actor, supplier_id: uuid.UUID, at: datetime) -> Dossier:
    """The supplier with its papers and the checklist at that instant. Raises Missing."""
    supplier = visible(session, actor, supplier_id)
    has = shown(session, supplier)
    ready = readiness(session, supplier, at)
    return Dossier(supplier, has, ready, sells(session, supplier.id, at))


def all_suppliers(session: Session) -> tuple[Supplier, ...]:
    """Every supplier, by name."""
    return tuple(session.scalars(select(Supplier).order_by(Supplier.legal_name)))
