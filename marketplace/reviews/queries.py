"""Questions about reviews: of a good, of an order, of a supplier; and whether they are counted."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.catalog.models import Listing
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Missing
from marketplace.kernel.machine import Step
from marketplace.orders import queries as orders
from marketplace.orders.models import Order, OrderLine
from marketplace.orders.states import OrderState
from marketplace.reviews import rules
from marketplace.reviews.models import Review
from marketplace.reviews.states import REVIEW, ReviewState
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier
from marketplace.web.paging import Page, paged

OPERATORS = frozenset({Role.REVIEWER, Role.MANAGER, Role.AUDITOR})
ON_LISTING = 20  # the newest, on the page of a good
RECEIVED = frozenset({OrderState.COMPLETED, OrderState.TAKEN_BACK})


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A line that its buyer has received, with what he said of it."""

    line: OrderLine
    review: Review | None
    may_edit: bool


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A review on a list, with what this reader may do."""

    review: Review
    verbs: tuple[Step[Any], ...]


def of_listing(session: Session, listing_id: uuid.UUID) -> Sequence[Review]:
    """What is shown of a good, the newest first."""
    asked = select(Review).where(Review.listing_id == listing_id, Review.state == ReviewState.SHOWN)
    newest = asked.order_by(Review.written_at.desc(), Review.id).limit(ON_LISTING)
    return session.scalars(newest).all()


def own_order(session: Session, actor: Actor, order_id: uuid.UUID) -> Order:
    """The actor's own. Raises Missing, also for an organisation's."""
    found = orders.row(session, order_id)
    if Role.EMPLOYEE not in orders.roles_for(actor, found):
        raise Missing(order_id=order_id)
    return found


def may_write(actor: Actor, order: Order) -> bool:
    """Neither its supplier nor who decides about reviews says how good it is, though he bought."""
    is_judge = bool(actor.roles & {Role.REVIEWER, Role.MANAGER})
    return not is_judge and Role.SUPPLIER_STAFF not in orders.roles_for(actor, order)


def own_lines(session: Session, order: Order, at: datetime) -> tuple[OwnLine, ...]:
    """What its buyer may review, and what he said; nothing before he has received it."""
    if order.state is not OrderState.COMPLETED:
        return ()
    lines = orders.lines_of(session, order.id)
    asked = select(Review).where(Review.order_line_id.in_([line.id for line in lines]))
    said = {one.order_line_id: one for one in session.scalars(asked)}
    return tuple(_own(line, said.get(line.id), at) for line in lines)


def may_edit(review: Review, at: datetime) -> bool:
    """Once, in its time, while it is shown."""
    is_open = review.state is ReviewState.SHOWN and review.edited_at is None
    return is_open and at < rules.editable_until(review.written_at)


def row(session: Session, review_id: uuid.UUID, *, for_change: bool = False) -> Review:
    """For everybody. Raises Missing."""
    asked = select(Review).where(Review.id == review_id)
    asked = asked.options(joinedload(Review.line))
    if for_change:
        asked = asked.with_for_update(of=Review).execution_options(populate_existing=True)
    found = session.scalar(asked)
    if found is None:
        raise Missing(review_id=review_id)
    return found


def roles_for(session: Session, actor: Actor, review: Review) -> frozenset[Role]:
    """The actor's roles that count for this review: an operator who wrote it, or works for its
    supplier, decides nothing about it."""
    sides = set()
    if review.author_id == actor.person_id:
        sides |= {Role.EMPLOYEE} & actor.roles
    supplier = session.get_one(Supplier, review.supplier_id)
    if supplier.organisation_id in actor.organisations(Role.SUPPLIER_STAFF):
        sides.add(Role.SUPPLIER_STAFF)
    if sides or review.author_id == actor.person_id:
        return frozenset(sides)
    return actor.roles & {Role.REVIEWER, Role.MANAGER}


def listed(session: Session, actor: Actor, number: int) -> Page[ReviewRow]:
    """All for operators, else those of the actor's supplier; the newest first."""
    asked: Any = (
        select(Review)
        .options(joinedload(Review.line))
        .order_by(Review.written_at.desc(), Review.id)
    )
    if not actor.roles & OPERATORS:
        own = suppliers.own(session, actor)
        asked = asked.where(Review.supplier_id == (own.id if own else None))
    found = paged(session, asked, number)
    return found.with_items(lambda one: ReviewRow(one, _verbs(session, actor, one)))


def faults(session: Session) -> Iterator[str]:
    """What a good counts is what is shown of it, and whoever reviews has received it; in words."""
    sums = select(Review.listing_id, func.count(), func.sum(Review.stars))
    shown = sums.where(Review.state == ReviewState.SHOWN).group_by(Review.listing_id)
    counted = {row[0]: (row[1], row[2]) for row in session.execute(shown)}
    kept = select(Listing).where(or_(Listing.id.in_(counted), Listing.reviews != 0))
    for listing in session.scalars(kept):
        told, found = (listing.reviews, listing.stars), counted.get(listing.id, (0, 0))
        if told != found:
            yield f"listing {listing.id}: {told} reviews and stars counted, {found} are shown"
    asked = (
        select(Review, Order)
        .join(OrderLine, Review.order_line_id == OrderLine.id)
        .join(Order, OrderLine.order_id == Order.id)
        .options(joinedload(Review.line))
        .join(Order.purchase)
        .options(joinedload(Order.purchase))
    )
    for review, order in session.execute(asked):
        is_buyers = order.purchase.buyer_id == review.author_id and not order.organisation_id
        if not is_buyers or order.state not in RECEIVED:
            yield f"review {review.id}: its author has not received the good"
        if review.listing_id != review.line.listing_id:
            yield f"review {review.id} stands at another good"


def _own(line: OrderLine, review: Review | None, at: datetime) -> OwnLine:
    return OwnLine(line, review, review is not None and may_edit(review, at))


def _verbs(session: Session, actor: Actor, review: Review) -> tuple[Step[Any], ...]:
    """An answer is given once; editing stands on the buyer's own page."""
    steps = REVIEW.open_verbs(review.state, roles_for(session, actor, review))
    gone = {"edit", "answer"} if review.answered_at else {"edit"}
    return tuple(step for step in steps if step.verb not in gone)
