"""Who somebody is, what they may do now, and where they belong."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from marketplace.accounts import rules
from marketplace.accounts.models import Membership, Organisation, OrganisationKind, Person
from marketplace.kernel.actor import SYSTEM, Actor, Grant, Role
from marketplace.kernel.base import AT
from marketplace.kernel.errors import Missing
from marketplace.work.kept import KeptOf, newest


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person with today's roles and the text they sign in with."""

    person_id: uuid.UUID
    name: str
    login: str
    roles: tuple[Role, ...]
    organisations: tuple[str, ...]


def actor_of(session: Session, person_id: str, at: datetime) -> Actor | None:
    """The person with the roles of this instant; None for somebody unknown or gone."""
    try:
        given = {"person_id": uuid.UUID(person_id), "at": at}
    except ValueError:  # ids are opaque text: one that is not ours is simply nobody's
        return None
    return actor_from(str(given["person_id"]), session.execute(_HELD, given).all(), at)


def actor_from(person_id: str, rows: Sequence[Any], at: datetime) -> Actor | None:
    """The same of rows that name `HELD`."""
    if not rows or (rows[0].left_at is not None and rows[0].left_at <= at):
        return None
    grants = frozenset(Grant(row.role, row.organisation_id) for row in rows if row.role)
    return Actor(person_id=person_id, name=rows[0].name, grants=grants)


def person_by_login(session: Session, login: str, at: datetime) -> Person | None:
    """Whoever signs in with this number and has not left."""
    return session.scalar(
        select(Person).where(_has_login(login), or_(Person.left_at.is_(None), Person.left_at > at))
    )


def login_of(session: Session, person_id: uuid.UUID) -> str:
    """The number that the person signs in with."""
    person = session.get(Person, person_id)
    return (person.mobile or person.employee_number or "") if person else ""


_NAME = select(Person.name).where(Person.id == bindparam("person_id"))


def _ask_name(session: Session, person_id: uuid.UUID) -> str:
    return session.scalar(_NAME, {"person_id": person_id}) or ""


_name = KeptOf(_ask_name, newest(Person))


def name_of(session: Session, person_id: str) -> str:
    """The name to show, also of somebody who left; an empty text for somebody unknown."""
    if person_id == SYSTEM.person_id:
        return SYSTEM.name
    try:
        return _name(session, uuid.UUID(person_id))
    except ValueError:  # opaque text that is not ours
        return ""


def organisation(session: Session, organisation_id: uuid.UUID) -> Organisation:
    """Raises Missing."""
    found = session.get(Organisation, organisation_id)
    if found is None:
        raise Missing(organisation_id=organisation_id)
    return found


def organisations(session: Session) -> Sequence[Organisation]:
    """Employers and unions by name, for choosing one."""
    kinds = (OrganisationKind.GROUP, OrganisationKind.UNION)
    wanted = select(Organisation).where(Organisation.kind.in_(kinds))
    return session.scalars(wanted.order_by(Organisation.name, Organisation.id)).all()


def by_name(session: Session, name: str) -> Organisation | None:
    """The one of this name; None for none, or for several."""
    found = session.scalars(select(Organisation).where(Organisation.name == name).limit(2)).all()
    return found[0] if len(found) == 1 else None


def subtree(session: Session, organisation_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The organisation and everything below it. Raises Missing."""
    top = organisation(session, organisation_id)
    below = select(Organisation.id).where(Organisation.path.startswith(top.path, autoescape=True))
    return frozenset(session.scalars(below))


def in_force(at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The memberships that hold at this instant."""
    return and_(Membership.since <= at, or_(Membership.until.is_(None), Membership.until > at))


HELD = (Person.name, Person.left_at, Membership.role, Membership.organisation_id)
_HELD = (
    select(*HELD)
    .outerjoin(Membership, and_(Membership.person_id == Person.id, in_force(AT)))
    .where(Person.id == bindparam("person_id"))
)


def people(session: Session, at: datetime) -> tuple[PersonRow, ...]:
    """Everybody who may sign in at this instant, in the order of their logins."""
    found = session.execute(
        select(Person, Membership.role, Organisation.name)
        .join(Membership, and_(Membership.person_id == Person.id, in_force(at)))
        .join(Organisation, Membership.organisation_id == Organisation.id)
        .where(or_(Person.left_at.is_(None), Person.left_at > at))
        .order_by(func.coalesce(Person.mobile, Person.employee_number), Membership.role)
    )
    held: dict[Person, tuple[dict[Role, None], dict[str, None]]] = {}
    for person, role, place in found:
        roles, places = held.setdefault(person, ({}, {}))  # dicts keep the order, and once each
        roles[role], places[place] = None, None
    return tuple(
        PersonRow(
            person_id=person.id,
            name=person.name,
            login=person.mobile or person.employee_number or "",
            roles=tuple(roles),
            organisations=tuple(places),
        )
        for person, (roles, places) in held.items()
    )


def _has_login(login: str) -> ColumnElement[bool]:
    kept = rules.login(login)
    return or_(Person.mobile == kept, Person.employee_number == kept)
