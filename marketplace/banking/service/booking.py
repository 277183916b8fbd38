"""The money book for lines of a bank; the table of entries stands in docs/ledger.md."""

from __future__ import annotations

from marketplace.banking.models import BankLine, BankUse
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger.service import credit, debit, post
from marketplace.ledger.states import AccountKind, Book
from marketplace.work import Work


def receive(w: Work, line: BankLine, where: AccountKind) -> None:
    """The money is on our account and waits for a person on a clearing account."""
    line.clearing = where
    post(
        w, Book.MONEY, "received",
        subject_id=line.id,
        key=f"bank-line-received:{line.id}",
        entries=(debit(AccountKind.BANK_CLEARING, line.amount), credit(where, line.amount)),
    )  # fmt: skip


def claim(w: Work, line: BankLine, use: BankUse) -> None:
    """What a payment takes leaves the clearing account: settling the payment books it anew. What
    is left over is too much."""
    if line.clearing is None:
        return
    left = line.rest if line.clearing is not AccountKind.TRANSFER_EXCESS else ZERO
    post(
        w, Book.MONEY, "claimed",
        subject_id=line.id,
        key=f"bank-line-claimed:{use.id}",
        entries=(
            debit(line.clearing, use.amount + left),
            credit(AccountKind.BANK_CLEARING, use.amount),
            credit(AccountKind.TRANSFER_EXCESS, left),
        ),
    )  # fmt: skip
    line.clearing = AccountKind.TRANSFER_EXCESS if line.rest else None


def let_go(w: Work, line: BankLine, event: str, amount: Money) -> None:
    """It is with us no longer, or never was the marketplace's."""
    if line.clearing is None:
        return
    post(
        w, Book.MONEY, event,
        subject_id=line.id,
        key=f"bank-line-ended:{line.id}",
        entries=(debit(line.clearing, amount), credit(AccountKind.BANK_CLEARING, amount)),
    )  # fmt: skip
    line.clearing = None
