"""Credit and vouchers at each stage of theirs, made through the services."""

from __future__ import annotations

import uuid

from marketplace.kernel.money import Money
from marketplace.unions import service as unions
from marketplace.unions.models import Budget
from tests.fixtures import People
from tests.makers.credit import a_batch, a_grant, funded
from tests.permissions.people import numbers


def give(people: People, things: dict[str, str], mark: str) -> None:
    """The employee is on the union's list by his number."""
    mobile = numbers(people.ids)["employee"]
    with people.runtime.work() as w:
        new = unions.NewMember("示例会员", "C0001", mobile)
        unproved = unions.NewMember("示例会员", "C0002", numbers(people.ids)["second_employee"])
        first, second = unions.add_members(w, uuid.UUID(things["union"]), [new, unproved])
    match = unions.Match(first.id, uuid.UUID(people.ids["employee"]))
    with people.runtime.work(people.actor("union_treasurer")) as w:
        unions.confirm_account(w, uuid.UUID(things["union"]), match)
    things |= {"member": str(second.id), "member_person": people.ids["second_employee"]}
    with people.runtime.reading() as session:
        budget = session.get_one(Budget, uuid.UUID(things["budget"]))
    waits = a_grant(people, budget, Money(1_00), name=f"{mark} 额度")
    things |= {"proposed_grant": str(waits.id), "grant_hash": waits.content_hash}
    things["grant"] = str(
        funded(people, a_grant(people, budget, Money(1_00), name=f"{mark} 慰问")).id
    )
    things["voucher_batch"] = str(a_batch(people)[0].id)
    things["draft_vouchers"] = str(a_batch(people, issued=False, by="second_manager")[0].id)
