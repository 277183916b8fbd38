"""What pages show: statements, the work list, and what a line may belong to."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Organisation
from marketplace.banking import rules
from marketplace.banking.models import BankLine, BankStatement, BankUse
from marketplace.banking.queries.known import line, payments_named
from marketplace.banking.states import LineState
from marketplace.kernel.errors import Missing
from marketplace.kernel.money import ZERO
from marketplace.orders.models import Purchase
from marketplace.payments.models import Payment, Tender
from marketplace.payments.states import PaymentState
from marketplace.web.paging import Page, paged

MOST = 20  # proposals of one line


@dataclass(frozen=True, slots=True)
class Waiting:
    """One open line with its statement and the payment that its text names."""

    line: BankLine
    statement: BankStatement
    payment: Payment | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A payment that a line may be meant for, and why: its reference stands there, the payer bears
    the name of who bought, has paid for them before, or only the amount agrees."""

    payment: Payment
    purchase: Purchase | None  # None: of a grant of credit
    organisation: str
    why: str  # reference, name, before, amount

    @property
    def rank(self) -> int:
        return ("reference", "name", "before", "amount").index(self.why)


def open_count(session: Session) -> int:
    """How many lines wait for a person."""
    asked = select(func.count(BankLine.id)).where(BankLine.state == LineState.OPEN)
    return session.scalar(asked) or 0


def open_lines(session: Session, number: int) -> Page[BankLine]:
    """Lines that wait for a person, the oldest first."""
    asked = select(BankLine).where(BankLine.state.in_((LineState.OPEN, LineState.NEW)))
    return paged(session, asked.order_by(BankLine.day, BankLine.row, BankLine.id), number)


def statements(session: Session, number: int) -> Page[BankStatement]:
    """Statements that said something new, newest first."""
    asked = select(BankStatement).order_by(BankStatement.made_at.desc(), BankStatement.id)
    return paged(session, asked, number)


def statement(session: Session, statement_id: uuid.UUID) -> BankStatement:
    """Raises Missing."""
    found = session.get(BankStatement, statement_id)
    if found is None:
        raise Missing(statement_id=statement_id)
    return found


def lines_of(session: Session, statement_id: uuid.UUID, number: int) -> Page[BankLine]:
    """The lines that this statement was the first to tell of."""
    asked = select(BankLine).where(BankLine.statement_id == statement_id)
    return paged(session, asked.order_by(BankLine.row), number)


def waiting(session: Session, line_id: uuid.UUID) -> Waiting:
    """One line with what is known of it. Raises Missing."""
    found = line(session, line_id)
    named = session.get(Payment, found.payment_id) if found.payment_id else None
    return Waiting(found, statement(session, found.statement_id), named)


def candidates(session: Session, found: BankLine) -> Sequence[Candidate]:
    """Transfers that are awaited, or were confirmed by hand under a number that no line has, and
    may be meant: those that the text names, whatever they ask, and those that ask for just what is
    left of the line; the likeliest first."""
    named = {one.id for one in payments_named(session, rules.references(found.text))}
    before = _paid_for_before(session, found)
    has_line = exists().where(BankUse.payment_id == Payment.id)
    by_hand = (Payment.state == PaymentState.SETTLED) & ~has_line
    asked = (
        select(Payment, Purchase, Organisation.name)
        .outerjoin(Purchase, Purchase.id == Payment.purchase_id)
        .outerjoin(Organisation, Organisation.id == Purchase.organisation_id)
        .where(Payment.tender == Tender.TRANSFER)
        .where((Payment.state == PaymentState.AWAITING) | by_hand)
        .where(Payment.id.in_(named) | (Payment.amount == found.rest))
        .order_by(Payment.state, Payment.made_at, Payment.reference)  # awaited ones first
        .limit(10 * MOST)
    )
    told = []
    for payment, known, name in session.execute(asked):
        purchase: Purchase | None = known  # an outer join: a grant of credit has none
        why = "amount"
        if payment.id in named:
            why = "reference"
        elif _is_payer(found, name, purchase.payer if purchase else None):
            why = "name"
        elif purchase is not None and purchase.organisation_id in before:
            why = "before"
        told.append(Candidate(payment, purchase, name or "", why))
    return sorted(told, key=lambda one: one.rank)[:MOST]


def companions(session: Session, found: BankLine) -> Sequence[BankLine]:
    """Other open lines of money that came, which name the same payment or are of the same payer."""
    asked = select(BankLine).where(
        BankLine.state == LineState.OPEN,
        BankLine.amount > ZERO,
        BankLine.id != found.id,
        (BankLine.payment_id == found.payment_id)
        | ((BankLine.party == found.party) & (BankLine.party != "")),
    )
    return session.scalars(asked.order_by(BankLine.day, BankLine.row).limit(MOST)).all()


def _is_payer(found: BankLine, *names: str | None) -> bool:
    """The transfer comes in one of these names."""
    said = rules.plain(found.party)
    return bool(said) and said in {rules.plain(name) for name in names if name}


def _paid_for_before(session: Session, found: BankLine) -> frozenset[uuid.UUID]:
    """Organisations for which a person has confirmed money of the same payer: a shared finance
    centre pays for several."""
    if not found.party:
        return frozenset()
    asked = (
        select(Purchase.organisation_id)
        .join(Payment, Payment.purchase_id == Purchase.id)
        .join(BankUse, BankUse.payment_id == Payment.id)
        .join(BankLine, BankLine.id == BankUse.line_id)
        .where(BankLine.party == found.party, Purchase.organisation_id.is_not(None))
    )
    return frozenset(one for one in session.scalars(asked) if one is not None)
