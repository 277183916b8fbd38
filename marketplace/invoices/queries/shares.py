"""Who paid how much of an order, and to whom its invoices are written."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.invoices import rules
from marketplace.invoices.models import InvoiceRequest, InvoiceTitle
from marketplace.invoices.states import RequestState, TitleKind
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Missing
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import ZERO, Money
from marketplace.orders.models import Order
from marketplace.payments.models import Refund
from marketplace.unions.models import Union


@dataclass(frozen=True, slots=True)
class Share:
    """What one source paid of an order, less what it gets back; invoiced apart from the others."""

    source: FundSource
    net: Money
    organisation_id: uuid.UUID | None  # of the union that paid; None: the buyer himself


def paid_of(order: Order) -> Money:
    """What the buyer paid for the order; nothing before the money came."""
    return order.goods + order.freight if order.paid_at is not None else ZERO


def refunded_of(session: Session, order_id: uuid.UUID) -> Money:
    """What goes back to the buyer, sent or still to send."""
    asked = select(func.sum(Refund.amount)).where(Refund.order_id == order_id)
    return session.scalar(asked) or ZERO


def shares_of(session: Session, order: Order) -> tuple[Share, ...]:
    """Each source with what it paid; together the net paid amount of the order."""
    net = paid_of(order) - refunded_of(session, order.id)
    return (Share(order.purchase.source, net, order.organisation_id),)


def titles(session: Session, actor: Actor) -> tuple[InvoiceTitle, ...]:
    """The person's own, the usual one first."""
    asked = select(InvoiceTitle).where(InvoiceTitle.person_id == actor.person_id)
    return tuple(session.scalars(asked.order_by(InvoiceTitle.is_default.desc(), InvoiceTitle.name)))


def title(session: Session, actor: Actor, title_id: uuid.UUID) -> InvoiceTitle:
    """One of the person's own. Raises Missing."""
    found = session.get(InvoiceTitle, title_id)
    if found is None or found.person_id != actor.person_id:
        raise Missing(title_id=title_id)
    return found


def union_title(session: Session, organisation_id: uuid.UUID) -> rules.Title | None:
    """The union committee's own name and 81… code; None where there is no such union."""
    asked = select(Union).where(Union.organisation_id == organisation_id)
    found = session.scalar(asked)
    if found is None:
        return None
    return rules.Title(TitleKind.ORGANISATION, found.name, found.credit_code)


def live_requests(session: Session, order_id: uuid.UUID) -> dict[FundSource, InvoiceRequest]:
    """What is asked for, by share."""
    asked = select(InvoiceRequest).where(
        InvoiceRequest.order_id == order_id, InvoiceRequest.state != RequestState.WITHDRAWN
    )
    return {found.share: found for found in session.scalars(asked)}
