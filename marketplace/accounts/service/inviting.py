"""Invitations on paper: made by a manager, handed out by hand, each used once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update

from marketplace.accounts import queries, rules
from marketplace.accounts.models import Invitation, InvitationBatch, Person
from marketplace.accounts.service.passwords import NewPassword
from marketplace.accounts.service.people import add_person_with, grant
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, Invalid, MarketplaceError, Missing, Refused
from marketplace.work import Work

GIVEN_BY = frozenset({Role.MANAGER, Role.SYSTEM})


class BadInvitation(MarketplaceError):
    """Unknown, used, withdrawn or too old: the answer does not say which."""

    status = 422
    code = "bad_invitation"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody tells of themselves when they come with an invitation."""

    name: str
    mobile: str  # proved by a code
    password: NewPassword


def invite(
    w: Work, organisation_id: uuid.UUID, role: Role, *, pieces: int, days: int
) -> tuple[InvitationBatch, list[str]]:
    """So many codes for one role in one organisation; answered once, kept as hashes.

    A manager makes no managers: that is done by a command. Raises Forbidden, Missing, Invalid,
    Refused (the role means nothing there).
    """
    if not w.actor.roles & GIVEN_BY:
        raise Forbidden
    if role is Role.MANAGER and Role.SYSTEM not in w.actor.roles:
        raise Forbidden
    place = queries.organisation(w.session, organisation_id)
    if role not in rules.ROLES_IN[place.kind]:
        raise Refused("role_not_here", field="role", role=role, kind=place.kind)
    if not 1 <= pieces <= rules.MOST_OF_BATCH:
        raise Invalid("invitation_count", field="pieces", most=rules.MOST_OF_BATCH)
    if not 1 <= days <= rules.LONGEST_LIFE:
        raise Invalid("invitation_days", field="days", most=rules.LONGEST_LIFE)
    return written(w, place.id, role, pieces=pieces, days=days)


def written(
    w: Work,
    organisation_id: uuid.UUID,
    role: Role,
    *,
    pieces: int,
    days: int,
    mobile: str | None = None,
) -> tuple[InvitationBatch, list[str]]:
    """For those who asked before who may invite whom."""
    batch = InvitationBatch(
        organisation_id=organisation_id,
        role=role,
        mobile=mobile,
        made_by=w.actor.person_id,
        made_at=w.now,
        expires_at=w.now + timedelta(days=days),
    )
    w.session.add(batch)
    w.record("invite", batch, role=role, pieces=pieces)
    codes = [rules.paper_code() for _ in range(pieces)]
    w.session.add_all(
        Invitation(batch_id=batch.id, code_hash=rules.digest(rules.typed(code))) for code in codes
    )
    return batch, codes


def withdrawn(w: Work, batch: InvitationBatch) -> InvitationBatch:
    """For those who asked before; one that is withdrawn stays as it is."""
    if batch.withdrawn_at is None:
        batch.withdrawn_at = w.now
        w.record("withdraw", batch)
    return batch


def withdraw_invitations(w: Work, batch_id: uuid.UUID) -> InvitationBatch:
    """What is not used yet opens nothing any more. Raises Forbidden, Missing."""
    if not w.actor.roles & GIVEN_BY:
        raise Forbidden
    batch = w.session.get(InvitationBatch, batch_id)
    if batch is None:
        raise Missing(batch_id=batch_id)
    return withdrawn(w, batch)


def join(w: Work, code: str, newcomer: Newcomer) -> Person:
    """Use an invitation: a new person, or the one who has the number already, gets its role.

    Of somebody known, name and password stay as they were. Raises BadInvitation, Invalid, Refused.
    """
    found = queries.open_invitation(w.session, code, w.now)
    if found is None or found.mobile not in {None, newcomer.mobile}:
        raise BadInvitation
    person = queries.person_by_login(w.session, newcomer.mobile, w.now)
    if person is None:
        person = add_person_with(w, newcomer.name, newcomer.password.hash, mobile=newcomer.mobile)
    used = w.session.execute(
        update(Invitation)
        .where(Invitation.id == found.invitation_id, Invitation.used_at.is_(None))
        .values(used_at=w.now, used_by=person.id)
        .returning(Invitation.id)
    )
    if not used.first():  # somebody else was quicker with the same sheet of paper
        raise BadInvitation
    w.record(
        "use_invitation", w.session.get_one(Invitation, found.invitation_id), person_id=person.id
    )
    grant(w, person.id, found.organisation_id, found.role)
    return person
