"""Who and what is known already, read once before a long sheet is compared with it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts import queries
from marketplace.accounts.models import Membership, Organisation, Person, SignIn
from marketplace.accounts.rules import rosters

T = TypeVar("T")
AT_ONCE = 500  # values of one question; both databases take more, neither needs it


class Known:
    """The organisations, and of the people those that the sheet may mean."""

    def __init__(self, session: Session, at: datetime) -> None:
        self._session, self._at = session, at
        found = session.scalars(select(Organisation).order_by(Organisation.id)).all()
        self.organisations = {one.id: one for one in found}
        self.by_code = {one.code: one for one in found if one.code}
        self.people: dict[uuid.UUID, Person] = {}
        self.by_number: dict[str, Person] = {}
        self.by_mobile: dict[str, Person] = {}
        self.held: dict[uuid.UUID, list[Membership]] = {}
        self._signed_in: set[uuid.UUID] = set()

    def without_code(self, name: str, credit_code: str) -> Organisation | None:
        """One that was entered before it had a code: of the same credit code, else of the same
        name, if there is exactly one."""
        bare = [one for one in self.organisations.values() if not one.code]
        same = [one for one in bare if credit_code and one.credit_code == credit_code]
        same = same or [one for one in bare if one.name == name]
        return same[0] if len(same) == 1 else None

    def meet(self, numbers: Iterable[str], mobiles: Iterable[str]) -> None:
        """Read everybody with one of these numbers."""
        for some in _chunks(numbers):
            self._take(self._session.scalars(
                select(Person).where(Person.employee_number.in_(some)).order_by(Person.id)
            ).all())  # fmt: skip
        for some in _chunks(mobiles):
            self._take(self._session.scalars(
                select(Person).where(Person.mobile.in_(some)).order_by(Person.id)
            ).all())  # fmt: skip

    def meet_members(self, organisation_id: uuid.UUID) -> list[Person]:
        """Everybody who holds something in the organisation or below it. Raises Missing."""
        places = queries.subtree(self._session, organisation_id)
        found: dict[uuid.UUID, Person] = {}
        for some in _chunks(places):
            members = self._session.scalars(
                select(Person)
                .join(Membership, Membership.person_id == Person.id)
                .where(Membership.organisation_id.in_(some), queries.in_force(self._at))
                .order_by(Person.employee_number, Person.id)
            )
            found |= {person.id: person for person in members}
        self._take(list(found.values()))
        return list(found.values())

    def has_signed_in(self, person: Person) -> bool:
        """Whether the mobile number on record was ever used by its owner."""
        return person.id in self._signed_in

    def _take(self, people: Sequence[Person]) -> None:
        fresh = [person for person in people if person.id not in self.people]
        for person in fresh:
            self.people[person.id] = person
            self.held[person.id] = []
            if person.employee_number:
                self.by_number[rosters.code(person.employee_number)] = person
            if person.mobile:
                self.by_mobile[person.mobile] = person
        for some in _chunks(person.id for person in fresh):
            for held in self._session.scalars(
                select(Membership)
                .where(Membership.person_id.in_(some), queries.in_force(self._at))
                .order_by(Membership.since, Membership.id)
            ):
                self.held[held.person_id].append(held)
            self._signed_in |= set(
                self._session.scalars(select(SignIn.person_id).where(SignIn.person_id.in_(some)))
            )


def _chunks(values: Iterable[T]) -> Iterator[list[T]]:
    waiting = iter(values)
    while some := list(islice(waiting, AT_ONCE)):
        yield some
