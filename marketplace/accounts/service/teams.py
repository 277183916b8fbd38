"""Teams of firms: an owner invites colleagues, makes owners of them, and lets them go."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from marketplace.accounts import queries, rules
from marketplace.accounts.models import InvitationBatch, Membership, Organisation
from marketplace.accounts.service.inviting import withdrawn, written
from marketplace.accounts.service.people import grant, held_by, take_role
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, Missing, Refused
from marketplace.ports.sms import Sms
from marketplace.work import Work

INVITED_A_DAY = 20  # messages cost money, and annoy whoever did not ask for them
DAYS = 7  # an invitation to a colleague lasts so long


def invite_colleague(
    w: Work,
    organisation_id: uuid.UUID,
    role: Role,
    mobile: str,
    *,
    text: Callable[[str], str] | None,
) -> str:
    """Invite whoever has this number; says nothing of whether somebody has it. Answers the code.

    `text` makes the message that carries it; None where no message reaches a phone: then its owner
    passes the code on. Raises Forbidden, Invalid, Refused (too many today, or no such role there).
    """
    _owner_of(w, organisation_id)
    if role not in {Role.SUPPLIER_STAFF, Role.SUPPLIER_OWNER}:
        raise Refused("role_not_here", field="role", role=role, kind="supplier")
    number = rules.check_mobile(mobile)
    if (
        queries.invited_since(w.session, organisation_id, w.now - timedelta(days=1))
        >= INVITED_A_DAY
    ):
        raise Refused("invited_enough", field="mobile", most=INVITED_A_DAY)
    _batch, (code,) = written(w, organisation_id, role, pieces=1, days=DAYS, mobile=number)
    if text:
        w.send(Sms(number, text(code)))
    return code


def withdraw_colleague(w: Work, organisation_id: uuid.UUID, batch_id: uuid.UUID) -> None:
    """The invitation opens nothing any more. Raises Forbidden, Missing."""
    _owner_of(w, organisation_id)
    batch = w.session.get(InvitationBatch, batch_id)
    if batch is None or batch.organisation_id != organisation_id or batch.mobile is None:
        raise Missing(batch_id=batch_id)
    withdrawn(w, batch)


def make_owner(w: Work, organisation_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """A colleague may from now on do what an owner may. Raises Forbidden, Missing."""
    _owner_of(w, organisation_id)
    _colleague(w, organisation_id, person_id)
    grant(w.by_system(), person_id, organisation_id, Role.SUPPLIER_OWNER)


def unmake_owner(w: Work, organisation_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """An owner stays as a colleague. Raises Forbidden, Missing, Refused (the last owner)."""
    _owner_of(w, organisation_id)
    held = held_by(w, person_id, organisation_id, Role.SUPPLIER_OWNER)
    if held is None:
        raise Missing(person_id=person_id)
    _not_the_last(w, organisation_id, person_id)
    take_role(w, held)


def dismiss(w: Work, organisation_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Somebody acts for the firm no more, from their next request on.

    Raises Forbidden, Missing, Refused (the last owner).
    """
    _owner_of(w, organisation_id)
    held = _colleague(w, organisation_id, person_id)
    _not_the_last(w, organisation_id, person_id)
    take_role(w, held)


def own_first(w: Work, organisation_id: uuid.UUID) -> None:
    """Whoever begins a firm's affairs here is its owner, unless it has one; nothing for people whom
    a host keeps. For those who asked before whether the actor is of that firm."""
    _hold(w, organisation_id)
    if queries.owners(w.session, organisation_id, w.now):
        return
    known = queries.actor_of(w.session, w.actor.person_id, w.now)
    if known and Role.SUPPLIER_STAFF in known.roles:
        grant(w.by_system(), uuid.UUID(known.person_id), organisation_id, Role.SUPPLIER_OWNER)


def _owner_of(w: Work, organisation_id: uuid.UUID) -> None:
    """Raises Forbidden."""
    if organisation_id not in w.actor.organisations(Role.SUPPLIER_OWNER):
        raise Forbidden


def _colleague(w: Work, organisation_id: uuid.UUID, person_id: uuid.UUID) -> Membership:
    """Raises Missing."""
    held = held_by(w, person_id, organisation_id, Role.SUPPLIER_STAFF)
    if held is None:
        raise Missing(person_id=person_id)
    return held


def _not_the_last(w: Work, organisation_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Of two owners who let each other go at the same time, the second one finds it out."""
    _hold(w, organisation_id)
    others = queries.owners(w.session, organisation_id, w.now).keys() - {str(person_id)}
    if not others:
        raise Refused("last_owner")


def _hold(w: Work, organisation_id: uuid.UUID) -> None:
    w.session.execute(
        select(Organisation.id).where(Organisation.id == organisation_id).with_for_update()
    )
