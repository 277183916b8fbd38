"""Giving back a part of what was paid for an order: line by line, never more than its price."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import update

from marketplace.events import OrderPartRefunded, RefundedLine
from marketplace.kernel.errors import Invalid, Refused, WrongState
from marketplace.kernel.money import ZERO, Money, total
from marketplace.orders import queries, rules
from marketplace.orders.models import LineRefund, Order, OrderLine
from marketplace.orders.states import OrderState
from marketplace.payments import service as payments
from marketplace.payments.models import Refund
from marketplace.work import Work

REFUNDABLE = frozenset({OrderState.ON_ACCOUNT, OrderState.PAID, OrderState.COMPLETED})


def refund_parts(w: Work, order_id: uuid.UUID, parts: Sequence[rules.Part]) -> Refund:
    """Owe the buyer these parts of the lines' prices, or ask him for less where he pays later; its
    supplier bears his share of them. For whoever has asked whether it may be. Freight stays.

    Raises Missing, WrongState, Invalid (amount_not_positive), Refused refund_too_much.
    """
    payments.lock(w, queries.row(w.session, order_id).purchase_id)
    order = queries.row(w.session, order_id, for_change=True)
    if order.state not in REFUNDABLE:
        raise WrongState(verb="refund", state=order.state)
    # all lines are taken in one order, as everybody takes them
    ordered = sorted(parts, key=lambda part: part.order_line_id)
    shares = [_take(w, order, part) for part in ordered]
    goods, supply = total(part.amount for part in ordered), total(shares)
    order.refunded += goods
    order.supply_refunded += supply
    refund = _owe(w, order, goods)
    w.session.flush()  # before the lines that name it
    w.session.add_all(
        LineRefund(
            refund_id=refund.id, order_line_id=part.order_line_id, pieces=part.pieces,
            amount=part.amount, supply=share, was_due=order.state is OrderState.COMPLETED, at=w.now,
        )
        for part, share in zip(ordered, shares, strict=True)
    )  # fmt: skip
    w.record("refund", order, amount=goods.fen, supply=supply.fen, refund=str(refund.id))
    if order.state is OrderState.ON_ACCOUNT:  # told of when it is paid: a promise is not money
        w.session.flush()
        payments.settle_if_nothing_left(w, order.purchase_id, order.id)
    else:
        w.announce(_told(w, order, refund, ordered, supply))
    return refund


def wait_for_claim(w: Work, order: Order, *, is_waiting: bool) -> None:
    """Whether completion and settlement of an order wait for a claim; the order is held."""
    order.is_claimed = is_waiting
    w.session.flush()


def _owe(w: Work, order: Order, goods: Money) -> Refund:
    """The money goes back, or is not asked for any more."""
    if order.state is OrderState.ON_ACCOUNT:
        return payments.take_off(w, order.purchase_id, order.id, goods)
    return payments.request_refund(
        w, order_id=order.id, purchase_id=order.purchase_id, amount=goods
    )


def _take(w: Work, order: Order, part: rules.Part) -> Money:
    """The where clause is the guard; answers the supplier's share."""
    if part.amount <= ZERO or part.pieces < 0:
        raise Invalid("amount_not_positive", field="amount")
    taken = (
        update(OrderLine)
        .where(OrderLine.id == part.order_line_id, OrderLine.order_id == order.id)
        .where(OrderLine.refunded + part.amount <= OrderLine.amount)
        .where(OrderLine.returned + part.pieces <= OrderLine.quantity)
        .values(
            refunded=OrderLine.refunded + part.amount, returned=OrderLine.returned + part.pieces
        )
        .returning(OrderLine.id)
    )
    done = w.session.execute(taken, execution_options={"synchronize_session": False}).first()
    if done is None:
        raise Refused("refund_too_much", field="amount")
    line = w.session.get_one(OrderLine, part.order_line_id)
    w.session.refresh(line)
    whole = line.unit_supply * line.quantity
    before = rules.share(whole, line.refunded - part.amount, line.amount)
    return rules.share(whole, line.refunded, line.amount) - before


def _told(
    w: Work, order: Order, refund: Refund, parts: Sequence[rules.Part], supply: Money
) -> OrderPartRefunded:
    return OrderPartRefunded(
        at=w.now,
        order_id=order.id,
        refund_id=refund.id,
        supplier_id=order.supplier_id,
        was_due=order.state is OrderState.COMPLETED,
        goods=refund.amount,
        supply=supply,
        lines=tuple(RefundedLine(one.order_line_id, one.pieces, one.amount) for one in parts),
        is_direct=order.purchase.is_direct,
    )
