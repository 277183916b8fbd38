"""Sign-ins: how one begins, changes its secret, and ends."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, update

from marketplace.accounts import queries, rules
from marketplace.accounts.models import Person, SignIn
from marketplace.accounts.service.passwords import same_password
from marketplace.accounts.service.people import person_for_change
from marketplace.kernel.errors import Missing
from marketplace.work import Work


@dataclass(frozen=True, slots=True)
class Browser:
    """What a request tells about where it comes from."""

    address: str = ""
    user_agent: str = ""


def sign_in(w: Work, login: str, password: str) -> tuple[Person, str]:
    """The person and the secret for their cookie. Raises BadSignIn.

    Hashes inside the unit of work; a page asks `queries.recognised` first, then `admit`.
    """
    person = queries.recognised(w.session, login, password, w.now)
    same_password(w, person.id, person.password_hash)
    return person, admit(w, person.id)


def admit(
    w: Work, person_id: uuid.UUID, browser: Browser | None = None, *, half: bool = False
) -> str:
    """Begin a sign-in of somebody recognised; answers the secret, of which only a hash stays.

    `half`: it opens nothing yet but the page of the second factor.
    Raises Missing when the person left meanwhile.
    """
    person = person_for_change(w, person_id)
    if person.left_at is not None:
        raise Missing(person_id=person_id)
    secret = rules.new_secret()
    from_where = browser or Browser()
    made = SignIn(
        secret_hash=rules.digest(secret),
        person_id=person.id,
        started_at=w.now,
        seen_at=w.now,
        place=rules.place_of(from_where.address) if browser else "",
        browser=rules.browser_of(from_where.user_agent),
        half=half,
    )
    w.session.add(made)
    w.record("sign_in", made, person_id=person.id, half=half)
    return secret


def pass_second(w: Work, sign_in_id: uuid.UUID) -> str:
    """The second factor was right: the sign-in is whole, begins now, and has a new secret.

    Raises Missing when it ended meanwhile.
    """
    secret = _renewed(w, sign_in_id, half=False, second_at=w.now, started_at=w.now)
    w.record("pass_second", w.session.get_one(SignIn, sign_in_id))
    return secret


def renew(w: Work, sign_in_id: uuid.UUID) -> str:
    """Another secret for the same sign-in; the old one opens nothing any more. Raises Missing."""
    return _renewed(w, sign_in_id)


def sign_out(w: Work, secret: str) -> None:
    """End the sign-in with this secret; nothing happens when there is none or it has ended."""
    _end(w, SignIn.secret_hash == rules.digest(secret))


def end_sign_in(w: Work, sign_in_id: uuid.UUID) -> None:
    """End one's own sign-in in another browser. Raises Missing for one that is not the actor's."""
    own = SignIn.person_id == uuid.UUID(w.actor.person_id)
    if not _end(w, SignIn.id == sign_in_id, own):
        raise Missing(sign_in_id=sign_in_id)


def end_others(w: Work, keep: uuid.UUID) -> int:
    """End all sign-ins of the actor but one; answers how many."""
    return _end(w, SignIn.person_id == uuid.UUID(w.actor.person_id), SignIn.id != keep)


def keep_awake(w: Work, sign_in_id: uuid.UUID) -> None:
    """Note that the browser was seen now; never wakes one that has ended."""
    w.session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None), SignIn.seen_at < w.now)
        .values(seen_at=w.now)
    )


def _renewed(w: Work, sign_in_id: uuid.UUID, **change: object) -> str:
    """One of two that renew at the same time finds the other's secret gone: it is Missing."""
    secret = rules.new_secret()
    old = w.session.scalar(select(SignIn.secret_hash).where(SignIn.id == sign_in_id))
    done = w.session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.secret_hash == old, SignIn.ended_at.is_(None))
        .values(secret_hash=rules.digest(secret), renew=False, seen_at=w.now, **change)
        .returning(SignIn.id)
    )
    if not done.first():
        raise Missing(sign_in_id=sign_in_id)
    return secret


def _end(w: Work, *which: ColumnElement[bool]) -> int:
    open_ones = w.session.scalars(
        select(SignIn).where(*which, SignIn.ended_at.is_(None)).with_for_update()
    ).all()
    for found in open_ones:
        found.ended_at = w.now
        w.record("sign_out", found, person_id=found.person_id)
    return len(open_ones)
