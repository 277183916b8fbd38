"""Accounts, journal transactions and their entries."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.base import Base, Id, ShortCode
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger.states import AccountKind, Book
from marketplace.work.models import append_only


class LedgerAccount(Base):
    """One account. `balance` is kept only where it must not go below zero (`guarded`); of
    a liability it is what is owed."""

    __tablename__ = "mp_ledger_account"

    id: Mapped[Id]
    book: Mapped[Book]
    kind: Mapped[AccountKind]
    owner_id: Mapped[
        uuid.UUID | None
    ]  # supplier, budget or share of credit; None: the marketplace's own
    owner_key: Mapped[str] = mapped_column(String(36))  # the same as text, "" for None: unique
    guarded: Mapped[bool] = mapped_column(default=False)
    balance: Mapped[Money] = mapped_column(default=ZERO)

    __table_args__ = (
        UniqueConstraint("kind", "owner_key"),
        CheckConstraint("NOT guarded OR balance >= 0", name="guarded_not_negative"),
    )


class JournalTransaction(Base):
    """One business event in one book; `key` makes it happen once ("paid:<order id>")."""

    __tablename__ = "mp_journal_transaction"

    id: Mapped[Id]
    book: Mapped[Book]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    event: Mapped[
        ShortCode
    ]  # granted, reserved, committed, spent, released, paid, cancelled, refunded
    subject_id: Mapped[uuid.UUID] = mapped_column(index=True)  # order, purchase, plan or budget
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64))


class JournalEntry(Base):
    """One line: debit positive, credit negative, never zero."""

    __tablename__ = "mp_journal_entry"

    id: Mapped[Id]
    transaction_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_journal_transaction.id"))
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mp_ledger_account.id"))
    amount: Mapped[Money]

    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        Index("ix_mp_journal_entry_account", "account_id"),
        Index("ix_mp_journal_entry_transaction", "transaction_id"),
    )


append_only("mp_journal_transaction")
append_only("mp_journal_entry")
