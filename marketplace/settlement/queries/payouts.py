"""Payouts and their runs: what may be paid now, what is under way, what the bank is told."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from marketplace.kernel.errors import Missing
from marketplace.kernel.money import ZERO, Money
from marketplace.settlement.models import Payout, PayoutRun, SupplierStatement
from marketplace.settlement.states import PayoutState, StatementState
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import BankAccount, Supplier
from marketplace.suppliers.states import AccountState
from marketplace.web.paging import Page, paged

_P = PayoutState
LEFT = (_P.RELEASED, _P.PAID, _P.RETURNED)  # what the file of a run holds for ever
DONE = (_P.RETURNED, _P.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """One payout with whom it goes to and the last that the bank sent back for its statement."""

    payout: Payout
    supplier: Supplier
    statement: SupplierStatement
    account: BankAccount
    run: PayoutRun | None


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run with what it holds."""

    run: PayoutRun
    pieces: int
    total: Money
    waiting: int  # not answered by the bank yet


def payable(session: Session, at: datetime) -> Sequence[tuple[SupplierStatement, BankAccount]]:
    """Confirmed statements above zero with no payout alive, whose supplier may be paid now; one
    that the bank sent back from the same account waits for a manager."""
    alive, back = aliased(Payout), aliased(Payout)
    asked = (
        select(SupplierStatement, BankAccount)
        .join(Supplier, SupplierStatement.supplier_id == Supplier.id)
        .join(
            BankAccount,
            and_(
                BankAccount.supplier_id == Supplier.id,
                BankAccount.state == AccountState.CONFIRMED,
            ),
        )
        .where(
            SupplierStatement.state == StatementState.CONFIRMED,
            SupplierStatement.total > ZERO,
            suppliers.may_be_paid(at),
            ~exists().where(alive.statement_id == SupplierStatement.id, alive.state.not_in(DONE)),
            ~exists().where(
                back.statement_id == SupplierStatement.id,
                back.state == _P.RETURNED,
                back.account_id == BankAccount.id,
            ),
        )
        .order_by(SupplierStatement.number)
    )
    return [(one, account) for one, account in session.execute(asked)]


def stale_payouts(session: Session, at: datetime) -> Sequence[Payout]:
    """Not released yet, and their account is not the one to pay to any more."""
    asked = (
        select(Payout)
        .join(Supplier, Payout.supplier_id == Supplier.id)
        .join(BankAccount, Payout.account_id == BankAccount.id)
        .where(Payout.state == _P.PROPOSED)
        .where(~and_(BankAccount.state == AccountState.CONFIRMED, suppliers.may_be_paid(at)))
        .order_by(Payout.id)
    )
    return session.scalars(asked).all()


def proposals(session: Session) -> Sequence[PayoutRow]:
    """What a run may be made of, by number."""
    return _rows(session, Payout.state == _P.PROPOSED)


def under_way(session: Session) -> Sequence[PayoutRow]:
    """In a bank's hands, by number."""
    return _rows(session, Payout.state == _P.RELEASED)


def payouts_in(session: Session, run_id: uuid.UUID) -> Sequence[PayoutRow]:
    """Of one run, by number."""
    return _rows(session, Payout.run_id == run_id)


def payout(session: Session, payout_id: uuid.UUID) -> PayoutRow:
    """Raises Missing."""
    found = _rows(session, Payout.id == payout_id)
    if not found:
        raise Missing(payout_id=payout_id)
    return found[0]


def _rows(session: Session, which: Any) -> Sequence[PayoutRow]:
    asked = (
        select(Payout, Supplier, SupplierStatement, BankAccount, PayoutRun)
        .join(Supplier, Payout.supplier_id == Supplier.id)
        .join(SupplierStatement, Payout.statement_id == SupplierStatement.id)
        .join(BankAccount, Payout.account_id == BankAccount.id)
        .outerjoin(PayoutRun, Payout.run_id == PayoutRun.id)
        .where(which)
        .order_by(Payout.number)
    )
    return [PayoutRow(*row) for row in session.execute(asked)]


def run(session: Session, run_id: uuid.UUID, *, for_change: bool = False) -> PayoutRun:
    """Raises Missing."""
    asked = select(PayoutRun).where(PayoutRun.id == run_id)
    if for_change:
        asked = asked.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(asked)
    if found is None:
        raise Missing(run_id=run_id)
    return found


def runs(session: Session, number: int) -> Page[Any]:
    """Newest first, each with what it holds."""
    page = paged(session, select(PayoutRun).order_by(PayoutRun.made_at.desc()), number)
    ids = [one.id for one in page.items]
    waits = func.sum(case((Payout.state == _P.RELEASED, 1), else_=0))
    asked = (
        select(Payout.run_id, func.count(), func.sum(Payout.amount), waits)
        .where(Payout.run_id.in_(ids))
        .group_by(Payout.run_id)
    )
    held = {run_id: rest for run_id, *rest in session.execute(asked)}
    nothing = (0, ZERO, 0)
    return page.with_items(lambda one: RunRow(one, *held.get(one.id, nothing)))


def bank_rows(
    session: Session, run_id: uuid.UUID
) -> Sequence[tuple[str, str, str, str, str, Money, str]]:
    """What the file of a released run says, the same whenever it is asked: of each payout that
    left, number, holder, account, bank, branch, amount and what the supplier reads."""
    return [
        (
            row.payout.number,
            row.account.holder,
            row.account.number,
            row.account.bank,
            row.account.branch,
            row.payout.amount,
            f"货款 {row.statement.number}",
        )
        for row in payouts_in(session, run_id)
        if row.payout.state in LEFT
    ]
