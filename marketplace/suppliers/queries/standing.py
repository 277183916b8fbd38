"""Whether a supplier, and goods of one make, may be sold at an instant; and by which papers.

The spans of time in which everything is met are reckoned by `showing` whenever something they come
from changes, and kept in `Standing`; the gate asks only whether the instant lies in one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    SQLColumnExpression,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.orm import Session

from marketplace.suppliers import rules
from marketplace.suppliers.models import (
    Declaration,
    Grower,
    Paper,
    Profile,
    Standing,
    Supplier,
    Waiver,
)
from marketplace.suppliers.queries.showing import shown, standing_spans
from marketplace.suppliers.rules.spans import Span
from marketplace.suppliers.states import PaperState, SupplierState, WaiverState
from marketplace.work.kept import KeptOf, newest

Instant = datetime | BindParameter[datetime]


def may_sell(
    at: Instant, profile: SQLColumnExpression[str] | str = rules.WHOLE
) -> ColumnElement[bool]:
    """The supplier's half of the visibility predicate, for goods of this profile; the question must
    name `Supplier`."""
    return and_(Supplier.state == SupplierState.APPROVED, stands(at, Supplier.id, profile))


def stands(
    at: Instant,
    supplier_id: SQLColumnExpression[uuid.UUID],
    profile: SQLColumnExpression[str] | str,
) -> ColumnElement[bool]:
    """Whether everything that a profile of the supplier asks for is met at the instant."""
    return exists().where(
        Standing.supplier_id == supplier_id,
        Standing.key == profile,
        Standing.starts_at <= at,
        or_(Standing.ends_at.is_(None), Standing.ends_at > at),
    )


# whatever changes what stands leaves a deed about one of these
GATE_MARKS = tuple(newest(kind) for kind in (Supplier, Paper, Waiver, Declaration, Grower))

RECKON = "marketplace reckon"  # the command that reckons everything anew

Place = tuple[uuid.UUID, str]  # a supplier and one of its profiles


def places(session: Session, at: datetime) -> tuple[frozenset[Place], frozenset[Place]]:
    """Of approved suppliers: the profiles that may be sold at the instant, and those that may not,
    because something they need ran out, or is not valid yet."""
    asked = (
        select(Profile.supplier_id, Profile.key, may_sell(at, Profile.key).label("stands"))
        .join(Supplier, Supplier.id == Profile.supplier_id)
        .where(Supplier.state == SupplierState.APPROVED)
    )
    rows = session.execute(asked).all()
    stand = frozenset((row.supplier_id, row.key) for row in rows if row.stands)
    return stand, frozenset((row.supplier_id, row.key) for row in rows if not row.stands)


def next_turn(session: Session, at: datetime) -> datetime | None:
    """The next instant at which a profile begins or ends to stand."""
    bounds = (Standing.starts_at, Standing.ends_at)
    turns = (session.scalar(select(func.min(one)).where(one > at)) for one in bounds)
    return min((one for one in turns if one), default=None)


def sells(
    session: Session, supplier_id: uuid.UUID, at: datetime, profile: str = rules.WHOLE
) -> bool:
    """Whether goods of this profile may be sold at that instant."""
    asked = select(Supplier.id).where(Supplier.id == supplier_id, may_sell(at, profile))
    return session.scalar(asked) is not None


def in_force(paper: Paper, at: datetime) -> bool:
    """By its dates alone; acceptance is another question."""
    return rules.in_force(paper.starts_at, paper.ends_at, at)


_ACCEPTED = (
    select(Paper)
    .where(Paper.supplier_id == bindparam("supplier_id"), Paper.state == PaperState.ACCEPTED)
    .order_by(Paper.added_at.desc(), Paper.id)
)


def _ask_accepted(session: Session, supplier_id: uuid.UUID) -> tuple[Paper, ...]:
    return tuple(session.scalars(_ACCEPTED, {"supplier_id": supplier_id}))


_accepted = KeptOf(_ask_accepted, newest(Paper))  # whether they are valid is asked of their dates


def papers_in_force(
    session: Session, supplier_id: uuid.UUID, at: datetime, goods_id: uuid.UUID | None = None
) -> tuple[Paper, ...]:
    """The accepted papers that are valid at that instant, of the supplier as a whole and of these
    goods: the evidence on tickets and in lines."""
    return valid_among(_accepted(session, supplier_id), at, goods_id)


def valid_among(
    papers: Iterable[Paper], at: datetime, goods_id: uuid.UUID | None = None
) -> tuple[Paper, ...]:
    """Of accepted papers, those that `papers_in_force` names."""
    return tuple(
        paper for paper in papers if paper.goods_id in {None, goods_id} and in_force(paper, at)
    )


_ACCEPTED_OF = (
    select(Paper)
    .where(
        Paper.supplier_id.in_(bindparam("suppliers", expanding=True)),
        Paper.state == PaperState.ACCEPTED,
    )
    .order_by(Paper.added_at.desc(), Paper.id)
)


def accepted_papers(
    session: Session, supplier_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, list[Paper]]:
    """All accepted papers of several suppliers, asked at once, valid or not."""
    found: dict[uuid.UUID, list[Paper]] = {}
    for paper in session.scalars(_ACCEPTED_OF, {"suppliers": tuple(supplier_ids)}):
        found.setdefault(paper.supplier_id, []).append(paper)
    return found


def with_own(session: Session, supplier_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The goods that have accepted papers or granted waivers of their own."""
    papers = select(Paper.goods_id).where(
        Paper.supplier_id == supplier_id,
        Paper.goods_id.is_not(None),
        Paper.state == PaperState.ACCEPTED,
    )
    waivers = select(Waiver.goods_id).where(
        Waiver.supplier_id == supplier_id,
        Waiver.goods_id.is_not(None),
        Waiver.state == WaiverState.GRANTED,
    )
    return frozenset(one for one in session.scalars(union(papers, waivers)) if one)


