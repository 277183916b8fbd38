"""Who may see which supplier and paper, and in which role."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Missing
from marketplace.kernel.machine import Step
from marketplace.suppliers import rules
from marketplace.suppliers.models import Paper, Supplier
from marketplace.suppliers.rules import checks
from marketplace.suppliers.states import PAPER, PaperKind, PaperState, SupplierState

READERS = frozenset({Role.REVIEWER, Role.AUDITOR, Role.MANAGER, Role.SYSTEM})
LOOKED_AT = frozenset({SupplierState.SUBMITTED, SupplierState.CHECKED})


def own(session: Session, actor: Actor) -> Supplier | None:
    """The supplier whose staff the actor is."""
    organisations = actor.organisations(Role.SUPPLIER_STAFF)
    return session.scalar(select(Supplier).where(Supplier.organisation_id.in_(organisations)))


def own_ids(actor: Actor) -> Select[uuid.UUID]:
    """The same as a part of another question."""
    organisations = actor.organisations(Role.SUPPLIER_STAFF)
    return select(Supplier.id).where(Supplier.organisation_id.in_(organisations))


def own_one(session: Session, actor: Actor, supplier_id: uuid.UUID) -> Supplier:
    """The same, by its id. Raises Missing for another's."""
    supplier = own(session, actor)
    if supplier is None or supplier.id != supplier_id:
        raise Missing(supplier_id=supplier_id)
    return supplier


def visible(session: Session, actor: Actor, supplier_id: uuid.UUID) -> Supplier:
    """One supplier, for its own staff and for those who read all. Raises Missing."""
    supplier = session.get(Supplier, supplier_id)
    if supplier is None:
        raise Missing(supplier_id=supplier_id)
    is_own = supplier.organisation_id in actor.organisations(Role.SUPPLIER_STAFF)
    if not is_own and not actor.roles & READERS:
        raise Missing(supplier_id=supplier_id)
    return supplier


def paper(session: Session, actor: Actor, paper_id: uuid.UUID) -> tuple[Supplier, Paper]:
    """One paper with its supplier, for those who may read it. Raises Missing."""
    found = session.get(Paper, paper_id)
    if found is None:
        raise Missing(paper_id=paper_id)
    return visible(session, actor, found.supplier_id), found


def roles_for(actor: Actor, supplier: Supplier) -> frozenset[Role]:
    """The actor's roles that count for this supplier: staff only for its own, and whoever is
    staff, or handed the application in, does not review it."""
    is_staff = supplier.organisation_id in actor.organisations(Role.SUPPLIER_STAFF)
    not_for = {Role.REVIEWER} if is_staff else {Role.SUPPLIER_STAFF, Role.SUPPLIER_OWNER}
    if supplier.organisation_id not in actor.organisations(Role.SUPPLIER_OWNER):
        not_for.add(Role.SUPPLIER_OWNER)
    if supplier.submitted_by == actor.person_id:
        not_for.add(Role.REVIEWER)
    return actor.roles - not_for


def open_paper_verbs(
    supplier: Supplier, paper: Paper, roles: frozenset[Role]
) -> tuple[Step[PaperState], ...]:
    """Papers of an application are decided with it; later ones on their own."""
    if supplier.state is not SupplierState.APPROVED and not is_revocable(supplier, paper):
        return ()
    steps = PAPER.open_verbs(paper.state, roles & {Role.REVIEWER})
    return tuple(one for one in steps if one.verb != "revoke" or is_revocable(supplier, paper))


def is_revocable(supplier: Supplier, paper: Paper) -> bool:
    """Whether its acceptance may be taken back, also while its supplier is suspended. An account's
    paper is decided with the account."""
    is_own = paper.kind is not PaperKind.BANK_ACCOUNT
    return is_own and rules.is_let_in(supplier.state) and paper.state is PaperState.ACCEPTED


def takes_papers(supplier: Supplier) -> bool:
    """While it is looked at or suspended, the pile of papers stays as it is."""
    return supplier.state not in LOOKED_AT | {SupplierState.SUSPENDED}


def is_correctable(paper: Paper) -> bool:
    """Whether a later submission may take its place; an accepted one is renewed instead."""
    return paper.state in {PaperState.PENDING, PaperState.REFUSED, PaperState.REVOKED}


def findings_of(paper: Paper) -> tuple[rules.Finding, ...]:
    """What the machine found when it was handed in."""
    return tuple(rules.finding_of(kept) for kept in paper.findings)


def findings_now(paper: Paper, at: datetime) -> tuple[rules.Finding, ...]:
    """The same, and what time has added: a paper may end while it waits at the desk."""
    today = local_day(at)
    if paper.valid_until is None or paper.valid_until >= today:
        return findings_of(paper)
    stale = {"in_force", "expired"}
    kept = [one for one in findings_of(paper) if one.check not in stale]
    return (*kept, checks.ended(paper.valid_until, today))


def doubts(paper: Paper) -> tuple[rules.Finding, ...]:
    """What of it a person should look at."""
    return rules.warnings(findings_of(paper))


def is_editable(supplier: Supplier) -> bool:
    return supplier.state in {SupplierState.DRAFT, SupplierState.RETURNED}
