"""Who paid how much of an order, and to whom its invoices are written."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.credit.models import CreditGrant, CreditShare
from marketplace.invoices import rules
from marketplace.invoices.models import InvoiceRequest
from marketplace.invoices.states import RequestState
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import ZERO, Money
from marketplace.orders.models import Order
from marketplace.orders.states import TitleKind
from marketplace.payments.models import PartKind, PaymentPart, Refund
from marketplace.unions.models import Budget, Union

Payer = tuple[FundSource, uuid.UUID | None]  # the source, and the union that paid


@dataclass(frozen=True, slots=True)
class Share:
    """What one source paid of an order, and what of it goes back; invoiced apart from others."""

    source: FundSource
    paid: Money
    returned: Money
    organisation_id: uuid.UUID | None  # of the union that paid; None: the buyer himself

    @property
    def net(self) -> Money:
        return self.paid - self.returned

    @property
    def payer(self) -> str:
        """Two unions may pay from the same source: an order has one share of each."""
        return f"{self.source.value}:{self.organisation_id or ''}"


def shares_of(session: Session, order: Order) -> tuple[Share, ...]:
    """Each source with what it paid of the order."""
    return shares_of_all(session, [order])[order.id]


def shares_of_all(session: Session, orders: Sequence[Order]) -> dict[uuid.UUID, tuple[Share, ...]]:
    """Of each order; nothing before it is paid. What a voucher took off is a discount of the
    marketplace's and invoiced to nobody who bought."""
    ids = [one.id for one in orders]
    asked = select(PaymentPart).where(PaymentPart.order_id.in_(ids), ~PaymentPart.dropped)
    parts: dict[uuid.UUID, list[PaymentPart]] = {}
    for part in session.scalars(asked):
        parts.setdefault(part.order_id, []).append(part)
    back = _refunded(session, ids)
    unions = _payers(session, [part for some in parts.values() for part in some])
    found: dict[uuid.UUID, tuple[Share, ...]] = {}
    for one in orders:
        whole = Share(
            one.purchase.source, one.goods + one.freight, back.get(one.id, ZERO),
            one.organisation_id,
        )  # fmt: skip
        shares = _summed(parts[one.id], unions) if one.id in parts else (whole,)
        found[one.id] = shares if one.paid_at is not None else ()
    return found


def _summed(parts: Sequence[PaymentPart], unions: Mapping[uuid.UUID, Payer]) -> tuple[Share, ...]:
    """Grants of one union and source together."""
    sums: dict[Payer, tuple[Money, Money]] = {}
    for part in parts:
        if part.kind is PartKind.VOUCHER:
            continue
        who = unions[part.source_id] if part.source_id else (FundSource.PERSONAL, None)
        paid, returned = sums.get(who, (ZERO, ZERO))
        sums[who] = paid + part.amount, returned + part.returned
    return tuple(
        Share(source, paid, returned, organisation_id)
        for (source, organisation_id), (paid, returned) in sums.items()
    )


def _payers(session: Session, parts: Sequence[PaymentPart]) -> dict[uuid.UUID, Payer]:
    """Of shares of credit: the source of the budget, and the union."""
    wanted = [part.source_id for part in parts if part.kind is PartKind.CREDIT]
    if not wanted:
        return {}
    asked = (
        select(CreditShare.id, Budget.source, CreditGrant.organisation_id)
        .join(CreditGrant, CreditShare.grant_id == CreditGrant.id)
        .join(Budget, CreditGrant.budget_id == Budget.id)
        .where(CreditShare.id.in_(wanted))
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(asked)}


def _refunded(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Money]:
    """What goes back of each order, sent or still to send."""
    asked = (
        select(Refund.order_id, func.sum(Refund.amount))
        .where(Refund.order_id.in_(ids))
        .group_by(Refund.order_id)
    )
    return {row[0]: row[1] for row in session.execute(asked)}


def union_title(session: Session, organisation_id: uuid.UUID) -> rules.Title | None:
    """The union committee's own name and 81… code; None where there is no such union."""
    asked = select(Union).where(Union.organisation_id == organisation_id)
    found = session.scalar(asked)
    if found is None:
        return None
    return rules.Title(TitleKind.ORGANISATION, found.name, found.credit_code)


def live_requests(session: Session, order_id: uuid.UUID) -> dict[str, InvoiceRequest]:
    """What is asked for, by payer."""
    asked = select(InvoiceRequest).where(
        InvoiceRequest.order_id == order_id, InvoiceRequest.state != RequestState.WITHDRAWN
    )
    return {found.payer: found for found in session.scalars(asked)}