def has_own(session: Session, supplier_id: uuid.UUID, goods_id: uuid.UUID) -> bool:
    """Whether these goods have any."""
    return goods_id in with_own(session, supplier_id)


def standing_faults(session: Session) -> Iterator[str]:
    """Every profile whose kept spans are not what papers, waivers and declarations come to, and
    every supplier without one."""
    kept: dict[tuple[uuid.UUID, str], list[Span]] = {}
    for row in session.scalars(select(Standing).order_by(Standing.starts_at)):
        kept.setdefault((row.supplier_id, row.key), []).append((row.starts_at, row.ends_at))
    by_supplier: dict[uuid.UUID, list[Profile]] = {}
    for one in session.scalars(select(Profile).order_by(Profile.key)):
        by_supplier.setdefault(one.supplier_id, []).append(one)
    for supplier in session.scalars(select(Supplier).order_by(Supplier.created_at)):
        has = shown(session, supplier)
        profiles = by_supplier.get(supplier.id, [])
        if supplier.state is SupplierState.APPROVED and not profiles:
            yield f"gate: supplier {supplier.id} has no profile"
        for one in profiles:
            found = tuple(kept.get((supplier.id, one.key), ()))
            if found != standing_spans(has, one.slugs, one.goods_id):
                yield f"gate: supplier {supplier.id}, profile {one.key or 'whole'}: stale spans"
            if one.scheme != rules.SCHEME.digest:
                name = f"gate: supplier {supplier.id}, profile {one.key or 'whole'}"
                yield f"{name}: an older scheme: type  {RECKON}"


def older_schemes(session: Session) -> int:
    """How many profiles were reckoned with another scheme than this version's."""
    asked = select(func.count()).select_from(Profile).where(Profile.scheme != rules.SCHEME.digest)
    return session.scalar(asked) or 0
