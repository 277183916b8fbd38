"""Questions about suppliers; each takes a Session and answers only what the actor may see."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Missing
from marketplace.kernel.machine import Step
from marketplace.suppliers import rules
from marketplace.suppliers.models import Paper, Supplier
from marketplace.suppliers.states import PAPER, PaperState, SupplierKind, SupplierState
from marketplace.work.kept import KeptOf, newest

READERS = frozenset({Role.REVIEWER, Role.AUDITOR, Role.MANAGER, Role.SYSTEM})


# what an application says, see service.Application
SAID = ("kind", "legal_name", "credit_code", "county_code", "address", "contact_name",
        "contact_mobile", "story", "freight_fee", "free_freight_from")  # fmt: skip

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One line of the checklist; `paper` is the one that meets it now, if any."""

    requirement: rules.Requirement
    paper: Paper | None
    candidate: Paper | None  # handed in and good by its dates, but not yet accepted


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
    """SHA-256 of what an application says and of its papers with their scans."""
    piles = sorted((str(paper.id), paper.scan_sha256) for paper in handed_in)
    told = [str(getattr(supplier, name)) for name in SAID]
    return hashlib.sha256(json.dumps([told, piles]).encode()).hexdigest()


def may_sell(at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The supplier's half of the visibility predicate; the query must name `Supplier`."""
    papers_in_force = [
        or_(
            Supplier.kind.not_in(requirement.suppliers),
            exists().where(
                Paper.supplier_id == Supplier.id,
                Paper.kind.in_(requirement.papers),
                Paper.state == PaperState.ACCEPTED,
                Paper.starts_at <= at,
                or_(Paper.ends_at.is_(None), Paper.ends_at > at),
            ),
        )
        for requirement in rules.REQUIREMENTS
    ]
    return and_(Supplier.state == SupplierState.APPROVED, *papers_in_force)


def out_of_force(session: Session, at: datetime) -> frozenset[uuid.UUID]:
    """Approved suppliers that may not sell at the instant: a paper ran out, or is not valid yet."""
    asked = select(Supplier.id).where(Supplier.state == SupplierState.APPROVED, ~may_sell(at))
    return frozenset(session.scalars(asked))


def sells(session: Session, supplier_id: uuid.UUID, at: datetime) -> bool:
    """Whether this supplier may sell at that instant."""
    asked = select(Supplier.id).where(Supplier.id == supplier_id, may_sell(at))
    return session.scalar(asked) is not None


def own(session: Session, actor: Actor) -> Supplier | None:
    """The supplier whose staff the actor is."""
    organisations = actor.organisations(Role.SUPPLIER_STAFF)
    return session.scalar(select(Supplier).where(Supplier.organisation_id.in_(organisations)))


def visible(session: Session, actor: Actor, supplier_id: uuid.UUID) -> Supplier:
    """One supplier, for its own staff and for those who read all. Raises Missing."""
    supplier = session.get(Supplier, supplier_id)
    if supplier is None:
        raise Missing(supplier_id=supplier_id)
    is_own = supplier.organisation_id in actor.organisations(Role.SUPPLIER_STAFF)
    if not is_own and not actor.roles & READERS:
        raise Missing(supplier_id=supplier_id)
    return supplier


def papers(session: Session, supplier_id: uuid.UUID) -> tuple[Paper, ...]:
    """All papers ever handed in, newest first."""
    found = select(Paper).where(Paper.supplier_id == supplier_id).order_by(Paper.added_at.desc())
    return tuple(session.scalars(found))


def paper(session: Session, actor: Actor, paper_id: uuid.UUID) -> tuple[Supplier, Paper]:
    """One paper with its supplier, for those who may read it. Raises Missing."""
    found = session.get(Paper, paper_id)
    if found is None:
        raise Missing(paper_id=paper_id)
    return visible(session, actor, found.supplier_id), found


def in_force(paper: Paper, at: datetime) -> bool:
    """By its dates alone; acceptance is another question."""
    return rules.in_force(paper.starts_at, paper.ends_at, at)


def checklist(
    kind: SupplierKind, handed_in: Iterable[Paper], at: datetime
) -> tuple[CheckItem, ...]:
    """What this kind of supplier must show, and what it shows at that instant."""
    valid = [paper for paper in handed_in if in_force(paper, at)]
    items = []
    for requirement in rules.required_of(kind):
        fitting = [paper for paper in valid if paper.kind in requirement.papers]
        accepted = [paper for paper in fitting if paper.state is PaperState.ACCEPTED]
        pending = [paper for paper in fitting if paper.state is PaperState.PENDING]
        items.append(CheckItem(requirement, _longest(accepted), _longest(pending)))
    return tuple(items)


def _longest(found: list[Paper]) -> Paper | None:
    """The one that ends last; long-term papers never end."""
    return max(found, key=lambda paper: paper.ends_at or _NEVER, default=None)


def dossier(session: Session, actor: Actor, supplier_id: uuid.UUID, at: datetime) -> Dossier:
    """The supplier with its papers and the checklist at that instant. Raises Missing."""
    supplier = visible(session, actor, supplier_id)
    handed_in = papers(session, supplier.id)
    items = checklist(supplier.kind, handed_in, at)
    approved = supplier.state is SupplierState.APPROVED
    return Dossier(supplier, handed_in, items, approved and all(item.paper for item in items))


_ACCEPTED = (
    select(Paper)
    .where(Paper.supplier_id == bindparam("supplier_id"), Paper.state == PaperState.ACCEPTED)
    .order_by(Paper.added_at.desc(), Paper.id)
)


def _ask_accepted(session: Session, supplier_id: uuid.UUID) -> tuple[Paper, ...]:
    return tuple(session.scalars(_ACCEPTED, {"supplier_id": supplier_id}))


_accepted = KeptOf(_ask_accepted, newest(Paper))  # whether they are valid is asked of their dates


def papers_in_force(session: Session, supplier_id: uuid.UUID, at: datetime) -> tuple[Paper, ...]:
    """The accepted papers that are valid at that instant: the evidence on tickets and in lines."""
    return tuple(paper for paper in _accepted(session, supplier_id) if in_force(paper, at))


def waiting(session: Session) -> tuple[Supplier, ...]:
    """Applications that wait for a reviewer, longest first."""
    found = select(Supplier).where(Supplier.state == SupplierState.SUBMITTED)
    return tuple(session.scalars(found.order_by(Supplier.submitted_at)))


def waiting_papers(session: Session) -> tuple[tuple[Paper, Supplier], ...]:
    """Renewals of approved suppliers that wait for a reviewer, longest first."""
    found = (
        select(Paper, Supplier)
        .join(Supplier, Paper.supplier_id == Supplier.id)
        .where(Paper.state == PaperState.PENDING, Supplier.state == SupplierState.APPROVED)
        .order_by(Paper.added_at)
    )
    return tuple((row.Paper, row.Supplier) for row in session.execute(found))


def all_suppliers(session: Session) -> tuple[Supplier, ...]:
    """Every supplier, by name."""
    return tuple(session.scalars(select(Supplier).order_by(Supplier.legal_name)))


def roles_for(actor: Actor, supplier: Supplier) -> frozenset[Role]:
    """The actor's roles that count for this supplier: staff only for its own, and whoever is
    staff, or handed the application in, does not review it."""
    is_staff = supplier.organisation_id in actor.organisations(Role.SUPPLIER_STAFF)
    not_for = {Role.REVIEWER} if is_staff else {Role.SUPPLIER_STAFF}
    if supplier.submitted_by == actor.person_id:
        not_for.add(Role.REVIEWER)
    return actor.roles - not_for


def open_paper_verbs(
    supplier: Supplier, paper: Paper, roles: frozenset[Role]
) -> tuple[Step[PaperState], ...]:
    """Papers of an application are decided with it; later ones on their own."""
    if supplier.state is not SupplierState.APPROVED:
        return ()
    return PAPER.open_verbs(paper.state, roles)


def takes_papers(supplier: Supplier) -> bool:
    """While it is looked at or suspended, the pile of papers stays as it is."""
    return supplier.state not in {SupplierState.SUBMITTED, SupplierState.SUSPENDED}


def is_editable(supplier: Supplier) -> bool:
    return supplier.state in {SupplierState.DRAFT, SupplierState.RETURNED}
