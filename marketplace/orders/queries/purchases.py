"""One checkout with its payment and orders; and those whose time to pay is over."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Missing
from marketplace.orders.models import Order, Purchase
from marketplace.orders.queries.orders import (
    OVERSEERS,
    UNION_OFFICERS,
    OrderRow,
    is_own,
    order_rows,
    orders_of,
)
from marketplace.orders.states import OrderState
from marketplace.payments import queries as payments
from marketplace.payments.models import Payment, PaymentPart
from marketplace.payments.states import PaymentState


@dataclass(frozen=True, slots=True)
class PurchaseView:
    """What the page of one purchase shows."""

    purchase: Purchase
    payment: Payment
    orders: tuple[OrderRow, ...]
    is_payer: bool
    parts: tuple[PaymentPart, ...] = ()  # where credit or a voucher pays: all sources, by order
    each: tuple[tuple[Order, Payment], ...] = ()  # where each supplier is paid directly

    @property
    def is_open(self) -> bool:
        """Whether money is still awaited."""
        asked = [payment for _, payment in self.each] or [self.payment]
        return any(payment.state is PaymentState.AWAITING for payment in asked)


def purchase(session: Session, actor: Actor, purchase_id: uuid.UUID) -> PurchaseView:
    """For the buyer, the officers of the buying union and overseers. Raises Missing."""
    found = session.get(Purchase, purchase_id)
    asked = payments.all_of(session, purchase_id)
    if found is None or not asked or not _may_read(actor, found):
        raise Missing(purchase_id=purchase_id)
    rows = order_rows(session, orders_of(session, purchase_id))
    parts = payments.parts_of(session, asked[0].id) if asked[0].covered else ()
    by_order = {payment.order_id: payment for payment in asked}
    each = [(row.order, by_order[row.order.id]) for row in rows if row.order.id in by_order]
    return PurchaseView(found, asked[0], rows, _is_payer(actor, found), parts, tuple(each))


_BY_KEY = select(Purchase).where(
    Purchase.buyer_id == bindparam("buyer_id"), Purchase.key == bindparam("key")
)


def by_key(session: Session, buyer_id: str, key: str) -> Purchase | None:
    """What this buyer placed under this key."""
    return session.scalar(_BY_KEY, {"buyer_id": buyer_id, "key": key})


def overdue(session: Session, at: datetime) -> tuple[Purchase, ...]:
    """Purchases whose hold has ended and that still have orders without money, oldest first."""
    unpaid = select(Order.purchase_id).where(Order.state == OrderState.PLACED)
    late = select(Purchase).where(Purchase.hold_ends_at <= at, Purchase.id.in_(unpaid))
    return tuple(session.scalars(late.order_by(Purchase.hold_ends_at, Purchase.number)))


def _is_payer(actor: Actor, found: Purchase) -> bool:
    """Whoever placed it, for a union as long as he is its buyer."""
    is_buyer = found.organisation_id in actor.organisations(Role.UNION_BUYER)
    return found.buyer_id == actor.person_id and (found.organisation_id is None or is_buyer)


def _may_read(actor: Actor, found: Purchase) -> bool:
    if is_own(actor, found) or actor.roles & OVERSEERS:
        return True
    unions = {place for role in UNION_OFFICERS for place in actor.organisations(role)}
    return found.organisation_id in unions
