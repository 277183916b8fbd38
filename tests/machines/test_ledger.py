"""P1, P2, P12: the books balance, and no guarded account goes below zero, in any history."""

from __future__ import annotations

import uuid
from collections import Counter

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from marketplace.kernel.errors import Refused
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import queries, rules
from marketplace.ledger.service import NotEnough, Posting, post
from marketplace.ledger.states import AccountKind, Book
from tests.databases import KINDS, Databases
from tests.machines.running import GroundMachine, run

OWNERS = (uuid.UUID(int=1), uuid.UUID(int=2))
Account = tuple[AccountKind, uuid.UUID | None]


def accounts(book: Book) -> list[Account]:
    """All of one book; what belongs to somebody, for two of them."""
    return [
        (kind, owner)
        for kind in AccountKind
        if rules.book_of(kind) is book
        for owner in (OWNERS if kind in rules.OWNED else (None,))
    ]


BOOKS = {book: accounts(book) for book in Book}
MOVES = st.sampled_from(list(Book)).flatmap(
    lambda book: st.tuples(
        st.just(book),
        st.lists(
            st.tuples(st.sampled_from(BOOKS[book]), st.integers(-500, 500)),
            min_size=1, max_size=4,
        ),
        st.sampled_from(BOOKS[book]),
    )
)  # fmt: skip


class Ledger(GroundMachine):
    """Postings of any shape between any accounts; the last line makes them balance."""

    def __init__(self) -> None:
        super().__init__()
        self.balances: Counter[Account] = Counter()
        self.keys: set[str] = set()

    @rule(move=MOVES, key=st.integers(0, 40))
    def posted(self, move: tuple[Book, list[tuple[Account, int]], Account], key: int) -> None:
        book, lines, last = move
        whole = [*lines, (last, -sum(fen for _account, fen in lines))]
        moved: Counter[Account] = Counter()
        for account, fen in whole:
            moved[account] += fen
        outcome = self.tried(book, whole, f"k{key}")
        written = sum(bool(fen) for fen in moved.values())
        short = any(
            kind in rules.GUARDED
            and rules.kept(kind, Money(self.balances[kind, owner] + fen)) < ZERO
            for (kind, owner), fen in moved.items()
        )
        if written < rules.FEWEST_LINES:
            assert outcome == "no entry"
        elif f"k{key}" in self.keys:
            assert outcome == "known"
        elif short:
            assert outcome == "short"
        else:
            assert outcome == "done"
            self.keys.add(f"k{key}")
            for account, fen in moved.items():
                self.balances[account] += fen

    def tried(self, book: Book, lines: list[tuple[Account, int]], key: str) -> str:
        entries = [Posting(kind, owner, Money(fen)) for (kind, owner), fen in lines]
        try:
            with self.people.runtime.work() as w:
                post(w, book, "moved", subject_id=OWNERS[0], key=key, entries=entries)
        except ValueError:
            return "no entry"
        except NotEnough:
            return "short"
        except Refused:
            return "known"
        return "done"

    @invariant()
    def balances_are_as_the_model_says(self) -> None:
        with self.people.runtime.reading() as session:
            for (kind, owner), fen in self.balances.items():
                assert queries.balance(session, kind, owner) == Money(fen)

    def teardown(self) -> None:
        with self.people.runtime.reading() as session:
            assert list(queries.faults(session)) == []
        super().teardown()


@pytest.mark.parametrize("kind", KINDS)
def test_the_books_balance_in_any_history(databases: Databases, kind: str) -> None:
    """P1, P2, P12, P35"""
    run(Ledger, databases, kind)
