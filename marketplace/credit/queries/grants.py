"""Grants and what is left of each share, for the union's officers, the auditor and the members."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from marketplace.credit.models import CreditGrant, CreditShare
from marketplace.credit.rules import Member
from marketplace.credit.states import GrantState
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Missing
from marketplace.kernel.money import ZERO, Money, total
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.payments import queries as payments
from marketplace.payments.models import Payment
from marketplace.unions import queries as unions
from marketplace.unions.models import Union
from marketplace.unions.states import MatchState


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A share with its amounts: granted = available + held + spent + what went back."""

    share: CreditShare
    grant: CreditGrant
    available: Money
    held: Money
    spent: Money  # net of refunds
    sent_back: Money  # to the union, after its time


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The names of members who get nothing yet."""

    union: Union
    without_account: tuple[str, ...]
    unproved: tuple[str, ...]  # an account bears the number; whether it is theirs nobody knows


@dataclass(frozen=True, slots=True)
class GrantView:
    """One grant with its shares; `payment` is what the union is asked for."""

    grant: CreditGrant
    union: Union
    rows: tuple[ShareRow, ...]
    payment: Payment | None

    def sum(self, name: str) -> Money:
        return total(getattr(row, name) for row in self.rows)


def officer_roles(actor: Actor, found: CreditGrant) -> frozenset[Role]:
    """The roles that count for this grant: who proposed it does not approve it."""
    held = unions.roles_in(actor, found.organisation_id) - {Role.SYSTEM}
    own = found.proposed_by == actor.person_id
    return held - {Role.UNION_APPROVER} if own else held


def grants(session: Session, actor: Actor) -> tuple[CreditGrant, ...]:
    """Of the unions whose officer the actor is, newest first; all for the auditor."""
    ids = [union.id for union in unions.own_unions(session, actor)]
    asked = select(CreditGrant).where(CreditGrant.union_id.in_(ids))
    return tuple(session.scalars(asked.order_by(CreditGrant.proposed_at.desc(), CreditGrant.id)))


def to_approve(actor: Actor, at: datetime) -> Select[uuid.UUID]:
    """Grants that wait for an approver of the union other than who proposed them."""
    return select(CreditGrant.id).where(
        CreditGrant.state == GrantState.PROPOSED,
        CreditGrant.organisation_id.in_(actor.organisations(Role.UNION_APPROVER)),
        CreditGrant.proposed_by != actor.person_id,
    )


def grant(session: Session, actor: Actor, grant_id: uuid.UUID) -> GrantView:
    """For the same people, and for managers. Raises Missing."""
    found = session.get(CreditGrant, grant_id)
    may_read = unions.READERS | {Role.MANAGER}  # who confirms its money
    if found is None or not (
        unions.roles_in(actor, found.organisation_id) or actor.roles & may_read
    ):
        raise Missing(grant_id=grant_id)
    return GrantView(
        found,
        session.get_one(Union, found.union_id),
        shares(session, found),
        payments.of_purchase(session, grant_id),
    )


def shares(session: Session, found: CreditGrant) -> tuple[ShareRow, ...]:
    """All shares of a grant, by name."""
    asked = select(CreditShare).where(CreditShare.grant_id == found.id)
    own = session.scalars(asked.order_by(CreditShare.name, CreditShare.id)).all()
    return _rows(session, [(share, found) for share in own])


def own_shares(session: Session, actor: Actor) -> tuple[ShareRow, ...]:
    """The actor's own shares that were paid for, the soonest to expire first."""
    asked = (
        select(CreditShare, CreditGrant)
        .join(CreditGrant, CreditShare.grant_id == CreditGrant.id)
        .where(CreditShare.person_id == actor.person_id, CreditGrant.funded_at.is_not(None))
        .order_by(CreditGrant.valid_until, CreditGrant.id)
    )
    return _rows(session, [(row[0], row[1]) for row in session.execute(asked)])


def eligible(session: Session, union_id: uuid.UUID, at: datetime) -> tuple[Member, ...]:
    """Members of the union whose account is proved to be theirs, each once."""
    found = {
        str(row.person.id): Member(str(row.person.id), row.member.name)
        for row in unions.matches(session, union_id, at)
        if row.state is MatchState.CONFIRMED
    }
    return tuple(found.values())


def left_out(session: Session, union: Union, at: datetime) -> LeftOut:
    """Who would get nothing of a grant that is proposed now."""
    waiting = tuple(
        row.member.name
        for row in unions.matches(session, union.id, at)
        if row.state is not MatchState.CONFIRMED
    )
    return LeftOut(union, unions.without_account(session, union.id, at), waiting)


def _rows(
    session: Session, found: Sequence[tuple[CreditShare, CreditGrant]]
) -> tuple[ShareRow, ...]:
    ids = [share.id for share, _ in found]
    sums = ledger.balances(session, ids)
    back = ledger.moved(session, ids, "credit_expired")

    def row(share: CreditShare, of: CreditGrant) -> ShareRow:
        available = -sums.get((share.id, AccountKind.WELFARE_CREDIT), ZERO)
        held = -sums.get((share.id, AccountKind.WELFARE_HELD), ZERO)
        sent_back = back.get(share.id, ZERO)
        granted = share.amount if of.funded_at else ZERO
        return ShareRow(
            share, of, available, held, granted - available - held - sent_back, sent_back
        )

    return tuple(row(share, of) for share, of in found)
