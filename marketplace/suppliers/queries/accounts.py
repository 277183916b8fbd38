"""Accounts that suppliers are paid to: which one, whether now, and who may confirm another."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, aliased

from marketplace.accounts import queries as people
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Missing
from marketplace.suppliers import rules
from marketplace.suppliers.models import BankAccount, Supplier
from marketplace.suppliers.queries.sight import visible
from marketplace.suppliers.rules import Finding, Grade
from marketplace.suppliers.states import AccountState

_A = AccountState


def may_be_paid(at: datetime) -> ColumnElement[bool]:
    """Whether anything may be paid out to the supplier at that instant: to a confirmed account in
    its present name, whose pause is over, while no other one waits. The question names `Supplier`.
    """
    confirmed, waiting = aliased(BankAccount), aliased(BankAccount)
    return and_(
        exists().where(
            confirmed.supplier_id == Supplier.id,
            confirmed.state == _A.CONFIRMED,
            confirmed.holder == Supplier.legal_name,
            confirmed.paid_from <= at,
        ),
        ~exists().where(waiting.supplier_id == Supplier.id, waiting.state == _A.PROPOSED),
    )


def is_paid(session: Session, supplier_id: uuid.UUID, at: datetime) -> bool:
    """The same of one supplier."""
    asked = select(Supplier.id).where(Supplier.id == supplier_id, may_be_paid(at))
    return session.scalar(asked) is not None


def accounts(session: Session, supplier_id: uuid.UUID) -> Sequence[BankAccount]:
    """All that were ever handed in, newest first."""
    asked = select(BankAccount).where(BankAccount.supplier_id == supplier_id)
    return session.scalars(asked.order_by(BankAccount.proposed_at.desc(), BankAccount.id)).all()


def account_in(session: Session, supplier_id: uuid.UUID, state: AccountState) -> BankAccount | None:
    """The one that waits, or the one that is confirmed: there is at most one of each."""
    return session.scalar(
        select(BankAccount).where(
            BankAccount.supplier_id == supplier_id, BankAccount.state == state
        )
    )


def account(session: Session, actor: Actor, account_id: uuid.UUID) -> tuple[Supplier, BankAccount]:
    """One account with its supplier, for those who may see it. Raises Missing."""
    found = session.get(BankAccount, account_id)
    if found is None:
        raise Missing(account_id=account_id)
    return visible(session, actor, found.supplier_id), found


def second_owners(
    session: Session, supplier: Supplier, found: BankAccount, *, days: int, at: datetime
) -> frozenset[str]:
    """The owners who may confirm it: not whoever proposed it, nobody who left since, and nobody who
    became an owner shortly before, for whoever takes a firm over makes an owner first. None: a
    reviewer does."""
    known = people.owners(session, supplier.organisation_id, found.proposed_at)
    there = people.owners(session, supplier.organisation_id, at)
    before = found.proposed_at - timedelta(days=days)
    return frozenset(
        person_id
        for person_id, since in known.items()
        if person_id != found.proposed_by and since <= before and person_id in there
    )


def account_elsewhere(session: Session, supplier_id: uuid.UUID, number: str) -> bool:
    """Whether another supplier is paid there, or wants to be."""
    shared = select(BankAccount.id).where(
        BankAccount.number == number,
        BankAccount.supplier_id != supplier_id,
        BankAccount.state.in_((_A.PROPOSED, _A.CONFIRMED)),
    )
    return session.scalar(shared.limit(1)) is not None


def account_findings(found: BankAccount) -> tuple[Finding, ...]:
    """What looks odd about it, for whoever confirms."""
    odd = []
    if rules.looks_like_a_card(found.number):
        odd.append(Finding("account_card", Grade.WARN, field="number"))
    if not found.proved:
        odd.append(Finding("account_unproved", Grade.WARN))
    return tuple(odd)
