"""Whether orders, ledger, statements and payouts agree, to the fen."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kernel.money import ZERO, Money, total
from marketplace.ledger.models import JournalEntry, JournalTransaction, LedgerAccount
from marketplace.ledger.states import AccountKind
from marketplace.orders.models import LineRefund, Order, OrderLine
from marketplace.orders.states import OrderState
from marketplace.payments.models import Payment, Tender
from marketplace.settlement import rules
from marketplace.settlement.models import Payout, StatementLine, SupplierStatement
from marketplace.settlement.queries.clearing import late
from marketplace.settlement.queries.owed import KINDS
from marketplace.settlement.queries.statements import content_of
from marketplace.settlement.states import LineKind, PayoutState, StatementState

DUE = frozenset({OrderState.COMPLETED, OrderState.TAKEN_BACK})
PAID_OUT = frozenset({PayoutState.RELEASED, PayoutState.PAID})
UNPAID = frozenset({StatementState.ISSUED, StatementState.CONFIRMED, StatementState.DISPUTED})


def faults(session: Session, at: datetime) -> Iterator[str]:
    """In words; nothing when all agrees."""
    postings = _postings(session)
    yield from _orders(session, postings)
    yield from _lines(session, postings)
    yield from _statements(session)
    yield from _payouts(session)
    yield from _accounts(session, postings)
    for item in late(session, at):
        yield (
            f"ledger: {item.amount} stand on {item.kind} since {item.since:%Y-%m-%d}, "
            f"because of {item.cause_id}"
        )


Postings = dict[uuid.UUID, tuple[uuid.UUID, LineKind, uuid.UUID | None, Money]]


def _postings(session: Session) -> Postings:
    """posting → order, kind, supplier, amount as the supplier sees it."""
    asked = (
        select(JournalTransaction, LedgerAccount.owner_id, JournalEntry.amount)
        .join(JournalEntry, JournalEntry.transaction_id == JournalTransaction.id)
        .join(LedgerAccount, JournalEntry.account_id == LedgerAccount.id)
        .where(
            LedgerAccount.kind == AccountKind.DUE_TO_SUPPLIER, JournalTransaction.event.in_(KINDS)
        )
    )
    return {
        one.id: (one.subject_id, KINDS[one.event], owner, -amount)
        for one, owner, amount in session.execute(asked)
    }


def _orders(session: Session, postings: Postings) -> Iterator[str]:
    """What is due is due for a completed order, to its supplier, once and of what had not gone back
    before; what went back afterwards is due no more. Who is paid directly is owed nothing."""
    told: dict[uuid.UUID, list[tuple[LineKind, uuid.UUID | None, Money]]] = {}
    for order_id, kind, owner, amount in postings.values():
        told.setdefault(order_id, []).append((kind, owner, amount))
    back = _gone_back(session)
    asked = select(Payment.order_id).where(Payment.tender == Tender.DIRECT)
    direct = set(session.scalars(asked))
    for order in session.scalars(select(Order).order_by(Order.number)):
        found = sorted(told.pop(order.id, []), key=str)
        gone = back.get(order.id, [])
        expected = [] if order.id in direct else sorted(_expected(order, gone), key=str)
        if found != expected:
            yield f"order {order.number} is {order.state}, the ledger says {found} of it"
    for order_id in told:
        yield f"ledger: something is due for {order_id}, which is no order"


def _gone_back(session: Session) -> dict[uuid.UUID, list[tuple[bool, Money]]]:
    """Of each refund of a part, whether it was due by then, and the supplier's share."""
    asked = (
        select(OrderLine.order_id, LineRefund.was_due, func.sum(LineRefund.supply))
        .join(OrderLine, LineRefund.order_line_id == OrderLine.id)
        .group_by(OrderLine.order_id, LineRefund.refund_id, LineRefund.was_due)
    )
    found: dict[uuid.UUID, list[tuple[bool, Money]]] = {}
    for order_id, was_due, supply in session.execute(asked):
        found.setdefault(order_id, []).append((was_due, supply))
    return found


def _expected(
    order: Order, back: list[tuple[bool, Money]]
) -> Iterator[tuple[LineKind, uuid.UUID | None, Money]]:
    """What the supplier's account must say of an order; nothing is written of zero."""
    if order.state not in DUE:
        return
    whole, owner = order.supply + order.freight, order.supplier_id
    after = [supply for was_due, supply in back if was_due]
    due = whole - total(supply for was_due, supply in back if not was_due)
    rest = due - total(after)
    amounts = [(LineKind.ORDER, due), *((LineKind.REFUND, -supply) for supply in after)]
    if order.state is OrderState.TAKEN_BACK:
        amounts.append((LineKind.REFUND, -rest))
    for kind, amount in amounts:
        if amount:
            yield kind, owner, amount


