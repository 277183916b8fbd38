"""Claims for those whom they concern: buyer, union, supplier, those who look after the money."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.catalog.models import EvidencePhoto
from marketplace.claims.models import Claim, ClaimLine
from marketplace.claims.states import CLAIM, ENDED, ClaimKind, ClaimState
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Missing
from marketplace.kernel.machine import Step
from marketplace.orders import queries as orders
from marketplace.orders.models import Order, Purchase
from marketplace.suppliers import queries as suppliers
from marketplace.web.paging import Page, paged

BUYERS = frozenset({Role.EMPLOYEE, Role.UNION_BUYER})
OVERSEERS = frozenset({Role.MANAGER, Role.AUDITOR})


@dataclass(frozen=True, slots=True)
class ClaimView:
    """Everything that the page of one claim shows to this reader."""

    claim: Claim
    order: Order
    lines: Sequence[ClaimLine]
    photos: Sequence[EvidencePhoto]
    verbs: tuple[Step[Any], ...]
    is_suppliers: bool


def claim(session: Session, actor: Actor, claim_id: uuid.UUID) -> ClaimView:
    """Raises Missing, also for somebody else's."""
    found = row(session, claim_id)
    counting = roles_for(actor, found.order)
    if not counting and not actor.roles & OVERSEERS and not _reads(actor, found.order):
        raise Missing(claim_id=claim_id)
    pictures = select(EvidencePhoto).where(EvidencePhoto.subject_id == claim_id)
    return ClaimView(
        claim=found,
        order=found.order,
        lines=lines_of(session, claim_id),
        photos=session.scalars(pictures.order_by(EvidencePhoto.place)).all(),
        verbs=CLAIM.open_verbs(found.state, counting - {Role.SYSTEM}),
        is_suppliers=Role.SUPPLIER_STAFF in counting,
    )


def roles_for(actor: Actor, order: Order) -> frozenset[Role]:
    """The actor's roles that count for claims on this order: a manager who bought, is an officer of
    the union that bought, or works for the supplier decides nothing here."""
    sides = orders.roles_for(actor, order) - {Role.SYSTEM}
    own = (sides & (BUYERS | {Role.SUPPLIER_STAFF})) | (actor.roles & {Role.SYSTEM})
    if sides or order.purchase.buyer_id == actor.person_id:
        return own
    return own | (actor.roles & {Role.MANAGER})


def _reads(actor: Actor, order: Order) -> bool:
    """The other officers of the union that bought, and whoever bought it for himself."""
    own = order.organisation_id is None and order.purchase.buyer_id == actor.person_id
    return own or bool(orders.roles_for(actor, order))


def row(session: Session, claim_id: uuid.UUID, *, for_change: bool = False) -> Claim:
    """The bare claim with order, purchase and supplier, for everybody. Raises Missing."""
    asked = (
        select(Claim)
        .where(Claim.id == claim_id)
        .options(
            joinedload(Claim.order).joinedload(Order.purchase),
            joinedload(Claim.order).joinedload(Order.supplier),
        )
    )
    if for_change:
        asked = asked.with_for_update(of=Claim).execution_options(populate_existing=True)
    found = session.scalar(asked)
    if found is None:
        raise Missing(claim_id=claim_id)
    return found


def lines_of(session: Session, claim_id: uuid.UUID) -> Sequence[ClaimLine]:
    """With the order lines that they tell of."""
    asked = select(ClaimLine).where(ClaimLine.claim_id == claim_id)
    return session.scalars(
        asked.options(joinedload(ClaimLine.line)).order_by(ClaimLine.order_line_id)
    ).all()


def photo(session: Session, actor: Actor, claim_id: uuid.UUID, photo_id: uuid.UUID) -> str:
    """The key of a photograph of a claim, for its readers. Raises Missing."""
    found = session.get(EvidencePhoto, photo_id)
    if found is None or found.subject_id != claim_id:
        raise Missing(photo_id=photo_id)
    claim(session, actor, claim_id)
    return found.key


def waiting_claim(session: Session, order_id: uuid.UUID) -> Claim | None:
    """The one that has not ended."""
    return session.scalar(
        select(Claim).where(Claim.order_id == order_id, Claim.state.not_in(ENDED))
    )


def claims_of(session: Session, order_id: uuid.UUID) -> Sequence[Claim]:
    """Of one order, the newest first; who may see them, the order decides."""
    asked = select(Claim).where(Claim.order_id == order_id)
    return session.scalars(asked.order_by(Claim.opened_at.desc(), Claim.number)).all()


def recall_granted(session: Session, order_id: uuid.UUID | None = None) -> dict[uuid.UUID, int]:
    """Order line → pieces that were paid back for a recall; of one order or of all."""
    asked = (
        select(ClaimLine.order_line_id, func.sum(ClaimLine.pieces))
        .join(Claim, ClaimLine.claim_id == Claim.id)
        .where(Claim.kind == ClaimKind.RECALL, Claim.state == ClaimState.GRANTED)
        .group_by(ClaimLine.order_line_id)
    )
    if order_id is not None:
        asked = asked.where(Claim.order_id == order_id)
    return {line: int(pieces) for line, pieces in session.execute(asked)}


def listed(session: Session, actor: Actor, number: int) -> Page[Any]:
    """The actor's: his own and his unions', his supplier's, all of them for overseers. What waits
    for somebody comes first, the one with the least time left at the top."""
    asked = (
        select(Claim)
        .join(Order, Claim.order_id == Order.id)
        .join(Purchase, Order.purchase_id == Purchase.id)
        .options(joinedload(Claim.order).joinedload(Order.supplier))
        .order_by(Claim.state.in_(ENDED), Claim.due_at, Claim.opened_at.desc(), Claim.number)
    )
    if not actor.roles & OVERSEERS:
        own = suppliers.own(session, actor)
        unions = {place for role in orders.UNION_OFFICERS for place in actor.organisations(role)}
        mine = and_(Purchase.buyer_id == actor.person_id, Purchase.organisation_id.is_(None))
        theirs = or_(mine, Purchase.organisation_id.in_(unions))
        asked = asked.where(or_(theirs, Claim.supplier_id == own.id) if own else theirs)
    return paged(session, asked, number)


def to_answer(actor: Actor, at: datetime) -> Select[uuid.UUID]:
    """What waits for the actor's supplier, and for a manager what is disputed."""
    asked = select(Claim.id)
    if Role.MANAGER in actor.roles:
        return asked.where(Claim.state == ClaimState.DISPUTED)
    waits = Claim.state.in_((ClaimState.OPEN, ClaimState.SENT))
    return asked.where(waits, Claim.supplier_id.in_(suppliers.own_ids(actor)))


def overdue(session: Session, at: datetime, *, most: int) -> Sequence[uuid.UUID]:
    """Claims whose time is over and that the system ends or moves on, the oldest first."""
    asked = select(Claim.id).where(
        Claim.state.not_in(ENDED | {ClaimState.DISPUTED}), Claim.due_at <= at
    )
    return session.scalars(asked.order_by(Claim.due_at, Claim.id).limit(most)).all()
