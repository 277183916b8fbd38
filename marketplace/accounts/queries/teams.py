"""The people of one firm: who acts for it, since when, and who is invited."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from marketplace.accounts import rules
from marketplace.accounts.models import Invitation, InvitationBatch, Membership, Person
from marketplace.accounts.queries.people import in_force
from marketplace.kernel.actor import Role


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the team; the number is veiled."""

    person_id: uuid.UUID
    name: str
    mobile: str
    is_owner: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who was sent an invitation and has not come yet; the number is veiled."""

    batch_id: uuid.UUID
    mobile: str
    role: Role
    expires_at: datetime


def team(session: Session, organisation_id: uuid.UUID, at: datetime) -> tuple[Member, ...]:
    """Everybody who acts for the firm at this instant, owners first, longest there first."""
    found = session.execute(
        select(Person, Membership.role, Membership.since)
        .join(Membership, and_(Membership.person_id == Person.id, in_force(at)))
        .where(
            Membership.organisation_id == organisation_id,
            or_(Person.left_at.is_(None), Person.left_at > at),
        )
        .order_by(Membership.since, Person.name, Person.id)
    )
    held: dict[Person, list[tuple[Role, datetime]]] = {}
    for person, role, since in found:
        held.setdefault(person, []).append((role, since))
    members = [
        Member(
            person_id=person.id,
            name=person.name,
            mobile=rules.veiled(person.mobile) if person.mobile else "",
            is_owner=any(role is Role.SUPPLIER_OWNER for role, _since in roles),
            since=min(since for _role, since in roles),
        )
        for person, roles in held.items()
    ]
    return tuple(sorted(members, key=lambda one: not one.is_owner))


def invited(session: Session, organisation_id: uuid.UUID, at: datetime) -> tuple[Invited, ...]:
    """Invitations to colleagues that are still open, newest first."""
    found = session.scalars(
        select(InvitationBatch)
        .join(Invitation, Invitation.batch_id == InvitationBatch.id)
        .where(
            InvitationBatch.organisation_id == organisation_id,
            InvitationBatch.mobile.is_not(None),
            InvitationBatch.withdrawn_at.is_(None),
            InvitationBatch.expires_at > at,
            Invitation.used_at.is_(None),
        )
        .order_by(InvitationBatch.made_at.desc(), InvitationBatch.id)
    )
    return tuple(
        Invited(one.id, rules.veiled(one.mobile or ""), one.role, one.expires_at) for one in found
    )


def invited_since(session: Session, organisation_id: uuid.UUID, since: datetime) -> int:
    """How many colleagues were sent an invitation since then."""
    asked = select(func.count(InvitationBatch.id)).where(
        InvitationBatch.organisation_id == organisation_id,
        InvitationBatch.mobile.is_not(None),
        InvitationBatch.made_at > since,
    )
    return session.scalar(asked) or 0


def owners(session: Session, organisation_id: uuid.UUID, at: datetime) -> dict[str, datetime]:
    """Whoever is an owner of the firm at this instant, and since when, by their ids."""
    found = session.execute(
        select(Membership.person_id, Membership.since)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role == Role.SUPPLIER_OWNER,
            in_force(at),
            or_(Person.left_at.is_(None), Person.left_at > at),
        )
    )
    return {str(person_id): since for person_id, since in found}
