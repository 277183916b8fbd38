"""Sign-ins: how one begins, stays awake and ends."""

from __future__ import annotations

import uuid

from sqlalchemy import select, update

from marketplace.accounts import queries, rules
from marketplace.accounts.models import Person, SignIn
from marketplace.accounts.service.people import person_for_change
from marketplace.kernel.errors import Missing
from marketplace.work import Work


def sign_in(w: Work, login: str, password: str) -> tuple[Person, str]:
    """The person and the secret for their cookie. Raises BadSignIn.

    Hashes inside the unit of work; a page asks `queries.recognised` first, then `admit`.
    """
    person = queries.recognised(w.session, login, password, w.now)
    return person, admit(w, person.id)


def admit(w: Work, person_id: uuid.UUID) -> str:
    """Begin a sign-in of somebody recognised; answers the secret, of which only a hash stays.

    Raises Missing when the person left meanwhile.
    """
    person = person_for_change(w, person_id)
    if person.left_at is not None:
        raise Missing(person_id=person_id)
    secret = rules.new_secret()
    made = SignIn(
        secret_hash=rules.digest(secret), person_id=person.id, started_at=w.now, seen_at=w.now
    )
    w.session.add(made)
    w.record("sign_in", made, person_id=person.id)
    return secret


def sign_out(w: Work, secret: str) -> None:
    """End the sign-in with this secret; nothing happens when there is none or it has ended."""
    found = w.session.scalar(
        select(SignIn).where(SignIn.secret_hash == rules.digest(secret), SignIn.ended_at.is_(None))
    )
    if found:
        found.ended_at = w.now
        w.record("sign_out", found, person_id=found.person_id)


def keep_awake(w: Work, sign_in_id: uuid.UUID) -> None:
    """Note that the browser was seen now; never wakes one that has ended."""
    w.session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None), SignIn.seen_at < w.now)
        .values(seen_at=w.now)
    )
