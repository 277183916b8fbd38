"""Whether a supplier may sell at an instant, and by which papers."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from marketplace.suppliers import rules
from marketplace.suppliers.models import Paper, Supplier
from marketplace.suppliers.states import PaperState, SupplierKind, SupplierState
from marketplace.work.kept import KeptOf, newest

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One line of the checklist; `paper` is the one that meets it now, if any."""

    requirement: rules.Requirement
    paper: Paper | None
    candidate: Paper | None  # handed in and good by its dates, but not yet accepted


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
