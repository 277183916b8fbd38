"""Writing the books: whole transactions that sum to zero, once each, never changed afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from marketplace.kernel.errors import Refused
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import rules
from marketplace.ledger.models import JournalEntry, JournalTransaction, LedgerAccount
from marketplace.ledger.states import AccountKind, Book
from marketplace.work import Work


class NotEnough(Refused):
    """A guarded account would go below zero; `data`: kind, available, needed."""

    code = "not_enough"


@dataclass(frozen=True, slots=True)
class Posting:
    """One line: debit positive, credit negative; the owner is a supplier or a budget."""

    kind: AccountKind
    owner_id: uuid.UUID | None
    amount: Money


def debit(kind: AccountKind, amount: Money, owner_id: uuid.UUID | None = None) -> Posting:
    return Posting(kind, owner_id, amount)


def credit(kind: AccountKind, amount: Money, owner_id: uuid.UUID | None = None) -> Posting:
    return Posting(kind, owner_id, -amount)


def post(
    w: Work,
    book: Book,
    event: str,
    *,
    subject_id: uuid.UUID,
    key: str,
    entries: Sequence[Posting],
) -> JournalTransaction:
    """Write one transaction of one book. Lines of zero are left out; the others sum to zero.

    Raises Refused already_posted when `key` stands in the books, NotEnough when an account that is
    guarded would go below zero, ValueError for lines that are no double entry of this book.
    """
    lines = [line for line in entries if line.amount]
    rules.check(book, [(line.kind, line.amount) for line in lines])
    if w.session.scalar(select(JournalTransaction.id).where(JournalTransaction.key == key)):
        raise Refused("already_posted", key=key)
    moved = _by_account(w, book, lines)
    rules.check(book, [(account.kind, amount) for account, amount in moved])  # not to itself
    _guard(w, moved)
    written = JournalTransaction(
        id=uuid.uuid4(), book=book, key=key, event=event,
        subject_id=subject_id, at=w.now, actor=w.actor.person_id,
    )  # fmt: skip
    w.session.add(written)
    w.session.flush()  # before its entries, which name it
    w.session.add_all(
        JournalEntry(transaction_id=written.id, account_id=account.id, amount=amount)
        for account, amount in moved
    )
    told = [[account.kind, account.owner_key, amount.fen] for account, amount in moved]
    w.record("post", written, book=book, event=event, key=key, entries=told)
    return written


def _by_account(w: Work, book: Book, lines: Sequence[Posting]) -> list[tuple[LedgerAccount, Money]]:
    """Each account with what moves on it, in the one order in which all writers lock accounts."""
    moved: dict[uuid.UUID, tuple[LedgerAccount, Money]] = {}
    for line in lines:
        account = _account(w, book, line.kind, line.owner_id)
        _, before = moved.get(account.id, (account, ZERO))
        moved[account.id] = (account, before + line.amount)
    return [moved[account_id] for account_id in sorted(moved) if moved[account_id][1]]


def _guard(w: Work, moved: Sequence[tuple[LedgerAccount, Money]]) -> None:
    """Move the kept balances, each only if enough is left."""
    for account, amount in moved:
        if not account.guarded:
            continue
        change = rules.kept(account.kind, amount)
        changed = w.session.execute(
            update(LedgerAccount)
            .where(LedgerAccount.id == account.id, LedgerAccount.balance >= -change)
            .values(balance=LedgerAccount.balance + change)
            .returning(LedgerAccount.balance),
            execution_options={"synchronize_session": False},
        ).scalar_one_or_none()
        w.session.refresh(account, ["balance"])
        if changed is None:
            raise NotEnough(kind=account.kind, available=account.balance, needed=-change)


def _account(w: Work, book: Book, kind: AccountKind, owner_id: uuid.UUID | None) -> LedgerAccount:
    """The account, opened when it is first written to."""
    owner_key = str(owner_id or "")
    wanted = select(LedgerAccount).where(
        LedgerAccount.kind == kind, LedgerAccount.owner_key == owner_key
    )
    if found := w.session.scalar(wanted):
        return found
    opened = LedgerAccount(
        id=uuid.uuid4(), book=book, kind=kind, owner_id=owner_id, owner_key=owner_key,
        guarded=kind in rules.GUARDED,
    )  # fmt: skip
    try:
        with w.session.begin_nested():
            w.session.add(opened)
    except IntegrityError:  # somebody else opened it between the two statements
        return w.session.scalars(wanted).one()
    return opened
