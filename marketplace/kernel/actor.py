"""Who acts: a person with roles in organisations, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a membership lets a person do; a person may hold several."""

    EMPLOYEE = "employee"
    UNION_BUYER = "union_buyer"
    UNION_APPROVER = "union_approver"
    UNION_TREASURER = "union_treasurer"
    SUPPLIER_STAFF = "supplier_staff"
    SUPPLIER_OWNER = "supplier_owner"  # besides: who the firm is, its account, its people
    REVIEWER = "reviewer"
    AUDITOR = "auditor"  # reads everything, writes nothing
    MANAGER = "manager"  # the operator's manager: statistics, and confirming bank transfers
    SYSTEM = "system"  # worker and wiring; never granted to a person


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one organisation."""

    role: Role
    organisation_id: UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind a request. `person_id` is opaque text: a host's user id or our own."""

    person_id: str
    name: str
    grants: frozenset[Grant] = frozenset()

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    def organisations(self, role: Role) -> frozenset[UUID]:
        """Where the actor holds the role."""
        return frozenset(grant.organisation_id for grant in self.grants if grant.role is role)


class System(Actor):
    """The marketplace itself: the worker, a reaction, a command."""

    __slots__ = ()

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset({Role.SYSTEM})


SYSTEM = System(person_id="system", name="直通车")
