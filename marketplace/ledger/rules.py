"""Pure answers about the books: which account belongs to which, and what a double entry is."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.kernel.money import Money, total
from marketplace.ledger.states import AccountKind, Book

BUDGET_KINDS = (
    AccountKind.GRANTED,
    AccountKind.AVAILABLE,
    AccountKind.RESERVED,
    AccountKind.COMMITTED,
    AccountKind.SPENT,
)
# these keep a balance that may not go below zero
OWED_TO_PEOPLE = frozenset({AccountKind.WELFARE_CREDIT, AccountKind.WELFARE_HELD})
GUARDED = frozenset(BUDGET_KINDS) - {AccountKind.GRANTED} | OWED_TO_PEOPLE
# what the buyer paid for goods: their credits are the sales
SALES = (AccountKind.SUPPLIER_PAYABLE, AccountKind.PRICE_DIFFERENCE)
# each of them belongs to a supplier or to a budget; the others are the marketplace's own
OWNED = (
    frozenset(BUDGET_KINDS)
    | {
        AccountKind.SUPPLIER_PAYABLE,
        AccountKind.FREIGHT,
        AccountKind.DUE_TO_SUPPLIER,
    }
    | OWED_TO_PEOPLE
)
# what of an order is a sale or its undoing; later on the same money only changes its account
SALE_EVENTS = ("paid", "part_refunded", "cancelled", "taken_back")
# what the supplier's account says of an order: that it is owed, once, and what is owed no more
DUE, DUE_BACK = "due", "due_back"
# what passes through these must be gone again after so many calendar days (P9)
CLEARED_WITHIN = {
    AccountKind.BUYER_CREDIT: 1,
    AccountKind.CARD_EXCESS: 7,
    AccountKind.CARD_DISPUTED: 120,  # what banks take to decide
    AccountKind.TRANSFER_UNKNOWN: 15,
    AccountKind.TRANSFER_SHORT: 15,
    AccountKind.TRANSFER_EXCESS: 15,
    AccountKind.REFUNDS: 30,
    AccountKind.DIRECT_REFUNDS: 30,
    AccountKind.PAYOUTS: 7,
}
FEWEST_LINES = 2


def book_of(kind: AccountKind) -> Book:
    """The one book in which the account stands."""
    return Book.BUDGET if kind in BUDGET_KINDS else Book.MONEY


def kept(kind: AccountKind, amount: Money) -> Money:
    """By how much a kept balance changes: a liability keeps what is owed, so it is turned round."""
    return -amount if kind in OWED_TO_PEOPLE else amount


def check(book: Book, lines: Sequence[tuple[AccountKind, Money]]) -> None:
    """Raises ValueError for fewer than two lines, a sum other than zero, or mixed books."""
    if len(lines) < FEWEST_LINES:
        raise ValueError("a double entry has two lines or more")
    if total(amount for _, amount in lines):
        raise ValueError("the lines do not sum to zero")
    if any(book_of(kind) is not book for kind, _ in lines):
        raise ValueError("an account of another book")