def _lines(session: Session, postings: Postings) -> Iterator[str]:
    """A line says what its posting says."""
    asked = select(StatementLine, SupplierStatement).join(
        SupplierStatement, StatementLine.statement_id == SupplierStatement.id
    )
    for line, statement in session.execute(asked):
        due = (line.order_id, line.kind, statement.supplier_id, line.supply + line.freight)
        if postings.get(line.posting_id) != due:
            yield f"statement {statement.number}: the line of {line.number} is not in the ledger so"


def _statements(session: Session) -> Iterator[str]:
    """A statement is the sum of its lines and holds what it held when it was made."""
    lines = session.scalars(select(StatementLine).order_by(StatementLine.statement_id)).all()
    held = {key: list(some) for key, some in groupby(lines, key=lambda one: one.statement_id)}
    known = {one.id: one for one in session.scalars(select(SupplierStatement))}
    fees = _posted_fees(session)
    for one in known.values():
        name, own = f"statement {one.number}", held.get(one.id, [])
        sums = (total(x.supply + x.freight for x in own), total(x.fee for x in own))
        if (one.orders, one.fees) != sums or one.total != one.orders - one.fees + one.carried:
            yield f"{name}: {one.total}, its lines sum to {sums[0] - sums[1]}"
        if rules.content_hash(content_of(one, own)) != one.content_hash:
            yield f"{name} was changed after it was made"
        due = ZERO if one.state is StatementState.DRAFT else one.fees
        if fees.pop(one.id, ZERO) != due:
            yield f"{name}: its fees are not in the ledger so"
        before = known.get(one.carries_id) if one.carries_id else None
        if one.carried != (before.total if before else ZERO):
            yield f"{name} carries {one.carried}, which no statement left over"
    for cause in fees:
        yield f"ledger: fees of {cause}, which is no statement"


def _posted_fees(session: Session) -> dict[uuid.UUID, Money]:
    asked = (
        select(JournalTransaction.subject_id, func.sum(JournalEntry.amount))
        .join(JournalEntry, JournalEntry.transaction_id == JournalTransaction.id)
        .join(LedgerAccount, JournalEntry.account_id == LedgerAccount.id)
        .where(LedgerAccount.kind == AccountKind.FEES)
        .group_by(JournalTransaction.subject_id)
    )
    return {cause: -amount for cause, amount in session.execute(asked)}


def _payouts(session: Session) -> Iterator[str]:
    """What left is the total of a confirmed statement, once, and was released by another person."""
    asked = select(Payout, SupplierStatement).join(
        SupplierStatement, Payout.statement_id == SupplierStatement.id
    )
    paid: set[uuid.UUID] = set()
    for payout, statement in session.execute(asked):
        if payout.state not in PAID_OUT:
            continue
        done = payout.state is PayoutState.PAID
        wanted = StatementState.PAID if done else StatementState.CONFIRMED
        if payout.amount != statement.total or statement.state is not wanted:
            yield f"payout {payout.number}: {payout.amount}, statement {statement.number} is not so"
        if statement.id in paid:
            yield f"statement {statement.number} is paid twice"
        paid.add(statement.id)
    owing = select(SupplierStatement).where(
        SupplierStatement.state == StatementState.PAID, SupplierStatement.total > ZERO
    )
    for statement in session.scalars(owing):
        if statement.id not in paid:
            yield f"statement {statement.number} says paid, no payout left"


def _accounts(session: Session, postings: Postings) -> Iterator[str]:
    """What the ledger owes each supplier is what is not stated yet, and what is and is not paid."""
    owed: dict[uuid.UUID, Money] = {}
    stated = set(session.scalars(select(StatementLine.posting_id)))
    for posting_id, (_order, _kind, owner, amount) in postings.items():
        if owner and posting_id not in stated:
            owed[owner] = owed.get(owner, ZERO) + amount
    gone = select(Payout.statement_id).where(Payout.state.in_(PAID_OUT))
    left = set(session.scalars(gone))
    for one in session.scalars(select(SupplierStatement)):
        # a debt that is carried stands in the total of the statement that carries it
        if one.state is StatementState.DRAFT:
            more = one.orders + one.carried
        elif one.state in UNPAID and one.id not in left:
            more = one.total
        else:
            continue
        owed[one.supplier_id] = owed.get(one.supplier_id, ZERO) + more
    asked = (
        select(LedgerAccount.owner_id, func.sum(JournalEntry.amount))
        .join(JournalEntry, JournalEntry.account_id == LedgerAccount.id)
        .where(LedgerAccount.kind == AccountKind.DUE_TO_SUPPLIER)
        .group_by(LedgerAccount.owner_id)
    )
    booked = {owner: -amount for owner, amount in session.execute(asked)}
    for owner in sorted(booked.keys() | owed.keys(), key=str):
        if owner and booked.get(owner, ZERO) != owed.get(owner, ZERO):
            said = f"the ledger owes {booked.get(owner, ZERO)}"
            yield f"supplier {owner}: {said}, statements {owed.get(owner, ZERO)}"
