"""Questions to the books: balances, what an order moved, and whether everything still adds up."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import rules
from marketplace.ledger.models import JournalEntry, JournalTransaction, LedgerAccount
from marketplace.ledger.states import AccountKind, Book
from marketplace.web.paging import Page, paged
from marketplace.work.models import TrailEntry

STEP = 1_000  # rows of the journal read at a time


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One line of the journal with its transaction; debit positive."""

    at: datetime
    book: Book
    event: str
    key: str
    kind: AccountKind
    owner_id: uuid.UUID | None
    amount: Money


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One line of the chart of accounts; of all owners together, debit positive."""

    kind: AccountKind
    book: Book
    owners: int
    debits: Money
    credits: Money

    @property
    def balance(self) -> Money:
        return self.debits + self.credits


@dataclass(frozen=True, slots=True)
class Written:
    """One line of an account with what caused it."""

    at: datetime
    event: str
    subject_id: uuid.UUID
    owner_id: uuid.UUID | None
    amount: Money


def chart(session: Session) -> tuple[AccountRow, ...]:
    """Every account of the chart, in its order, also those that never moved."""
    amount = JournalEntry.amount
    asked = (
        select(
            LedgerAccount.kind,
            func.count(LedgerAccount.id.distinct()).label("owners"),
            func.sum(amount).filter(amount > ZERO).label("debits"),
            func.sum(amount).filter(amount < ZERO).label("credits"),
        )
        .join(JournalEntry, JournalEntry.account_id == LedgerAccount.id)
        .group_by(LedgerAccount.kind)
    )
    found = {row.kind: row for row in session.execute(asked)}
    return tuple(
        AccountRow(
            kind,
            rules.book_of(kind),
            found[kind].owners if kind in found else 0,
            (kind in found and found[kind].debits) or ZERO,
            (kind in found and found[kind].credits) or ZERO,
        )
        for kind in AccountKind
    )


def written(session: Session, kind: AccountKind, number: int) -> Page[Any]:
    """What stands on an account, of all owners, newest first."""
    asked = (
        select(JournalEntry)
        .join(LedgerAccount, JournalEntry.account_id == LedgerAccount.id)
        .join(JournalTransaction, JournalEntry.transaction_id == JournalTransaction.id)
        .where(LedgerAccount.kind == kind)
        .order_by(JournalTransaction.at.desc(), JournalTransaction.key, JournalEntry.id)
    )
    page = paged(session, asked, number)
    causes = (
        select(JournalEntry.id, JournalTransaction, LedgerAccount.owner_id)
        .join(LedgerAccount, JournalEntry.account_id == LedgerAccount.id)
        .join(JournalTransaction, JournalEntry.transaction_id == JournalTransaction.id)
        .where(JournalEntry.id.in_([entry.id for entry in page.items]))
    )
    known = {entry_id: (cause, owner) for entry_id, cause, owner in session.execute(causes)}

    def line(entry: JournalEntry) -> Written:
        cause, owner = known[entry.id]
        return Written(cause.at, cause.event, cause.subject_id, owner, entry.amount)

    return page.with_items(line)


def balance(session: Session, kind: AccountKind, owner_id: uuid.UUID | None = None) -> Money:
    """The sum of all entries, debit positive; without an owner that of all owners together."""
    asked = _sums().where(LedgerAccount.kind == kind)
    if owner_id is not None:
        asked = asked.where(LedgerAccount.owner_id == owner_id)
    return Money(sum(row.amount.fen for row in session.execute(asked)))


def balances(
    session: Session, owner_ids: Collection[uuid.UUID]
) -> dict[tuple[uuid.UUID, AccountKind], Money]:
    """The same for many owners at once; what never moved is left out."""
    asked = _sums().where(LedgerAccount.owner_id.in_(owner_ids))
    return {(row.owner_id, row.kind): row.amount for row in session.execute(asked)}


def moved(session: Session, owner_ids: Collection[uuid.UUID], event: str) -> dict[uuid.UUID, Money]:
    """What an event moved on the accounts of each owner, debit positive."""
    asked = (
        select(LedgerAccount.owner_id, func.sum(JournalEntry.amount))
        .join(JournalEntry, JournalEntry.account_id == LedgerAccount.id)
        .join(JournalTransaction, JournalEntry.transaction_id == JournalTransaction.id)
        .where(LedgerAccount.owner_id.in_(owner_ids), JournalTransaction.event == event)
        .group_by(LedgerAccount.owner_id)
    )
    return {row[0]: row[1] for row in session.execute(asked) if row[0] is not None}


def entries_of(session: Session, subject_id: uuid.UUID) -> tuple[EntryRow, ...]:
    """Everything that was written about an order, a purchase, a plan or a budget, oldest first."""
    asked = (
        select(
            JournalTransaction.at, JournalTransaction.book, JournalTransaction.event,
            JournalTransaction.key, LedgerAccount.kind, LedgerAccount.owner_id, JournalEntry.amount,
        )
        .join(JournalEntry, JournalEntry.transaction_id == JournalTransaction.id)
        .join(LedgerAccount, JournalEntry.account_id == LedgerAccount.id)
        .where(JournalTransaction.subject_id == subject_id)
        .order_by(JournalTransaction.at, JournalTransaction.key, JournalEntry.amount.desc())
    )  # fmt: skip
    return tuple(EntryRow(*row) for row in session.execute(asked))


def sales_by_order(session: Session) -> dict[uuid.UUID, Money]:
    """What buyers paid for the goods of each order, freight apart, net of what went back."""
    asked = (
        select(JournalTransaction.subject_id, func.sum(JournalEntry.amount).label("amount"))
        .join(JournalEntry, JournalEntry.transaction_id == JournalTransaction.id)
        .join(LedgerAccount, JournalEntry.account_id == LedgerAccount.id)
        .where(LedgerAccount.kind.in_(rules.SALES))
        .where(JournalTransaction.event.in_(rules.SALE_EVENTS))
        .group_by(JournalTransaction.subject_id)
    )
    return {row.subject_id: -row.amount for row in session.execute(asked)}


def faults(session: Session) -> Iterator[str]:
    """Every place where the books do not hold, in words; nothing when they do."""
    per_transaction = (
        select(
            JournalTransaction.key,
            func.count(JournalEntry.id).label("lines"),
            func.sum(JournalEntry.amount).label("amount"),
        )
        .outerjoin(JournalEntry, JournalEntry.transaction_id == JournalTransaction.id)
        .group_by(JournalTransaction.id)
    )
    for row in session.execute(per_transaction):
        if row.amount:
            yield f"ledger: {row.key} sums to {row.amount}, not to zero"
        if row.lines < rules.FEWEST_LINES:
            yield f"ledger: {row.key} has {row.lines} lines"
    yield from _mixed_books(session)
    yield from _kept_balances(session)


def trail_faults(session: Session) -> Iterator[str]:
    """Where the journal is not what the trail says was posted: rows whose sums hold may have been
    changed all the same, swapped for example."""
    told = {row.subject_id: row for row in session.execute(_POSTED)}
    for transaction, lines in _written(session):
        row = told.pop(transaction.id, None)
        if row is None:
            yield f"ledger: {transaction.key} was posted by nobody"
            continue
        said = row.data
        same = (said["key"], said["event"], said["book"], row.at, row.actor) == (
            transaction.key, transaction.event, transaction.book, transaction.at, transaction.actor,
        )  # fmt: skip  # one row
        if not same or sorted(map(tuple, said["entries"])) != lines:
            yield f"ledger: {transaction.key} is not what was posted"
    for row in told.values():
        yield f"ledger: {row.data['key']} was posted, and is gone"


_POSTED = select(TrailEntry.subject_id, TrailEntry.at, TrailEntry.actor, TrailEntry.data).where(
    TrailEntry.subject_kind == JournalTransaction.__name__, TrailEntry.verb == "post"
)
Lines = list[tuple[str, str, int]]  # kind, owner's key, fen


def _written(session: Session) -> Iterator[tuple[JournalTransaction, Lines]]:
    """Each transaction with its lines in order."""
    asked = (
        select(JournalTransaction, LedgerAccount.kind, LedgerAccount.owner_key, JournalEntry.amount)
        .outerjoin(JournalEntry, JournalEntry.transaction_id == JournalTransaction.id)
        .outerjoin(LedgerAccount, JournalEntry.account_id == LedgerAccount.id)
        .order_by(JournalTransaction.id)
    )
    rows = session.execute(asked, execution_options={"yield_per": STEP})
    for transaction, group in groupby(rows, key=lambda row: row[0]):
        lines = [(row.kind, row.owner_key, row.amount.fen) for row in group if row.kind]
        yield transaction, sorted(lines)


def _mixed_books(session: Session) -> Iterator[str]:
    asked = (
        select(JournalTransaction.key)
        .join(JournalEntry, JournalEntry.transaction_id == JournalTransaction.id)
        .join(LedgerAccount, JournalEntry.account_id == LedgerAccount.id)
        .where(LedgerAccount.book != JournalTransaction.book)
        .distinct()
    )
    for key in session.scalars(asked):
        yield f"ledger: {key} mixes the two books"


def _kept_balances(session: Session) -> Iterator[str]:
    sums = {row.id: row.amount for row in session.execute(_sums())}
    for account in session.scalars(select(LedgerAccount).where(LedgerAccount.guarded)):
        counted = rules.kept(account.kind, sums.get(account.id, ZERO))
        name = f"{account.kind} of {account.owner_key}"
        if account.balance != counted:
            yield f"ledger: {name} says {account.balance}, its entries sum to {counted}"
        if counted < ZERO:
            yield f"ledger: {name} is overspent: {counted}"


def _sums() -> Select[uuid.UUID, uuid.UUID | None, AccountKind, Money]:
    """One row per account that ever moved: id, owner_id, kind, amount."""
    return (
        select(
            LedgerAccount.id,
            LedgerAccount.owner_id,
            LedgerAccount.kind,
            func.sum(JournalEntry.amount).label("amount"),
        )
        .join(JournalEntry, JournalEntry.account_id == LedgerAccount.id)
        .group_by(LedgerAccount.id, LedgerAccount.owner_id, LedgerAccount.kind)
    )
