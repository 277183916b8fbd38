"""Statements with their lines, payouts, and the runs in which payouts leave."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.kernel.base import Base, Id, PersonRef, ShortCode, Versioned
from marketplace.kernel.money import ZERO, Money
from marketplace.settlement.states import LineKind, PayoutState, RunState, StatementState
from marketplace.suppliers.models import BankAccount, Supplier
from marketplace.work.models import append_only


class SupplierStatement(Versioned, Base):
    """What one supplier is owed for one period; what it holds never changes once it is made."""

    __tablename__ = "mp_supplier_statement"

    id: Mapped[Id]
    number: Mapped[ShortCode] = mapped_column(unique=True)
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]  # the last day
    orders: Mapped[Money]  # of all lines, before fees; below zero when more was taken back
    fees: Mapped[Money]
    carried: Mapped[Money] = mapped_column(default=ZERO)  # below zero: of an earlier statement
    total: Mapped[Money]  # orders - fees + carried
    carries_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("mp_supplier_statement.id"), unique=True
    )
    content_hash: Mapped[str] = mapped_column(String(64))  # of its lines and sums
    state: Mapped[StatementState] = mapped_column(default=StatementState.DRAFT, index=True)
    made_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None] = mapped_column(String(64))
    disputed_at: Mapped[datetime | None]
    objection: Mapped[str | None] = mapped_column(String(500))  # the supplier's words
    answer: Mapped[str | None] = mapped_column(String(500))  # the manager's
    paid_at: Mapped[datetime | None]

    supplier: Mapped[Supplier] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("supplier_id", "starts_on"),
        CheckConstraint("total = orders - fees + carried", name="total_adds_up"),
        CheckConstraint("carried <= 0", name="carried_is_a_debt"),
    )


class StatementLine(Base):
    """One posting on the supplier's account in one statement, and in no other; frozen."""

    __tablename__ = "mp_statement_line"

    id: Mapped[Id]
    statement_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("mp_supplier_statement.id"), index=True
    )
    posting_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("mp_journal_transaction.id"), unique=True
    )
    order_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_order.id"), index=True)
    number: Mapped[ShortCode]  # of the order
    kind: Mapped[LineKind]
    at: Mapped[datetime]  # when it became due, or was taken back
    delivered_at: Mapped[datetime]
    supply: Mapped[Money]
    freight: Mapped[Money]
    basis_points: Mapped[int]
    fee: Mapped[Money]
    amount: Mapped[Money]  # supply + freight - fee

    __table_args__ = (CheckConstraint("amount = supply + freight - fee", name="amount_adds_up"),)


class PayoutRun(Versioned, Base):
    """Payouts that leave together in one file: one person makes it, another one releases it."""

    __tablename__ = "mp_payout_run"

    id: Mapped[Id]
    number: Mapped[ShortCode] = mapped_column(unique=True)
    state: Mapped[RunState] = mapped_column(default=RunState.PREPARED)
    made_at: Mapped[datetime]
    made_by: Mapped[PersonRef]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str | None] = mapped_column(String(64))
    file_sha256: Mapped[str | None] = mapped_column(String(64))  # of the file in UTF-8


class Payout(Versioned, Base):
    """The money of one statement on its way to one account."""

    __tablename__ = "mp_payout"

    id: Mapped[Id]
    number: Mapped[ShortCode] = mapped_column(unique=True)  # what the bank shows the supplier
    statement_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("mp_supplier_statement.id"), index=True
    )
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_supplier.id"), index=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_bank_account.id"))
    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mp_payout_run.id"), index=True)
    amount: Mapped[Money]
    state: Mapped[PayoutState] = mapped_column(default=PayoutState.PROPOSED, index=True)
    proposed_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(String(64))
    bank_ref: Mapped[str | None] = mapped_column(String(100), unique=True)
    note: Mapped[str | None] = mapped_column(String(500))  # why the bank sent it back

    account: Mapped[BankAccount] = relationship(lazy="raise")
    statement: Mapped[SupplierStatement] = relationship(lazy="raise")

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index(
            "uq_mp_payout_live",
            "statement_id",
            unique=True,
            sqlite_where=text("state NOT IN ('returned', 'withdrawn')"),
            postgresql_where=text("state NOT IN ('returned', 'withdrawn')"),
        ),
    )


append_only(StatementLine.__tablename__)
