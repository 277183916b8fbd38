"""Unions, their members and whose account is whose; budgets: granted once, then only moved, never
overspent."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.accounts.models import Organisation, OrganisationKind
from marketplace.kernel.actor import Role
from marketplace.kernel.credit_code import compact
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused, SamePerson
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import Money
from marketplace.ledger.service import credit, debit, post
from marketplace.ledger.states import AccountKind, Book
from marketplace.unions import queries, rules
from marketplace.unions.models import Budget, MemberAccount, Union, UnionMember
from marketplace.unions.states import MATCH
from marketplace.work import Work, move

FOUNDERS = frozenset({Role.MANAGER, Role.SYSTEM})


@dataclass(frozen=True, slots=True)
class NewMember:
    """Somebody whom the union buys for."""

    name: str
    employee_number: str
    mobile: str


@dataclass(frozen=True, slots=True)
class Match:
    """A member and the account that seems to be his."""

    member_id: uuid.UUID
    person_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Held:
    """An amount of one budget that moves for one plan, or for credit when `cause` says "credit_";
    `key` makes the move happen once."""

    budget_id: uuid.UUID
    subject_id: uuid.UUID
    amount: Money
    key: str
    cause: str = ""


def found_union(w: Work, organisation_id: uuid.UUID, name: str, credit_code: str) -> Union:
    """Open the books of a union, or of an administration or canteen that buys, for an organisation
    of that kind.

    Raises Invalid (code), Missing (organisation), Refused (either already has a union), Forbidden.
    """
    if not w.actor.roles & FOUNDERS:
        raise Forbidden
    code = compact(credit_code)
    organisation = w.session.get(Organisation, organisation_id)
    if organisation is None or organisation.kind not in queries.BUYING:
        raise Missing(organisation_id=organisation_id)
    rules.check_code(code, is_union=organisation.kind is OrganisationKind.UNION)
    taken = (Union.organisation_id == organisation_id) | (Union.credit_code == code)
    if w.session.scalar(select(Union.id).where(taken)):
        raise Refused("union_exists")
    founded = Union(
        organisation_id=organisation_id, name=name.strip(), credit_code=code, created_at=w.now
    )
    w.session.add(founded)
    w.record("found", founded, name=founded.name, credit_code=code)
    return founded


def add_members(w: Work, union_id: uuid.UUID, new: Sequence[NewMember]) -> tuple[UnionMember, ...]:
    """Add people to the union's list, all or none.

    Raises Invalid (mobile number), Refused member_exists (employee number taken), Missing.
    """
    union = _for(w, union_id, queries.OFFICERS)
    asked = select(UnionMember.employee_number).where(UnionMember.union_id == union.id)
    taken = set(w.session.scalars(asked))
    added = []
    for one in new:
        rules.check_mobile(one.mobile)
        number = one.employee_number.strip()
        if number in taken:
            raise Refused("member_exists", employee_number=number)
        taken.add(number)
        added.append(
            UnionMember(
                union_id=union.id, name=one.name.strip(), employee_number=number, mobile=one.mobile
            )
        )
    w.session.add_all(added)
    w.record("add_members", union, count=len(added))
    return tuple(added)


def confirm_account(w: Work, union_id: uuid.UUID, match: Match) -> MemberAccount:
    """Say that the account is that member's own; an officer says so, never about his own.

    Raises Missing (also when another account bears the number now), Forbidden, SamePerson,
    WrongState.
    """
    return _decide(w, union_id, match, "confirm", None)


def refuse_account(w: Work, union_id: uuid.UUID, match: Match, note: str) -> MemberAccount:
    """Say that it is somebody else's, with the reason. Raises as above, and Invalid."""
    if not note.strip():
        raise Invalid("note_missing", field="note")
    return _decide(w, union_id, match, "refuse", note.strip()[:500])


