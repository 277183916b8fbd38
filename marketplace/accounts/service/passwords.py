"""New passwords: checked before they are hashed, and what changing one ends."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, update

from marketplace.accounts import queries, rules
from marketplace.accounts.models import Person, SignIn
from marketplace.accounts.service.people import person_for_change
from marketplace.adapters.breached_list import BreachedList
from marketplace.config import Config
from marketplace.kernel.errors import Invalid
from marketplace.work import Work


@dataclass(frozen=True, slots=True)
class NewPassword:
    """The hash of a password that was checked: nothing else can be set."""

    hash: str


def checked_password(config: Config, password: str, *about: str | None) -> NewPassword:
    """Slow on purpose, so ask it outside a unit of work; `about`: what is known of the person.

    Raises Invalid when it is short, guessable, or on the list of leaked ones.
    """
    rules.check_password(password, *(known for known in about if known))
    if config.breached_passwords and BreachedList(Path(config.breached_passwords)).holds(password):
        raise Invalid("password_breached", field="password")
    return NewPassword(rules.hashed(password))


def set_password(
    w: Work, person_id: uuid.UUID, new: NewPassword, *, keep: uuid.UUID | None = None
) -> Person:
    """From now on only this password opens, and every sign-in ends but the one to `keep`.

    Raises Missing.
    """
    person = person_for_change(w, person_id)
    person.password_hash = new.hash
    others = update(SignIn).where(SignIn.person_id == person.id, SignIn.ended_at.is_(None))
    if keep:
        others = others.where(SignIn.id != keep)
    w.session.execute(others.values(ended_at=w.now))
    w.record("change_password", person)
    return person


def same_password(w: Work, person_id: uuid.UUID, seen_hash: str) -> None:
    """The password that was looked at is the person's still, and stays so to the end of this unit
    of work: one that is being changed at this instant opens nothing any more. Raises BadSignIn.
    """
    kept = w.session.scalar(
        select(Person.password_hash).where(Person.id == person_id).with_for_update()
    )
    if kept != seen_hash:
        raise queries.BadSignIn


def strengthen(w: Work, person_id: uuid.UUID, password_hash: str) -> None:
    """The same password with today's costs; who signed in does not notice."""
    person_for_change(w, person_id).password_hash = password_hash
