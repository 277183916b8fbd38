"""Sign-ins: who is recognised, which browser is in, where somebody is known."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from marketplace.accounts import rules
from marketplace.accounts.models import (
    Membership,
    OneTimeCode,
    Person,
    RecoveryCode,
    SecondFactor,
    SignIn,
)
from marketplace.accounts.queries.people import HELD, actor_from, in_force, person_by_login
from marketplace.kernel.actor import Actor
from marketplace.kernel.base import AT
from marketplace.kernel.errors import MarketplaceError


class BadSignIn(MarketplaceError):
    """Unknown login, wrong password, or somebody who left: the answer does not say which."""

    status = 422
    code = "bad_sign_in"


def recognised(session: Session, login: str, password: str, at: datetime) -> Person:
    """The person whose login and password these are; slow on purpose, so ask it outside a unit
    of work. Raises BadSignIn."""
    person = person_by_login(session, login, at)
    if not rules.opens(person.password_hash if person else rules.nobodys_hash(), password):
        raise BadSignIn
    if person is None:  # nobody's hash opens for nothing, but that is another file's promise
        raise BadSignIn
    return person


_OPEN = select(SignIn).where(
    SignIn.secret_hash == bindparam("secret_hash"),
    SignIn.half.is_(False),
    SignIn.ended_at.is_(None),
    SignIn.seen_at > bindparam("seen_after"),
    SignIn.started_at > bindparam("started_after"),
)


def open_sign_in(
    session: Session, secret: str, at: datetime, *, idle: timedelta = rules.IDLE
) -> SignIn | None:
    """The sign-in with this secret, unless it is half, ended, idled too long or is too old."""
    return session.scalar(_OPEN, _given(secret, at, idle))


def _given(secret: str, at: datetime, idle: timedelta) -> dict[str, object]:
    return {
        "secret_hash": rules.digest(secret),
        "seen_after": at - idle,
        "started_after": at - rules.ABSOLUTE,
    }


_OPEN_AND_HELD = (
    _OPEN.add_columns(*HELD)
    .join(Person, Person.id == SignIn.person_id)
    .outerjoin(Membership, and_(Membership.person_id == Person.id, in_force(AT)))
)


def signed_in(
    session: Session, secret: str, at: datetime, *, idle: timedelta
) -> tuple[SignIn, Actor] | None:
    """The same with its person as of this instant, asked at once; None also for one who left."""
    given = {**_given(secret, at, idle), "at": at}
    rows = session.execute(_OPEN_AND_HELD, given).all()
    if not rows:
        return None
    found: SignIn = rows[0][0]
    actor = actor_from(str(found.person_id), rows, at)
    return (found, actor) if actor else None


def half_sign_in(session: Session, secret: str, at: datetime) -> SignIn | None:
    """The sign-in that waits for its second factor."""
    return session.scalar(
        select(SignIn).where(
            SignIn.secret_hash == rules.digest(secret),
            SignIn.half.is_(True),
            SignIn.ended_at.is_(None),
            SignIn.started_at > at - rules.HALF_LASTS,
        )
    )


def seen(
    session: Session, secret: str, at: datetime, *, idle: timedelta = rules.IDLE
) -> str | None:
    """The id of the person signed in with this secret."""
    found = open_sign_in(session, secret, at, idle=idle)
    return str(found.person_id) if found else None


def sign_ins_of(
    session: Session, person_id: uuid.UUID, at: datetime, *, idle: timedelta
) -> Sequence[SignIn]:
    """The browsers in which somebody is signed in now, the latest seen first."""
    return session.scalars(
        select(SignIn)
        .where(
            SignIn.person_id == person_id,
            SignIn.half.is_(False),
            SignIn.ended_at.is_(None),
            SignIn.seen_at > at - idle,
            SignIn.started_at > at - rules.ABSOLUTE,
        )
        .order_by(SignIn.seen_at.desc(), SignIn.id)
    ).all()


def knows_place(session: Session, login: str, place: str, at: datetime) -> bool:
    """Whether the owner of this login signed in from this place lately."""
    kept = rules.login(login)
    known = (
        select(SignIn.id)
        .join(Person, SignIn.person_id == Person.id)
        .where(
            or_(Person.mobile == kept, Person.employee_number == kept),
            SignIn.place == place,
            SignIn.half.is_(False),
            SignIn.started_at > at - rules.KNOWN_FOR,
        )
    )
    return session.scalar(select(known.exists())) or False


def second_factor(session: Session, person_id: uuid.UUID) -> SecondFactor | None:
    """The person's authenticator app, confirmed or not."""
    return session.scalar(select(SecondFactor).where(SecondFactor.person_id == person_id))


def code_owner(session: Session, code_id: uuid.UUID) -> uuid.UUID | None:
    """Whose one-time code it is."""
    code = session.get(OneTimeCode, code_id)
    return code.person_id if code else None


def recovery_codes_left(session: Session, person_id: uuid.UUID) -> int:
    """How many are unused."""
    return (
        session.scalar(
            select(func.count()).where(
                RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
            )
        )
        or 0
    )
