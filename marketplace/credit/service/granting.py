"""A union gives credit: proposed, approved by another, paid for, and only then spent."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from marketplace.credit import queries, rules
from marketplace.credit.models import CreditGrant, CreditShare
from marketplace.credit.states import GRANT, GrantState
from marketplace.events import PaymentSettled
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import local_day
from marketplace.kernel.errors import Forbidden, Invalid, Refused, SamePerson
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import Money
from marketplace.ledger.service import credit, debit, post
from marketplace.ledger.states import AccountKind, Book
from marketplace.payments import service as payments
from marketplace.unions import queries as unions_queries
from marketplace.unions import service as unions
from marketplace.unions.models import Union
from marketplace.work import Work, move

CAUSE = "credit_"  # before the words of the budget book


@dataclass(frozen=True, slots=True)
class NewGrant:
    """What a buyer of the union proposes; everybody on its list whose account is proved gets it."""

    budget_id: uuid.UUID
    name: str
    per_person: Money
    span: rules.Span
    zone_only: bool = False


def propose(w: Work, new: NewGrant) -> CreditGrant:
    """Reserve the money and ask somebody else to approve it.

    Raises Invalid, Missing (budget of others), Forbidden, Refused (credit_not_allowed,
    credit_without_rule, credit_without_people), NotEnough.
    """
    rules.check_grant(new.per_person, new.span, w.now)
    budget = unions_queries.budget(w.session, w.actor, new.budget_id).budget
    if Role.UNION_BUYER not in unions_queries.roles_in(w.actor, budget.organisation_id):
        raise Forbidden(verb="propose")
    union = w.session.get_one(Union, budget.union_id)
    card = _allowed(w, union, budget.source)
    people = queries.eligible(w.session, union.id, w.now)
    if not people:
        raise Refused("credit_without_people")
    made = CreditGrant(
        id=uuid.uuid4(), union_id=union.id, organisation_id=union.organisation_id,
        budget_id=budget.id, name=new.name.strip(), per_person=new.per_person,
        total=new.per_person * len(people), people=len(people), zone_only=new.zone_only,
        valid_from=new.span.start, valid_until=new.span.end,
        rule=card.id, rule_document=card.document, content_hash="",
        state=GrantState.PROPOSED, proposed_by=w.actor.person_id, proposed_at=w.now,
    )  # fmt: skip
    made.content_hash = _hash(made, [one.person_id for one in people])
    w.session.add(made)
    w.session.flush()  # before its shares, which name it
    w.session.add_all(
        CreditShare(
            grant_id=made.id, person_id=one.person_id, name=one.name, amount=made.per_person
        )
        for one in people
    )
    w.record(
        "propose", made, to_state=made.state, amount=made.total.fen, people=made.people,
        content=made.content_hash, rule=card.id,
    )  # fmt: skip
    unions.reserve(w, _held(made, "reserved"))
    return made


def approve(w: Work, grant_id: uuid.UUID, seen: str | None = None) -> CreditGrant:
    """Agree to exactly what was proposed; the union is asked for the money. `seen` is the hash of
    what the page showed (None: not shown to anybody). Raises Missing, SamePerson, WrongState,
    Refused (credit_changed, credit_unproved, credit_not_allowed, credit_without_rule)."""
    found = _load(w, grant_id)
    grant = found.grant
    _second_person(w, grant)
    budget = unions_queries.budget(w.session, w.actor, grant.budget_id).budget
    _allowed(w, found.union, budget.source)
    now = _hash(grant, [row.share.person_id for row in found.rows])
    if now != grant.content_hash or seen not in (None, now):
        raise Refused("credit_changed")
    _still_theirs(w, found)
    move(w, GRANT, grant, "approve", content=grant.content_hash)
    grant.decided_by, grant.decided_at = w.actor.person_id, w.now
    unions.commit(w, _held(grant, "committed"))
    payments.open_funding(w, grant.id, grant.total)
    return grant


def refuse(w: Work, grant_id: uuid.UUID, note: str) -> CreditGrant:
    """Say no with the reason; the money is available again. Raises Invalid, SamePerson, …"""
    grant = _load(w, grant_id).grant
    _second_person(w, grant)
    if not note.strip():
        raise Invalid("note_missing", field="note")
    move(w, GRANT, grant, "refuse", note=note.strip())
    grant.decided_by, grant.decided_at, grant.note = w.actor.person_id, w.now, note.strip()[:500]
    unions.release(w, _held(grant, "released"), AccountKind.RESERVED)
    return grant


def withdraw(w: Work, grant_id: uuid.UUID) -> CreditGrant:
    """Give it up while no money has come. Raises Missing, Forbidden, WrongState."""
    grant = _load(w, grant_id).grant
    if Role.UNION_BUYER not in queries.officer_roles(w.actor, grant):
        raise Forbidden(verb="withdraw")
    before = grant.state
    move(w, GRANT, grant, "withdraw")
    if before is GrantState.APPROVED:
        if not payments.void(w, grant.id):
            raise Refused("payment_not_open")
        unions.release(w, _held(grant, "released"), AccountKind.COMMITTED)
    else:
        unions.release(w, _held(grant, "released"), AccountKind.RESERVED)
    return grant


def fund(w: Work, event: PaymentSettled) -> None:
    """The union's money is here: each member has his share from now on."""
    grant = w.session.get_one(CreditGrant, event.purchase_id)
    move(w, GRANT, grant, "fund", amount=event.amount.fen)
    grant.funded_at = w.now
    unions.spend(w, _held(grant, "spent"))
    rows = queries.shares(w.session, grant)
    post(
        w, Book.MONEY, "credit_funded",
        subject_id=grant.id,
        key=f"credit-funded:{grant.id}",
        entries=(
            debit(AccountKind.BUYER_CREDIT, grant.total),
            *(credit(AccountKind.WELFARE_CREDIT, row.share.amount, row.share.id) for row in rows),
        ),
    )  # fmt: skip


