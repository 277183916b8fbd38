"""Which account is that of a member on a union's list.

A mobile number alone proves nothing: numbers change hands. An account is a member's own when the
employer's list gives it the same employee number too, or when an officer of the union said so.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from marketplace.accounts.models import Membership, Organisation, Person
from marketplace.accounts.queries import in_force
from marketplace.unions.models import MemberAccount, Union, UnionMember
from marketplace.unions.states import MatchState

ROOT = 38  # characters of a path up to the top of its tree: "/", an id, "/"


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A member beside the account that bears his mobile number, or was confirmed as his."""

    union: Union
    member: UnionMember
    person: Person
    is_home: bool  # the account holds a role somewhere below the same top
    decision: MemberAccount | None

    @property
    def by_number(self) -> bool:
        """Proved by itself: the union's list and the employer's name the same two numbers."""
        same = self.member.employee_number == self.person.employee_number
        return same and self.is_home and self.member.mobile == self.person.mobile

    @property
    def is_judged(self) -> bool:
        """By a person, or it waits for one."""
        return self.decision is not None or not self.by_number

    @property
    def state(self) -> MatchState:
        if self.decision is not None:
            return self.decision.state
        return MatchState.CONFIRMED if self.by_number else MatchState.WAITING


def matches(session: Session, union_id: uuid.UUID, at: datetime) -> tuple[MatchRow, ...]:
    """Those of one union, by employee number; one account for each member."""
    return _found(session, at, UnionMember.union_id == union_id)


def own_matches(session: Session, person_id: str, at: datetime) -> tuple[MatchRow, ...]:
    """On which lists the person stands, or seems to."""
    own = _own_id(person_id)
    return _found(session, at, Person.id == own) if own else ()


def listed_in(session: Session, person_id: str, at: datetime) -> tuple[uuid.UUID, ...]:
    """The unions whose limits count for the person, in a fixed order: also where it is not proved,
    for a limit must not end where nobody has looked yet."""
    rows = own_matches(session, person_id, at)
    return tuple(sorted({row.union.id for row in rows if row.state is not MatchState.REFUSED}))


def without_account(session: Session, union_id: uuid.UUID, at: datetime) -> tuple[str, ...]:
    """The names of members who have none with us, by employee number."""
    known = {row.member.id for row in matches(session, union_id, at)}
    asked = (
        select(UnionMember.id, UnionMember.name)
        .where(UnionMember.union_id == union_id, UnionMember.left_on.is_(None))
        .order_by(UnionMember.employee_number)
    )
    return tuple(row.name for row in session.execute(asked) if row.id not in known)


def _found(session: Session, at: datetime, whose: ColumnElement[bool]) -> tuple[MatchRow, ...]:
    """Where an account was confirmed, whoever bears the number now does not count."""
    confirmed = (
        _asked(at, whose)
        .join(
            MemberAccount,
            and_(
                MemberAccount.member_id == UnionMember.id,
                MemberAccount.state == MatchState.CONFIRMED,
            ),
        )
        .join(Person, Person.id == MemberAccount.person_id)
    )
    other = aliased(MemberAccount)
    by_mobile = (
        _asked(at, whose)
        .join(Person, Person.mobile == UnionMember.mobile)
        .outerjoin(
            MemberAccount,
            and_(MemberAccount.member_id == UnionMember.id, MemberAccount.person_id == Person.id),
        )
        .where(
            ~exists().where(
                other.member_id == UnionMember.id,
                other.state == MatchState.CONFIRMED,
                other.person_id != Person.id,
            )
        )
    )
    rows = [MatchRow(*row) for asked in (confirmed, by_mobile) for row in session.execute(asked)]
    found = {row.member.id: row for row in rows}
    return tuple(sorted(found.values(), key=lambda row: (row.member.employee_number, row.union.id)))


def _asked(
    at: datetime, whose: ColumnElement[bool]
) -> Select[Union, UnionMember, Person, bool, MemberAccount]:
    place, top = aliased(Organisation), aliased(Organisation)
    is_home = exists().where(
        Membership.person_id == Person.id,
        in_force(at),
        place.id == Membership.organisation_id,
        func.substr(place.path, 1, ROOT) == func.substr(top.path, 1, ROOT),
    )
    return (
        select(Union, UnionMember, Person, is_home, MemberAccount)
        .select_from(UnionMember)
        .join(Union, Union.id == UnionMember.union_id)
        .join(top, top.id == Union.organisation_id)
        .where(whose, UnionMember.left_on.is_(None), Person.left_at.is_(None))
    )


def _own_id(person_id: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(person_id)
    except ValueError:  # a host's own
        return None
