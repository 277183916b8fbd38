"""What stands in the way of a parcel: papers that ran out, batches without papers, open holds."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from marketplace.catalog import queries as catalog
from marketplace.orders.models import Delivery, Hold, Order, OrderLine
from marketplace.orders.states import (
    MAY_LEAVE,
    DeliveryState,
    HoldChoice,
    HoldReason,
    HoldState,
)
from marketplace.suppliers.models import Paper, Supplier, Waiver
from marketplace.suppliers.states import PaperKind, PaperState, SupplierState, WaiverState

WAITING = (HoldState.OPEN, HoldState.PROPOSED)


@dataclass(frozen=True, slots=True)
class Departure:
    """One line before the rest of it leaves: from which batches it may, and which papers each of
    them needs."""

    line: OrderLine
    batches: tuple[catalog.BatchStanding, ...]  # open ones, packed last first
    needed: tuple[PaperKind, ...]  # of every batch of such a good
    must_name: bool  # its batch: it needs papers, or another batch of the good was recalled

    @property
    def left(self) -> int:
        """Pieces that have not left."""
        return self.line.to_send - self.line.shipped

    @property
    def number(self) -> str:
        """Of the batch that the page proposes."""
        return next((b.batch.number for b in self.batches if b.batch.id == self.chosen), "")

    @property
    def chosen(self) -> uuid.UUID | None:
        """What the page proposes: the only one that may leave."""
        ready = [one.batch.id for one in self.batches if one.may_leave]
        return ready[0] if len(ready) == 1 else None


def departures(session: Session, lines: Sequence[OrderLine], at: datetime) -> tuple[Departure, ...]:
    """The lines that have not left as a whole, with their batches, in the order given."""
    lines = [line for line in lines if line.shipped < line.to_send]
    ids = {line.listing_id for line in lines}
    batches, needed = catalog.open_batches(session, ids, at), catalog.papers_needed(session, ids)
    must_name = catalog.must_name_batch(session, needed)
    return tuple(
        Departure(
            line,
            batches.get(line.listing_id, ()),
            needed[line.listing_id],
            line.listing_id in must_name,
        )
        for line in lines
    )


def waiting_hold(session: Session, order_id: uuid.UUID) -> Hold | None:
    """What nobody has decided about yet; at most one for each order."""
    return session.scalar(select(Hold).where(Hold.order_id == order_id, Hold.state.in_(WAITING)))


def left_before(session: Session, at: datetime, *, most: int) -> tuple[uuid.UUID, ...]:
    """Paid orders that left before the instant, are on their way since, held by nothing and claimed
    by nobody; those that left first come first."""
    asked = (
        select(Order.id)
        .join(Delivery, Order.delivery_id == Delivery.id)
        .where(
            Order.state.in_(MAY_LEAVE),
            Order.is_claimed.is_(False),
            Delivery.state == DeliveryState.SHIPPED,
            Delivery.shipped_at <= at,
            ~exists().where(Hold.order_id == Order.id, Hold.state.in_(WAITING)),
        )
        .order_by(Delivery.shipped_at, Order.id)
        .limit(most)
    )
    return tuple(session.scalars(asked))


def last_hold(session: Session, order_id: uuid.UUID) -> Hold | None:
    """The latest, whatever became of it."""
    asked = select(Hold).where(Hold.order_id == order_id)
    return session.scalars(asked.order_by(Hold.opened_at.desc(), Hold.id).limit(1)).first()


def is_overtaken() -> ColumnElement[bool]:
    """Whether something worse came up since a reviewer proposed what the buyer agreed to: a paper
    of the supplier was revoked, a waiver was ended, or the supplier is suspended. To that nobody
    has agreed."""
    revoked = exists().where(
        Paper.supplier_id == Hold.supplier_id,
        Paper.state == PaperState.REVOKED,
        Paper.decided_at > Hold.proposed_at,
    )
    ended = exists().where(
        Waiver.supplier_id == Hold.supplier_id,
        Waiver.state == WaiverState.ENDED,
        Waiver.decided_at > Hold.proposed_at,
    )
    suspended = exists().where(
        Supplier.id == Hold.supplier_id,
        Supplier.state == SupplierState.SUSPENDED,
        Supplier.decided_at > Hold.proposed_at,
    )
    return or_(revoked, ended, suspended)


def allowed_anyway(session: Session, order_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Listings whose goods the buyer agreed to get as ordered, although their papers ran out."""
    asked = select(Hold.listings).where(
        Hold.order_id == order_id,
        Hold.reason == HoldReason.PAPERS,
        Hold.state == HoldState.AGREED,
        Hold.choice == HoldChoice.SHIP,
        ~is_overtaken(),
    )
    return frozenset(uuid.UUID(one) for listings in session.scalars(asked) for one in listings)
