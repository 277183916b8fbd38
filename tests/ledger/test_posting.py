"""A double entry is written once and sums to zero; guarded accounts never go below it."""

from __future__ import annotations

import uuid
from threading import Barrier, Thread

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from marketplace.kernel.errors import Refused
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import queries
from marketplace.ledger.models import LedgerAccount
from marketplace.ledger.service import NotEnough, Posting, credit, debit, post
from marketplace.ledger.states import AccountKind, Book
from marketplace.work import Runtime, Work
from marketplace.work.models import TrailEntry

OWNER = uuid.UUID(int=7)


def granted(w: Work, fen: int, key: str = "granted") -> None:
    move(w, AccountKind.GRANTED, AccountKind.AVAILABLE, fen, key)


def reserved(w: Work, fen: int, key: str = "reserved") -> None:
    move(w, AccountKind.AVAILABLE, AccountKind.RESERVED, fen, key)


def move(w: Work, source: AccountKind, target: AccountKind, fen: int, key: str) -> None:
    entries = (debit(target, Money(fen), OWNER), credit(source, Money(fen), OWNER))
    post(w, Book.BUDGET, "moved", subject_id=OWNER, key=key, entries=entries)


def test_what_is_debited_is_credited(bare_runtime: Runtime) -> None:
    """P1, P2: two entries that sum to zero, and the balances that follow them."""
    with bare_runtime.work() as w:
        granted(w, 1000)
        reserved(w, 400)
    with bare_runtime.reading() as session:
        assert queries.balance(session, AccountKind.GRANTED, OWNER) == Money(-1000)
        assert queries.balance(session, AccountKind.AVAILABLE, OWNER) == Money(600)
        assert queries.balance(session, AccountKind.RESERVED, OWNER) == Money(400)
        assert len(queries.entries_of(session, OWNER)) == 4
        assert list(queries.faults(session)) == []


@pytest.mark.parametrize(
    "entries",
    [
        (debit(AccountKind.REFUNDS, Money(5)),),
        (debit(AccountKind.REFUNDS, Money(5)), credit(AccountKind.BANK_CLEARING, Money(4))),
        (debit(AccountKind.REFUNDS, ZERO), credit(AccountKind.BANK_CLEARING, ZERO)),
        (debit(AccountKind.REFUNDS, Money(5)), credit(AccountKind.SPENT, Money(5), OWNER)),
        (debit(AccountKind.REFUNDS, Money(5)), credit(AccountKind.REFUNDS, Money(5))),
    ],
    ids=["one line", "not zero", "nothing moves", "two books", "to itself"],
)
def test_no_double_entry_is_not_written(
    bare_runtime: Runtime, entries: tuple[Posting, ...]
) -> None:
    """P1: one line, a sum other than zero, or two books: nothing is written."""
    with pytest.raises(ValueError, match=r"double entry|zero|book"), bare_runtime.work() as w:
        post(w, Book.MONEY, "wrong", subject_id=OWNER, key="wrong", entries=entries)
    with bare_runtime.reading() as session:
        assert queries.entries_of(session, OWNER) == ()


def test_a_key_is_booked_once(bare_runtime: Runtime) -> None:
    with bare_runtime.work() as w:
        granted(w, 1000)
    with pytest.raises(Refused, match="already_posted"), bare_runtime.work() as w:
        granted(w, 1000)
    with bare_runtime.reading() as session:
        assert queries.balance(session, AccountKind.AVAILABLE, OWNER) == Money(1000)


def test_a_guarded_account_does_not_go_below_zero(bare_runtime: Runtime) -> None:
    """P12: the last fen may move, one more may not."""
    with bare_runtime.work() as w:
        granted(w, 1000)
    with pytest.raises(NotEnough) as refusal, bare_runtime.work() as w:
        reserved(w, 1001)
    assert refusal.value.data["available"] == Money(1000)
    assert refusal.value.data["needed"] == Money(1001)
    with bare_runtime.reading() as session:
        assert list(queries.faults(session)) == []


def test_thirty_two_at_once_take_only_what_is_there(bare_runtime: Runtime) -> None:
    with bare_runtime.work() as w:
        granted(w, 1000)
    refused: list[str] = []
    start = Barrier(32)

    def take(n: int) -> None:
        start.wait()
        try:
            with bare_runtime.work() as w:
                reserved(w, 100, key=f"reserved {n}")
        except NotEnough as fault:
            refused.append(fault.code)

    threads = [Thread(target=take, args=(n,)) for n in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["not_enough"] * 22
    with bare_runtime.reading() as session:
        assert queries.balance(session, AccountKind.AVAILABLE, OWNER) == ZERO
        assert queries.balance(session, AccountKind.RESERVED, OWNER) == Money(1000)
        assert list(queries.faults(session)) == []


def test_accounts_are_taken_in_one_order_whatever_is_posted(bare_runtime: Runtime) -> None:
    """P35: two that go the opposite way wait for each other, and never both."""
    with bare_runtime.work() as w:
        granted(w, 1000)
        reserved(w, 100)
        move(w, AccountKind.RESERVED, AccountKind.AVAILABLE, 100, "released")
    with bare_runtime.reading() as session:
        deeds = select(TrailEntry.data).where(TrailEntry.verb == "post")
        _, *both = session.scalars(deeds.order_by(TrailEntry.number))
    there, back = ([kind for kind, *_ in one["entries"]] for one in both)
    assert there == back


@pytest.mark.parametrize("table", ["mp_journal_entry", "mp_journal_transaction"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_journal_is_never_changed(bare_runtime: Runtime, table: str, change: str) -> None:
    """P1: the database itself refuses."""
    with bare_runtime.work() as w:
        granted(w, 1000)
    with pytest.raises(IntegrityError, match="append-only"), bare_runtime.work() as w:
        w.session.execute(text(change.format(table)))


def test_a_balance_changed_by_hand_is_found(bare_runtime: Runtime) -> None:
    """P2: a kept balance is compared with its entries."""
    with bare_runtime.work() as w:
        granted(w, 1000)
    with bare_runtime.work() as w:
        more = update(LedgerAccount).where(LedgerAccount.kind == AccountKind.AVAILABLE)
        w.session.execute(more.values(balance=Money(9000)))
    with bare_runtime.reading() as session:
        (fault,) = queries.faults(session)
    assert "¥90.00" in fault
    assert "¥10.00" in fault
