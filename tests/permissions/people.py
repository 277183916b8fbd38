"""Everybody who knocks: the people of all tests, and for each a colleague and a stranger."""

from __future__ import annotations

from marketplace.accounts import service as accounts
from marketplace.accounts.models import OrganisationKind
from marketplace.kernel.actor import Role
from marketplace.kernel.credit_code import completed
from marketplace.unions import service as unions
from marketplace.work import Work
from tests.fixtures import PASSWORD, People

OTHER_UNION_CODE = completed("81110000MC000001")
# suppliers at a stage each: its staff has the name of the stage
STAGES = ("newcomer", "drafter", "applicant", "confirmed", "stopped", "trader", "payee")


def numbers(ids: dict[str, str]) -> dict[str, str]:
    """The mobile number of each person, by name: their place in the list."""
    return {name: f"1350000{place:04d}" for place, name in enumerate(ids)}


def add_everybody(people: People) -> None:
    """Colleagues in the same organisations, and the same again in organisations of others."""
    with people.runtime.work() as w:
        _colleagues(w, people)
        _strangers(w, people.ids)
        for stage in STAGES:
            made = accounts.add_organisation(w, f"示例{stage}", OrganisationKind.SUPPLIER)
            _person(w, people.ids, stage, made.id, Role.SUPPLIER_STAFF)
            _person(w, people.ids, f"{stage}_colleague", made.id, Role.SUPPLIER_STAFF)


def _colleagues(w: Work, people: People) -> None:
    for name in ("supplier", "union_buyer", "union_approver", "union_treasurer"):
        (grant,) = people.actor(name).grants
        _person(w, people.ids, f"{name}_colleague", grant.organisation_id, grant.role)


def _strangers(w: Work, ids: dict[str, str]) -> None:
    """Another employer with its own union."""
    group = accounts.add_organisation(w, "示例保险", OrganisationKind.GROUP)
    union = accounts.add_organisation(
        w, "示例保险工会", OrganisationKind.UNION, parent_id=group.id, credit_code=OTHER_UNION_CODE
    )
    unions.found_union(w, union.id, "示例保险工会", OTHER_UNION_CODE)
    _person(w, ids, "other_employee", group.id, Role.EMPLOYEE)
    for role in (Role.UNION_BUYER, Role.UNION_APPROVER, Role.UNION_TREASURER):
        _person(w, ids, f"other_{role.value}", union.id, role)


def _person(w: Work, ids: dict[str, str], name: str, organisation_id: object, role: Role) -> None:
    place = len(ids)
    made = accounts.add_person(
        w, name, PASSWORD, mobile=f"1350000{place:04d}", employee_number=f"E{place:04d}"
    )
    accounts.grant(w, made.id, organisation_id, role)  # type: ignore[arg-type]  # ids of ours
    ids[name] = str(made.id)
