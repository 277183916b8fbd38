"""Questions about unions and their budgets; strangers get Missing, the auditor reads all."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Organisation, OrganisationKind
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Missing
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.unions.models import Budget, MemberAccount, Union, UnionMember

OFFICERS = frozenset({Role.UNION_BUYER, Role.UNION_APPROVER, Role.UNION_TREASURER})
BUYING = frozenset({OrganisationKind.UNION, OrganisationKind.GROUP})
READERS = frozenset({Role.AUDITOR, Role.SYSTEM})


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A budget with its amounts: granted = available + reserved + committed + spent."""

    budget: Budget
    granted: Money
    available: Money
    reserved: Money
    committed: Money
    spent: Money


def roles_in(actor: Actor, organisation_id: uuid.UUID) -> frozenset[Role]:
    """The roles that count there: those held in that organisation, and those that read all."""
    held = {grant.role for grant in actor.grants if grant.organisation_id == organisation_id}
    return frozenset(held & OFFICERS) | (actor.roles & READERS)


def own_unions(session: Session, actor: Actor) -> tuple[Union, ...]:
    """The unions whose officer the actor is, by name; all of them for the auditor."""
    asked = select(Union).order_by(Union.name)
    if not actor.roles & READERS:
        asked = asked.where(Union.organisation_id.in_(_offices(actor)))
    return tuple(session.scalars(asked))


def without_books(session: Session) -> tuple[Organisation, ...]:
    """Organisations that may buy and whose books are not open, unions first, by name."""
    taken = select(Union.organisation_id)
    asked = select(Organisation).where(Organisation.kind.in_(BUYING), Organisation.id.not_in(taken))
    return tuple(session.scalars(asked.order_by(Organisation.kind.desc(), Organisation.name)))


def union(session: Session, actor: Actor, union_id: uuid.UUID) -> Union:
    """One union, for its officers and for those who read all. Raises Missing."""
    found = session.get(Union, union_id)
    if found is None or not roles_in(actor, found.organisation_id):
        raise Missing(union_id=union_id)
    return found


def budget(session: Session, actor: Actor, budget_id: uuid.UUID) -> BudgetRow:
    """One budget with its amounts, for the same people. Raises Missing."""
    found = session.get(Budget, budget_id)
    if found is None or not roles_in(actor, found.organisation_id):
        raise Missing(budget_id=budget_id)
    return _with_amounts(session, [found])[0]


def budgets(session: Session, union_ids: Collection[uuid.UUID]) -> tuple[BudgetRow, ...]:
    """All budgets of these unions with their amounts, the newest year first."""
    asked = select(Budget).where(Budget.union_id.in_(union_ids))
    found = session.scalars(asked.order_by(Budget.year.desc(), Budget.created_at, Budget.name))
    return _with_amounts(session, found.all())


def members(session: Session, union_id: uuid.UUID) -> tuple[UnionMember, ...]:
    """Who belongs to the union today, by employee number."""
    asked = select(UnionMember).where(UnionMember.union_id == union_id)
    asked = asked.where(UnionMember.left_on.is_(None)).order_by(UnionMember.employee_number)
    return tuple(session.scalars(asked))


def member_counts(session: Session, union_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many belong to each of these unions today; 0 is left out."""
    asked = (
        select(UnionMember.union_id, func.count())
        .where(UnionMember.union_id.in_(union_ids), UnionMember.left_on.is_(None))
        .group_by(UnionMember.union_id)
    )
    return {row[0]: row[1] for row in session.execute(asked)}


def faults(session: Session) -> Iterator[str]:
    """Every budget whose amounts do not add up or that is overspent, and whoever decided about an
    account of his own, in words."""
    yield from _decided_alone(session)
    for row in _with_amounts(session, session.scalars(select(Budget)).all()):
        name = f"{row.budget.name} {row.budget.year} ({row.budget.id})"
        used = row.available + row.reserved + row.committed + row.spent
        if used != row.granted:
            yield f"budget: {name} was granted {row.granted}, its parts sum to {used}"
        if min(row.available, row.reserved, row.committed, row.spent) < ZERO:
            yield f"budget: {name} is overspent"


def _offices(actor: Actor) -> frozenset[uuid.UUID]:
    return frozenset(grant.organisation_id for grant in actor.grants if grant.role in OFFICERS)


def _with_amounts(session: Session, found: Collection[Budget]) -> tuple[BudgetRow, ...]:
    sums = ledger.balances(session, [row.id for row in found])

    def of(row: Budget, kind: AccountKind) -> Money:
        return sums.get((row.id, kind), ZERO)

    return tuple(
        BudgetRow(
            budget=row,
            granted=-of(row, AccountKind.GRANTED),
            available=of(row, AccountKind.AVAILABLE),
            reserved=of(row, AccountKind.RESERVED),
            committed=of(row, AccountKind.COMMITTED),
            spent=of(row, AccountKind.SPENT),
        )
        for row in found
    )


def _decided_alone(session: Session) -> Iterator[str]:
    for said in session.scalars(select(MemberAccount)):
        if said.decided_by == str(said.person_id):
            yield f"member's account {said.id} was decided by the person whose it is"