def export_report(w: Work, grant_id: uuid.UUID) -> queries.GrantView:
    """The report to be taken along; whoever takes it stands in the trail. Raises Missing."""
    found = queries.grant(w.session, w.actor, grant_id)
    w.record("export_report", found.grant, lines=len(found.rows))
    return found


def _load(w: Work, grant_id: uuid.UUID) -> queries.GrantView:
    return queries.grant(w.session, w.actor, grant_id)


def _second_person(w: Work, grant: CreditGrant) -> None:
    held = unions_queries.roles_in(w.actor, grant.organisation_id)
    if Role.UNION_APPROVER not in held:
        raise Forbidden(verb="approve")
    if grant.proposed_by == w.actor.person_id:
        raise SamePerson


def _allowed(w: Work, union: Union, source: FundSource) -> rules.Card:
    """The card that allows it. Raises Refused with the rule's name."""
    if not union.is_union:
        raise Refused("credit_unions_only", field="budget")
    known = rules.cards(w.tools.config.credit_cards)
    card = rules.card_for(known, union.credit_code, source, local_day(w.now))
    if card is None:
        raise Refused("credit_without_rule", field="budget")
    if not card.is_allowed:
        raise Refused("credit_not_allowed", field="budget", rule=card.name, document=card.document)
    return card


def _still_theirs(w: Work, found: queries.GrantView) -> None:
    """Somebody may have said since that an account is another person's."""
    proved = {one.person_id for one in queries.eligible(w.session, found.union.id, w.now)}
    names = [row.share.name for row in found.rows if row.share.person_id not in proved]
    if names:
        raise Refused("credit_unproved", names="、".join(names[:20]), people=len(names))


def _hash(grant: CreditGrant, people: list[str]) -> str:
    span = rules.Span(grant.valid_from, grant.valid_until)
    said = (grant.name, grant.zone_only, grant.budget_id, grant.rule)
    return rules.content_hash(grant.per_person, span, people, *said)


def _held(grant: CreditGrant, what: str) -> unions.Held:
    return unions.Held(grant.budget_id, grant.id, grant.total, f"credit-{what}:{grant.id}", CAUSE)
