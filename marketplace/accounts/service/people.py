"""Organisations, people and their roles: who may do something, and since when no longer."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select, update

from marketplace.accounts import queries, rules
from marketplace.accounts.models import Membership, Organisation, OrganisationKind, Person, SignIn
from marketplace.kernel import credit_code as codes
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused
from marketplace.work import Work

AT_ONCE = 500  # people of one question


def add_organisation(
    w: Work,
    name: str,
    kind: OrganisationKind,
    *,
    parent_id: uuid.UUID | None = None,
    credit_code: str | None = None,
) -> Organisation:
    """A node of the tree, below `parent_id` or a root. Raises Forbidden, Invalid, Missing."""
    system_only(w)
    above = queries.organisation(w.session, parent_id).path if parent_id else "/"
    new_id = uuid.uuid4()
    made = Organisation(
        id=new_id,
        parent_id=parent_id,
        path=rules.path_below(above, new_id),
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
    system_only(w)
    if not mobile and not employee_number:
        raise Invalid("login_missing", field="mobile")
    known = (text for text in (mobile, employee_number, email) if text)
    return add_person_with(
        w,
        name,
        rules.hashed(rules.check_password(password, *known)),
        mobile=mobile,
        employee_number=employee_number,
        email=email,
    )


def add_person_with(
    w: Work,
    name: str,
    password_hash: str,
    *,
    mobile: str | None = None,
    employee_number: str | None = None,
    email: str | None = None,
) -> Person:
    """The same with a password that was checked and hashed before. Raises Invalid, Refused."""
    system_only(w)
    made = Person(
        name=_name(name),
        mobile=rules.check_mobile(mobile) if mobile else None,
        employee_number=rules.check_employee_number(employee_number) if employee_number else None,
        email=rules.check_email(email) if email else None,
        password_hash=password_hash,
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
    system_only(w)
    person = person_for_change(w, person_id)
    organisation = queries.organisation(w.session, organisation_id)
    if role not in rules.ROLES_IN[organisation.kind]:
        raise Refused("role_not_here", role=role, kind=organisation.kind)
    if person.left_at is not None:
        raise Refused("person_left")
    if role in rules.RESTS_ON:
        grant(w, person.id, organisation.id, rules.RESTS_ON[role])
    held = held_by(w, person.id, organisation.id, role)
    return held or give_role(w, person, organisation.id, role)


def held_by(
    w: Work, person_id: uuid.UUID, organisation_id: uuid.UUID, role: Role
) -> Membership | None:
    """The membership that has not ended."""
    return w.session.scalar(
        select(Membership).where(
            Membership.person_id == person_id,
            Membership.organisation_id == organisation_id,
            Membership.role == role,
            Membership.until.is_(None),
        )
    )


def give_role(w: Work, person: Person, organisation_id: uuid.UUID, role: Role) -> Membership:
    """For those who asked before whether it may be given, and whether it is held already."""
    return give_roles(w, [(person.id, organisation_id, role)])[0]


def give_roles(w: Work, wanted: Sequence[tuple[uuid.UUID, uuid.UUID, Role]]) -> list[Membership]:
    """Many of them at once, as (person, organisation, role): a long sheet writes in one go."""
    made = [
        Membership(person_id=person, organisation_id=place, role=role, since=w.now)
        for person, place, role in wanted
    ]
    w.session.add_all(made)
    for held in made:
        w.record("grant", held, person_id=held.person_id, role=held.role)
    _renew_sign_ins(w, sorted({person for person, _place, _role in wanted}))
    return made


def revoke(w: Work, membership_id: uuid.UUID) -> Membership:
    """Take a role away from this instant on; the person's next request already lacks it.

    Raises Forbidden, Missing.
    """
    system_only(w)
    held = w.session.get(Membership, membership_id)
    if held is None:
        raise Missing(membership_id=membership_id)
    take_role(w, held)
    return held


def take_role(w: Work, held: Membership) -> None:
    """For those who asked before whether it may be taken; one that has ended stays as it is. What
    rests on the role goes with it."""
    if held.until is None:
        held.until = w.now
        w.record("revoke", held, person_id=held.person_id, role=held.role)
        for role in (role for role, base in rules.RESTS_ON.items() if base is held.role):
            if resting := held_by(w, held.person_id, held.organisation_id, role):
                take_role(w, resting)


def leave(w: Work, person_id: uuid.UUID) -> Person:
    """Somebody leaves: from this instant on nothing is open to them. Raises Forbidden, Missing."""
    system_only(w)
    person = person_for_change(w, person_id)
    end_everything(w, person)
    return person


def end_everything(w: Work, person: Person) -> None:
    """Memberships and sign-ins end in this very unit of work; for those who may say so."""
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


def come_back(w: Work, person_id: uuid.UUID) -> Person:
    """Somebody who left is employed again, so far without any role. Raises Forbidden, Missing."""
    system_only(w)
    person = person_for_change(w, person_id)
    if person.left_at is not None:
        person.left_at = None
        w.record("come_back", person)
    return person


def person_for_change(w: Work, person_id: uuid.UUID) -> Person:
    """Raises Missing."""
    found = w.session.get(Person, person_id)
    if found is None:
        raise Missing(person_id=person_id)
    return found


def _renew_sign_ins(w: Work, people: Sequence[uuid.UUID]) -> None:
    """More is open to them now: an id from before must not carry it."""
    for first in range(0, len(people), AT_ONCE):
        w.session.execute(
            update(SignIn)
            .where(SignIn.person_id.in_(people[first : first + AT_ONCE]), SignIn.ended_at.is_(None))
            .values(renew=True)
        )


def system_only(w: Work) -> None:
    """Who may what is changed by commands and the demonstration; no page does it yet."""
    if Role.SYSTEM not in w.actor.roles:
        raise Forbidden


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
