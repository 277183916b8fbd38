"""Questions about payments and refunds."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Missing
from marketplace.payments.models import Discrepancy, Payment, Refund, Tender
from marketplace.payments.states import DiscrepancyState, PaymentState, RefundState
from marketplace.web.paging import Page, paged

READERS = frozenset({Role.MANAGER, Role.AUDITOR, Role.SYSTEM})


@dataclass(frozen=True, slots=True)
class RefundRow:
    """One refund with the payment it gives back from."""

    refund: Refund
    payment: Payment


def of_purchase(session: Session, purchase_id: uuid.UUID) -> Payment | None:
    """The payment of a purchase; whether the actor may see it, the purchase decides."""
    return session.scalar(select(Payment).where(Payment.purchase_id == purchase_id))


def all_of(session: Session, purchase_id: uuid.UUID) -> tuple[Payment, ...]:
    """All payments of a purchase: one, or one for each order, by reference."""
    asked = select(Payment).where(Payment.purchase_id == purchase_id)
    return tuple(session.scalars(asked.order_by(Payment.reference)))


def of_order(
    session: Session, purchase_id: uuid.UUID, order_id: uuid.UUID | None
) -> Payment | None:
    """The payment of just this order where suppliers are paid directly, else of its purchase."""
    its = or_(Payment.order_id.is_(None), Payment.order_id == order_id)
    return session.scalar(select(Payment).where(Payment.purchase_id == purchase_id, its))


def refunds_of(session: Session, order_id: uuid.UUID) -> tuple[Refund, ...]:
    """The refunds of an order, oldest first; whether the actor may see it, the order decides."""
    asked = select(Refund).where(Refund.order_id == order_id)
    return tuple(session.scalars(asked.order_by(Refund.requested_at, Refund.id)))


def payment(session: Session, actor: Actor, payment_id: uuid.UUID) -> Payment:
    """One payment, for its payer and for those who look after the money. Raises Missing."""
    found = session.get(Payment, payment_id)
    if found is None:
        raise Missing(payment_id=payment_id)
    if found.payer_id != actor.person_id and not actor.roles & READERS:
        raise Missing(payment_id=payment_id)
    return found


def own_card_payment(session: Session, actor: Actor, payment_id: uuid.UUID) -> Payment:
    """A card payment of the actor's own. Raises Missing."""
    found = session.get(Payment, payment_id)
    if found is None or found.payer_id != actor.person_id or found.tender is not Tender.CARD:
        raise Missing(payment_id=payment_id)
    return found


def refund(session: Session, refund_id: uuid.UUID) -> RefundRow:
    """One refund with its payment. Raises Missing."""
    found = session.get(Refund, refund_id)
    if found is None:
        raise Missing(refund_id=refund_id)
    return RefundRow(found, session.get_one(Payment, found.payment_id))


def card_refund(session: Session, refund_id: uuid.UUID) -> RefundRow:
    """A refund that goes back to a card. Raises Missing."""
    row = refund(session, refund_id)
    if row.payment.tender is not Tender.CARD:
        raise Missing(refund_id=refund_id)
    return row


def awaiting_transfers(session: Session, number: int) -> Page[Payment]:
    """Bank transfers that have not been seen on the account yet: what has fallen due first, then
    the oldest."""
    waiting = select(Payment).where(
        Payment.state == PaymentState.AWAITING, Payment.tender == Tender.TRANSFER
    )
    order = (Payment.due_at.nulls_last(), Payment.made_at, Payment.reference)
    return paged(session, waiting.order_by(*order), number)


def overdue_count(session: Session, at: datetime) -> int:
    """How many that were due before the instant are not paid."""
    late = (Payment.due_at < at) & (Payment.state == PaymentState.AWAITING)
    return session.scalar(select(func.count()).select_from(Payment).where(late)) or 0


def refunds_to_send(session: Session) -> tuple[RefundRow, ...]:
    """Refunds that we owe to buyers, oldest first."""
    owed = (
        select(Refund, Payment)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Refund.state == RefundState.REQUESTED, Payment.tender != Tender.DIRECT)
        .order_by(Refund.requested_at, Refund.id)
    )
    return tuple(RefundRow(row.Refund, row.Payment) for row in session.execute(owed))


def to_send(actor: Actor, at: datetime) -> Select[uuid.UUID]:
    """Refunds that wait for a manager who did not buy, and what differs from the gateway's word."""
    refunds = (
        select(Refund.id)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Refund.state == RefundState.REQUESTED, Payment.tender != Tender.DIRECT)
        .where(Payment.payer_id != actor.person_id)
    )
    differing = select(Discrepancy.id).where(Discrepancy.state == DiscrepancyState.OPEN)
    both = refunds.union_all(differing).subquery()
    return select(both.c[0])


def settled(session: Session, number: int) -> Page[Payment]:
    """Money that arrived, newest first."""
    arrived = select(Payment).where(Payment.state == PaymentState.SETTLED)
    return paged(session, arrived.order_by(Payment.settled_at.desc(), Payment.reference), number)
