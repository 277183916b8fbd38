"""Organisations, people, roles and sign-ins: who may do something, and since when no longer."""

from __future__ import annotations

import uuid

from sqlalchemy import delete, select, update

from marketplace.accounts import queries, rules
from marketplace.accounts.models import (
    FailedTry,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    SignIn,
)
from marketplace.accounts.queries import BadSignIn
from marketplace.kernel import credit_code as codes
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, Invalid, MarketplaceError, Missing, Refused
from marketplace.work import Work

__all__ = ["BadSignIn", "TooManyTries"]

DEEPEST_PATH = 800  # characters of Organisation.path


class TooManyTries(MarketplaceError):
    """Too many wrong passwords from one place; `data`: minutes to wait."""

    status = 429
    code = "too_many_tries"


def add_organisation(
    w: Work,
    name: str,
    kind: OrganisationKind,
    *,
    parent_id: uuid.UUID | None = None,
    credit_code: str | None = None,
) -> Organisation:
    """A node of the tree, below `parent_id` or a root. Raises Forbidden, Invalid, Missing."""
    _system_only(w)
    above = queries.organisation(w.session, parent_id).path if parent_id else "/"
    new_id = uuid.uuid4()
    path = f"{above}{new_id}/"
    if len(path) > DEEPEST_PATH:
        raise Invalid("tree_too_deep", field="parent_id")
    made = Organisation(
        id=new_id,
        parent_id=parent_id,
        path=path,
        kind=kind,
        name=_name(name),
        credit_code=_credit_code(credit_code),
        created_at=w.now,
    )
    w.session.add(made)
    w.record("add", made, name=made.name, kind=made.kind)
    return made


def add_person(
    w: Work,
    name: str,
    password: str,
    *,
    mobile: str | None = None,
    employee_number: str | None = None,
    email: str | None = None,
) -> Person:
    """Somebody who may sign in by mobile or employee number, so far without any role.

    Raises Forbidden, Invalid (shape, or neither number), Refused (number taken).
    """
    _system_only(w)
    if not mobile and not employee_number:
        raise Invalid("login_missing", field="mobile")
    made = Person(
        name=_name(name),
        mobile=rules.check_mobile(mobile) if mobile else None,
        employee_number=rules.check_employee_number(employee_number) if employee_number else None,
        email=rules.check_email(email) if email else None,
        password_hash=rules.hashed(rules.check_password(password)),
        created_at=w.now,
    )
    if made.mobile and w.session.scalar(select(Person.id).where(Person.mobile == made.mobile)):
        raise Refused("mobile_taken", field="mobile")
    if made.employee_number and w.session.scalar(
        select(Person.id).where(Person.employee_number == made.employee_number)
    ):
        raise Refused("employee_number_taken", field="employee_number")
    w.session.add(made)
    w.record("add", made, name=made.name)
    return made


def grant(w: Work, person_id: uuid.UUID, organisation_id: uuid.UUID, role: Role) -> Membership:
    """Give a role in an organisation from now on; one that is already held stays as it is.

    Raises Forbidden, Missing, Refused (the role means nothing there, or the person left).
    """
    _system_only(w)
    person = _person(w, person_id)
    organisation = queries.organisation(w.session, organisation_id)
    if role not in rules.ROLES_IN[organisation.kind]:
        raise Refused("role_not_here", role=role, kind=organisation.kind)
    if person.left_at is not None:
        raise Refused("person_left")
    held = w.session.scalar(
        select(Membership).where(
            Membership.person_id == person.id,
            Membership.organisation_id == organisation.id,
            Membership.role == role,
            Membership.until.is_(None),
        )
    )
    if held:
        return held
    made = Membership(person_id=person.id, organisation_id=organisation.id, role=role, since=w.now)
    w.session.add(made)
    w.record("grant", made, person_id=person.id, role=role)
    return made


def revoke(w: Work, membership_id: uuid.UUID) -> Membership:
    """Take a role away from this instant on; the person's next request already lacks it.

    Raises Forbidden, Missing.
    """
    _system_only(w)
    held = w.session.get(Membership, membership_id)
    if held is None:
        raise Missing(membership_id=membership_id)
    if held.until is None:
        held.until = w.now
        w.record("revoke", held, person_id=held.person_id, role=held.role)
    return held


def leave(w: Work, person_id: uuid.UUID) -> Person:
    """Somebody leaves: from this instant on nothing is open to them. Raises Forbidden, Missing."""
    _system_only(w)
    person = _person(w, person_id)
    if person.left_at is None:
        person.left_at = w.now
        for held in w.session.scalars(
            select(Membership).where(Membership.person_id == person.id, Membership.until.is_(None))
        ):
            held.until = w.now
        w.session.execute(
            update(SignIn)
            .where(SignIn.person_id == person.id, SignIn.ended_at.is_(None))
            .values(ended_at=w.now)
        )
        w.record("leave", person)
    return person


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
    person = _person(w, person_id)
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


def count_try(w: Work, login: str, address: str) -> None:
    """Count a try before its password is looked at, so that simultaneous ones count too.

    Per account *and* place, so nobody can lock a person out from elsewhere; and per place.
    A refused try is not counted. Raises TooManyTries.
    """
    account, place = rules.digest(rules.login(login)), rules.place_of(address)
    since = w.now - rules.TRY_WINDOW
    w.session.execute(delete(FailedTry).where(FailedTry.at <= since))
    of_place = select(FailedTry.at).where(FailedTry.place == place).order_by(FailedTry.at.desc())
    of_pair = of_place.where(FailedTry.account == account)
    for tries, most in ((of_pair, rules.MOST_TRIES), (of_place, rules.MOST_TRIES_OF_ADDRESS)):
        oldest = w.session.scalar(tries.offset(most - 1).limit(1))
        if oldest:
            raise TooManyTries(minutes=rules.minutes_to_wait(oldest, w.now))
    w.session.add(FailedTry(account=account, place=place, at=w.now))


def forgive(w: Work, login: str, address: str) -> None:
    """The password was right: forget the tries of this account from this place."""
    w.session.execute(
        delete(FailedTry).where(
            FailedTry.account == rules.digest(rules.login(login)),
            FailedTry.place == rules.place_of(address),
        )
    )


def _system_only(w: Work) -> None:
    """Who may what is changed by commands and the demonstration; no page does it yet."""
    if Role.SYSTEM not in w.actor.roles:
        raise Forbidden


def _person(w: Work, person_id: uuid.UUID) -> Person:
    found = w.session.get(Person, person_id)
    if found is None:
        raise Missing(person_id=person_id)
    return found


def _name(name: str) -> str:
    kept = name.strip()
    if not 1 <= len(kept) <= 200:
        raise Invalid("name", field="name", value=name)
    return kept


def _credit_code(text: str | None) -> str | None:
    if not text:
        return None
    code = codes.compact(text)
    if fault := codes.fault_of(code):
        raise Invalid(f"credit_code_{fault.code}", field="credit_code", value=text)
    return code
