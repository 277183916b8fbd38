"""Which source pays what of an order, and what of it goes back to it: exact to the fen."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import update

from marketplace.events import Covering, CoverReturned
from marketplace.kernel.errors import Refused
from marketplace.kernel.money import Money, split, total
from marketplace.payments import queries
from marketplace.payments.models import PartKind, PaymentPart, Refund, RefundPart
from marketplace.work import Work

Shares = Sequence[tuple[PaymentPart, Money]]


def write(w: Work, parts: Sequence[PaymentPart]) -> None:
    """The frozen split of a purchase, made with its payment."""
    w.session.add_all(parts)
    w.session.flush()


def own(parts: Sequence[PaymentPart]) -> Money:
    return total(part.amount for part in parts if part.kind is PartKind.OWN)


def covered(parts: Sequence[PaymentPart]) -> Money:
    return total(part.amount for part in parts if part.kind is not PartKind.OWN)


def let_go(w: Work, parts: Sequence[PaymentPart]) -> None:
    """Nothing was paid and nothing will be: what was kept for these orders is free again."""
    for order_id, some in groupby(parts, key=lambda part: part.order_id):
        shares = [(part, part.amount) for part in some if _dropped(w, part)]
        _tell(w, order_id, f"order:{order_id}", shares, was_paid=False)


def shares(w: Work, order_id: uuid.UUID, amount: Money) -> Shares:
    """A refund over the sources of its order, pro rata of what each has not got back yet, so that
    any series of refunds gives each what it gave and never more. Raises Refused refund_too_much."""
    parts = queries.parts_of_order(w.session, order_id)
    left = [part.amount - part.returned for part in parts]
    if amount > total(left):
        raise Refused("refund_too_much")
    return [pair for pair in zip(parts, split(amount, left), strict=True) if pair[1]]


def give_back(w: Work, refund: Refund, shares: Shares) -> None:
    """Credit and vouchers have theirs at once; own money goes the way of the refund."""
    if not shares:
        return
    _count(w, shares)
    w.session.add_all(
        RefundPart(refund_id=refund.id, part_id=part.id, amount=share) for part, share in shares
    )
    _tell(w, refund.order_id, f"refund:{refund.id}", shares, was_paid=True)


def _dropped(w: Work, part: PaymentPart) -> bool:
    """Once: what was let go before stays as it is."""
    now = (
        update(PaymentPart)
        .where(PaymentPart.id == part.id, ~PaymentPart.dropped)
        .values(dropped=True)
        .returning(PaymentPart.id)
    )
    found = w.session.execute(now, execution_options={"synchronize_session": False}).first()
    w.session.refresh(part)
    return found is not None


def _count(w: Work, shares: Shares) -> None:
    for part, share in shares:
        counted = w.session.execute(
            update(PaymentPart)
            .where(PaymentPart.id == part.id, PaymentPart.returned + share <= PaymentPart.amount)
            .values(returned=PaymentPart.returned + share)
            .returning(PaymentPart.id),
            execution_options={"synchronize_session": False},
        ).first()
        if counted is None:
            raise Refused("refund_too_much")
        w.session.refresh(part)


def _tell(w: Work, order_id: uuid.UUID, key: str, shares: Shares, *, was_paid: bool) -> None:
    told = tuple(
        Covering(part.kind.value, part.source_id, share)
        for part, share in shares
        if part.source_id is not None
    )
    if told:
        w.announce(CoverReturned(w.now, order_id, key, was_paid, told))
