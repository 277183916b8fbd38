"""Statements of a bank, their lines, and what the money of each line was used for."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.banking.states import LineCause, LineState
from marketplace.kernel.base import Base, Id, LongText, PersonRef, ShortCode, ShortText, Versioned
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger.states import AccountKind
from marketplace.work.models import append_only

BankNumber = String(100)


class BankStatement(Base):
    """One file of a bank that said something new."""

    __tablename__ = "mp_bank_statement"

    id: Mapped[Id]
    account: Mapped[ShortCode]  # of ours, as the manager named it
    layout: Mapped[ShortCode]
    file_name: Mapped[ShortText]
    sha256: Mapped[str] = mapped_column(String(64))
    encoding: Mapped[ShortCode]
    rows: Mapped[int]
    fresh: Mapped[int]  # lines that no earlier statement had
    first_day: Mapped[date]
    last_day: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[PersonRef]

    __table_args__ = (CheckConstraint("fresh > 0 AND fresh <= rows", name="fresh_of_rows"),)


class BankLine(Versioned, Base):
    """One movement on an account of ours, stored once however often it is told."""

    __tablename__ = "mp_bank_line"

    id: Mapped[Id]
    statement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_bank_statement.id"), index=True)
    row: Mapped[int]  # in the file
    key: Mapped[str] = mapped_column(String(64), unique=True)  # see rules.keys
    number: Mapped[str] = mapped_column(BankNumber, index=True)  # the bank's, else one of ours
    day: Mapped[date]
    amount: Mapped[Money]  # below zero: it went out
    balance: Mapped[Money | None]
    party: Mapped[LongText]
    party_account: Mapped[LongText]
    text: Mapped[LongText]
    state: Mapped[LineState] = mapped_column(default=LineState.NEW, index=True)
    used: Mapped[Money] = mapped_column(default=ZERO)  # of money that came, on payments
    clearing: Mapped[AccountKind | None]  # where what is not used stands while it is open
    payment_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("mp_payment.id"), index=True
    )  # the one whose reference stands in the text
    cause: Mapped[LineCause | None]
    cause_id: Mapped[uuid.UUID | None]
    sent_ref: Mapped[str | None] = mapped_column(BankNumber, unique=True)  # of the way back
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        CheckConstraint("used >= 0 AND (used = 0 OR used <= amount)", name="used_at_most_all"),
    )

    @property
    def came(self) -> bool:
        return self.amount > ZERO

    @property
    def rest(self) -> Money:
        """What of it has no place yet."""
        return self.amount - self.used


class BankUse(Base):
    """Money of a line that paid a payment; `by` is the person who said so, or the system."""

    __tablename__ = "mp_bank_use"

    id: Mapped[Id]
    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_bank_line.id"), index=True)
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_payment.id"), index=True)
    amount: Mapped[Money]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(String(500))  # 代付说明

    __table_args__ = (
        UniqueConstraint("line_id", "payment_id"),
        CheckConstraint("amount > 0", name="amount_positive"),
    )


append_only(BankStatement.__tablename__)
append_only(BankUse.__tablename__)