def _decide(
    w: Work, union_id: uuid.UUID, match: Match, verb: str, note: str | None
) -> MemberAccount:
    union = _for(w, union_id, queries.OFFICERS)
    rows = {
        Match(row.member.id, row.person.id): row
        for row in queries.matches(w.session, union_id, w.now)
    }
    if (row := rows.get(match)) is None:
        raise Missing(member_id=match.member_id)
    if str(match.person_id) == w.actor.person_id:
        raise SamePerson
    said = row.decision or MemberAccount(
        id=uuid.uuid4(),
        member_id=match.member_id,
        person_id=match.person_id,
        organisation_id=union.organisation_id,
        state=row.state,
    )
    said.decided_by, said.decided_at, said.note = w.actor.person_id, w.now, note
    w.session.add(said)
    move(w, MATCH, said, verb, member=str(match.member_id), person=str(match.person_id))
    return said


def grant_budget(
    w: Work,
    union_id: uuid.UUID,
    *,
    name: str,
    year: int,
    source: FundSource,
    amount: Money,
    document: str,
) -> Budget:
    """Set money aside for a purpose and a year, by the union's own treasurer.

    Raises Invalid (year, source, amount), Missing, Forbidden.
    """
    union = _for(w, union_id, frozenset({Role.UNION_TREASURER}))
    rules.check_budget(year, source, amount, is_union=union.is_union)
    budget = Budget(
        id=uuid.uuid4(), union_id=union.id, organisation_id=union.organisation_id,
        name=name.strip(), year=year, source=source, document=document.strip(),
        payer=union.name, created_at=w.now, created_by=w.actor.person_id,
    )  # fmt: skip
    w.session.add(budget)
    w.record("grant", budget, amount=amount.fen, source=source, document=budget.document)
    held = Held(budget.id, budget.id, amount, f"budget-granted:{budget.id}")
    _move(w, "granted", held, AccountKind.GRANTED, AccountKind.AVAILABLE)
    return budget


def name_payer(w: Work, budget_id: uuid.UUID, payer: str) -> Budget:
    """Say in whose name the transfers for a budget come, such as a shared finance centre; what is
    ordered from now on says so. By the union's own treasurer. Raises Missing, Forbidden."""
    budget = queries.budget(w.session, w.actor, budget_id).budget
    if Role.UNION_TREASURER not in queries.roles_in(w.actor, budget.organisation_id):
        raise Forbidden(verb="name_payer")
    budget.payer = payer.strip()[:200]
    w.record("name_payer", budget, payer=budget.payer)
    return budget


def reserve(w: Work, held: Held) -> None:
    """A plan was submitted. Raises NotEnough. Whether the actor may, its caller has asked."""
    _move(w, "reserved", held, AccountKind.AVAILABLE, AccountKind.RESERVED)


def commit(w: Work, held: Held) -> None:
    """What was reserved is ordered. Raises NotEnough."""
    _move(w, "committed", held, AccountKind.RESERVED, AccountKind.COMMITTED)


def spend(w: Work, held: Held) -> None:
    """What was ordered is paid. Raises NotEnough."""
    _move(w, "spent", held, AccountKind.COMMITTED, AccountKind.SPENT)


def release(w: Work, held: Held, source: AccountKind) -> None:
    """Make it available again, out of RESERVED, COMMITTED or SPENT. Raises NotEnough."""
    _move(w, "released", held, source, AccountKind.AVAILABLE)


def _move(w: Work, event: str, held: Held, source: AccountKind, target: AccountKind) -> None:
    post(
        w, Book.BUDGET, f"{held.cause}{event}",
        subject_id=held.subject_id,
        key=held.key,
        entries=(
            debit(target, held.amount, held.budget_id),
            credit(source, held.amount, held.budget_id),
        ),
    )  # fmt: skip


def _for(w: Work, union_id: uuid.UUID, roles: frozenset[Role]) -> Union:
    """The union, for those who hold one of the roles in its organisation, and for the system."""
    union = queries.union(w.session, w.actor, union_id)
    held = queries.roles_in(w.actor, union.organisation_id)
    if not held & (roles | {Role.SYSTEM}):
        raise Forbidden
    return union
