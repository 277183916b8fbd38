"""Makers of credit and vouchers: proposed, approved, paid for, as the union's people would."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from marketplace.accounts import queries as accounts
from marketplace.credit import queries, rules, service
from marketplace.credit.models import CreditGrant, VoucherBatch
from marketplace.kernel.money import ZERO, Money
from marketplace.payments import queries as payments_queries
from marketplace.payments import service as payments
from marketplace.unions import service as unions
from marketplace.unions.models import Budget
from tests.makers.unions import a_budget, a_union

if TYPE_CHECKING:
    from tests.fixtures import People

MEMBERS = ("employee", "second_employee")


def a_budget_with_members(people: People, *members: str) -> Budget:
    """A union in whose list these people stand, whose accounts an officer has confirmed."""
    union = a_union(people)
    with people.runtime.work() as w:
        known = [accounts.person(w.session, people.ids[name]) for name in members or MEMBERS]
        new = [
            unions.NewMember(f"示例会员{n}", f"M{n:04d}", (person and person.mobile) or "")
            for n, person in enumerate(known)
        ]
        added = unions.add_members(w, union.id, new)
    with people.runtime.work(people.actor("union_treasurer")) as w:
        for member, name in zip(added, members or MEMBERS, strict=True):
            match = unions.Match(member.id, uuid.UUID(people.ids[name]))
            unions.confirm_account(w, union.id, match)
    return a_budget(people, union)


def a_span(people: People, *, days: int = 30) -> rules.Span:
    now = people.runtime.clock.now()
    return rules.Span(now, now + timedelta(days=days))


def a_grant(
    people: People, budget: Budget, each: Money = Money(50_00), *, days: int = 30,
    zone_only: bool = False, name: str = "示例中秋慰问",
) -> CreditGrant:  # fmt: skip
    """Proposed: so much for everybody on the union's list."""
    new = service.NewGrant(budget.id, name, each, a_span(people, days=days), zone_only)
    with people.runtime.work(people.actor("union_buyer")) as w:
        return service.propose(w, new)


def approved(people: People, grant: CreditGrant) -> CreditGrant:
    with people.runtime.work(people.actor("union_approver")) as w:
        return service.approve(w, grant.id)


def funded(people: People, grant: CreditGrant) -> CreditGrant:
    """Approved, and the union's money is on the account."""
    approved(people, grant)
    with people.runtime.reading() as session:
        asked = payments_queries.of_purchase(session, grant.id)
    assert asked is not None
    with people.runtime.work(people.actor("manager")) as w:
        payments.confirm_transfer(w, asked.id, asked.amount, f"示例流水 {asked.reference}")
    with people.runtime.reading() as session:
        return session.get_one(CreditGrant, grant.id)


def credit_of(people: People, name: str = "employee") -> list[tuple[int, int, int, int]]:
    """(available, held, spent, sent back) of each share in fen, the soonest to expire first."""
    with people.runtime.reading() as session:
        rows = queries.own_shares(session, people.actor(name))
    return [(r.available.fen, r.held.fen, r.spent.fen, r.sent_back.fen) for r in rows]


def a_batch(
    people: People, *, issued: bool = True, by: str = "manager", **changes: object
) -> tuple[VoucherBatch, tuple[str, ...]]:
    """Ten codes over ¥20.00, five uses in all, one for each person; with their codes."""
    said: dict[str, object] = {
        "name": "示例开业券",
        "face": Money(20_00),
        "min_spend": ZERO,
        "span": a_span(people),
        "codes": 10,
        "most": 5,
    }
    new = service.NewBatch(**{**said, **changes})  # type: ignore[arg-type]  # named by the caller
    with people.runtime.work(people.actor(by)) as w:
        made = service.make_batch(w, new)
    if not issued:
        return made, ()
    with people.runtime.work(people.actor("second_manager")) as w:
        return made, service.issue(w, made.id)
