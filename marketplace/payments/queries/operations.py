"""What the gateway was asked, what it said, and what of it differs from our books."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import Missing
from marketplace.kernel.money import Money, total
from marketplace.payments.models import (
    Discrepancy,
    Dispute,
    GatewayNotice,
    Payment,
    PaymentOperation,
    Reconciliation,
    Refund,
    Tender,
)
from marketplace.payments.states import (
    DiscrepancyState,
    DisputeState,
    OperationKind,
    OperationState,
    PaymentState,
    RefundState,
)
from marketplace.web.paging import Page, paged

UNDER_WAY = frozenset({OperationState.ASKED, OperationState.OPEN, OperationState.UNKNOWN})
_O = PaymentOperation


def operation(session: Session, operation_id: uuid.UUID) -> PaymentOperation:
    """One operation, also of a reference that somebody else made up. Raises Missing."""
    found = session.get(PaymentOperation, operation_id)
    if found is None:
        raise Missing(operation_id=operation_id)
    return found


def charge_under_way(session: Session, payment_id: uuid.UUID) -> PaymentOperation | None:
    """The charge of a payment that may still be paid; there is at most one."""
    return session.scalar(
        select(_O).where(
            _O.payment_id == payment_id,
            _O.kind == OperationKind.CHARGE,
            _O.state.in_(UNDER_WAY),
        )
    )


def charge_asked(session: Session, reference: str) -> PaymentOperation | None:
    """The charge behind a reference that the gateway tells; None for one that is not ours."""
    found = session.get(PaymentOperation, known) if (known := _id(reference)) else None
    return found if found is not None and found.kind is OperationKind.CHARGE else None


def settling_charge(session: Session, payment: Payment) -> PaymentOperation | None:
    """The charge whose money settled the payment."""
    return session.scalar(
        select(_O).where(_O.payment_id == payment.id, _O.money_ref == payment.provider_ref)
    )


def operation_of_refund(session: Session, refund_id: uuid.UUID) -> PaymentOperation | None:
    """What gives a refund back, unless it failed."""
    return session.scalar(
        select(_O).where(_O.refund_id == refund_id, _O.state != OperationState.FAILED)
    )


def return_of(session: Session, charge_id: uuid.UUID) -> PaymentOperation | None:
    """What gives a whole charge back, unless it failed."""
    return session.scalar(
        select(_O).where(
            _O.charge_id == charge_id,
            _O.kind == OperationKind.RETURN,
            _O.state != OperationState.FAILED,
        )
    )


def giving_back(session: Session, charge_id: uuid.UUID, reference: str) -> PaymentOperation | None:
    """What of this charge is given back under a reference; None for one that is not ours."""
    found = session.get(PaymentOperation, known) if (known := _id(reference)) else None
    return found if found is not None and found.charge_id == charge_id else None


def giving_back_with_charge(
    session: Session, operation_id: uuid.UUID
) -> tuple[PaymentOperation, PaymentOperation]:
    """An operation that gives back, and the charge that it gives back from. Raises Missing."""
    found = operation(session, operation_id)
    if found.charge_id is None:
        raise Missing(operation_id=operation_id)
    return found, session.get_one(PaymentOperation, found.charge_id)


def without_end(session: Session, before: datetime) -> tuple[uuid.UUID, ...]:
    """Operations that were asked before then and are still under way, oldest first."""
    asked = select(_O.id).where(_O.state.in_(UNDER_WAY), _O.asked_at < before)
    return tuple(session.scalars(asked.order_by(_O.asked_at, _O.id)))


def under_way_of(session: Session, ids: Collection[uuid.UUID]) -> int:
    """How many of these operations still have no end."""
    asked = select(func.count(_O.id)).where(_O.id.in_(ids), _O.state.in_(UNDER_WAY))
    return session.scalar(asked) or 0


def operations_of(session: Session, payment_id: uuid.UUID) -> tuple[PaymentOperation, ...]:
    """All that the gateway was asked for a payment, oldest first."""
    asked = select(_O).where(_O.payment_id == payment_id).order_by(_O.asked_at, _O.id)
    return tuple(session.scalars(asked))


def paid_by_card_since(
    session: Session, at: datetime, gateway: str
) -> tuple[tuple[uuid.UUID, str], ...]:
    """(payment, number of its money) of everything this gateway's money has settled since then."""
    asked = (
        select(Payment.id, _O.money_ref)
        .join(_O, _O.money_ref == Payment.provider_ref)
        .where(Payment.tender == Tender.CARD, Payment.state == PaymentState.SETTLED)
        .where(Payment.settled_at >= at, _O.gateway == gateway)
        .order_by(Payment.settled_at)
    )
    return tuple((row[0], row[1] or "") for row in session.execute(asked))


