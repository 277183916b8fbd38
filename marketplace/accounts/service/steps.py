"""What the sheets of an employer change, said before it is done: the steps and their counts."""

from __future__ import annotations

import uuid
from dataclasses import astuple, dataclass, field

from catalog_import import Problem
from marketplace.accounts.rules import rosters
from marketplace.kernel.actor import Role
from marketplace.kernel.sheets import RowFault


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    code: str
    name: str
    kind: str
    parent: str  # the code of the one above; empty: a root
    credit_code: str


@dataclass(frozen=True, slots=True)
class ChangeOrganisation:
    id: uuid.UUID
    code: str
    name: str
    credit_code: str  # empty: as it is
    parent: str | None  # None: where it is


@dataclass(frozen=True, slots=True)
class NewPerson:
    number: str
    name: str
    mobile: str


@dataclass(frozen=True, slots=True)
class ChangePerson:
    id: uuid.UUID
    number: str
    name: str
    mobile: str  # empty: as it is


@dataclass(frozen=True, slots=True)
class Give:
    number: str
    place: str
    role: Role


@dataclass(frozen=True, slots=True)
class Take:
    membership_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Leave:
    person_id: uuid.UUID
    number: str
    name: str
    is_missing: bool  # not marked in a row, but absent from a list that was said to be whole


Step = NewOrganisation | ChangeOrganisation | NewPerson | ChangePerson | Give | Take | Leave


@dataclass(slots=True)
class Count:
    """Rows read = created + updated + unchanged + refused."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0

    @property
    def rows(self) -> int:
        return self.created + self.updated + self.unchanged + self.refused


@dataclass(slots=True)
class Plan:
    """`notices` are told and change nothing; one problem, and nothing at all is done."""

    organisations: Count = field(default_factory=Count)
    people: Count = field(default_factory=Count)
    steps: list[Step] = field(default_factory=list)
    organisation_problems: list[Problem | RowFault] = field(default_factory=list)
    people_problems: list[Problem | RowFault] = field(default_factory=list)
    notices: list[RowFault] = field(default_factory=list)

    @property
    def has_problems(self) -> bool:
        return bool(self.organisation_problems or self.people_problems)

    @property
    def leaving(self) -> list[Leave]:
        return [step for step in self.steps if isinstance(step, Leave)]

    @property
    def missing(self) -> list[Leave]:
        return [step for step in self.leaving if step.is_missing]

    @property
    def digest(self) -> str:
        """Of the steps alone: what was shown is what is done."""
        return rosters.digest([type(step).__name__, *astuple(step)] for step in self.steps)

    def counts(self) -> dict[str, int]:
        """For the record of what was done."""
        told = {
            f"{name}_{part}": getattr(count, part)
            for name, count in (("organisations", self.organisations), ("people", self.people))
            for part in ("created", "updated", "unchanged", "refused")
        }
        return {**told, "left": len(self.leaving), "missing": len(self.missing)}