def is_known(session: Session, event_id: str) -> bool:
    """Whether this event of the gateway was heard before."""
    return session.get(GatewayNotice, event_id) is not None


def dispute_by_ref(session: Session, provider_ref: str) -> Dispute | None:
    return session.scalar(select(Dispute).where(Dispute.provider_ref == provider_ref))


def disputes_of(session: Session, payment_id: uuid.UUID) -> tuple[Dispute, ...]:
    """What payers' banks wanted back of a payment, oldest first."""
    asked = select(Dispute).where(Dispute.payment_id == payment_id)
    return tuple(session.scalars(asked.order_by(Dispute.opened_at, Dispute.id)))


def kept_back(session: Session, payment_id: uuid.UUID) -> Money:
    """What the payer's bank took or keeps of a payment: disputes that are not won."""
    return total(
        one.amount for one in disputes_of(session, payment_id) if one.state is not DisputeState.WON
    )


def lost_left(session: Session, payment_id: uuid.UUID) -> Money:
    """What payers' banks took of a payment for good, less the refunds that were closed by it."""
    lost = total(
        one.amount for one in disputes_of(session, payment_id) if one.state is DisputeState.LOST
    )
    asked = select(Refund.own).where(
        Refund.payment_id == payment_id, Refund.state == RefundState.OFFSET
    )
    return lost - total(session.scalars(asked))


def given_back(session: Session, payment_id: uuid.UUID) -> Money:
    """Own money of a payment that its gateway was asked to give back, unless that failed."""
    asked = select(_O.amount).where(
        _O.payment_id == payment_id,
        _O.kind == OperationKind.REFUND,
        _O.state != OperationState.FAILED,
    )
    return total(session.scalars(asked))


def disputes(session: Session, number: int) -> Page[Dispute]:
    """Open ones first, then the newest."""
    is_ended = Dispute.state != DisputeState.OPEN
    return paged(
        session, select(Dispute).order_by(is_ended, Dispute.opened_at.desc(), Dispute.id), number
    )


def discrepancies(session: Session, number: int) -> Page[Discrepancy]:
    """What differs and nobody has explained, oldest first; then what was cleared."""
    is_cleared = Discrepancy.state != DiscrepancyState.OPEN
    asked = select(Discrepancy).order_by(is_cleared, Discrepancy.seen_at, Discrepancy.id)
    return paged(session, asked, number)


def discrepancy(session: Session, discrepancy_id: uuid.UUID) -> Discrepancy:
    """One of them. Raises Missing."""
    found = session.get(Discrepancy, discrepancy_id)
    if found is None:
        raise Missing(discrepancy_id=discrepancy_id)
    return found


def discrepancy_count(session: Session, *, open_only: bool = False) -> int:
    asked = select(func.count(Discrepancy.id))
    if open_only:
        asked = asked.where(Discrepancy.state == DiscrepancyState.OPEN)
    return session.scalar(asked) or 0


def reconciliations(session: Session) -> tuple[Reconciliation, ...]:
    """The last fortnight's, newest first."""
    asked = select(Reconciliation).order_by(Reconciliation.at.desc(), Reconciliation.id).limit(14)
    return tuple(session.scalars(asked))


def payments_named(session: Session, ids: Collection[uuid.UUID | None]) -> dict[uuid.UUID, Payment]:
    """Payments by their ids, for lists that name them."""
    asked = select(Payment).where(Payment.id.in_([one for one in ids if one is not None]))
    return {payment.id: payment for payment in session.scalars(asked)}


def _id(reference: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(reference)
    except ValueError:
        return None
