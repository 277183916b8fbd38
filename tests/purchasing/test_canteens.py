"""Administrations and canteens buy too: with money of their own, and their own approver."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from marketplace.accounts import service as accounts
from marketplace.accounts.models import OrganisationKind
from marketplace.commands.verifying import check_all
from marketplace.kernel.actor import Role
from marketplace.kernel.credit_code import completed
from marketplace.kernel.errors import Invalid, Refused, SamePerson
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import ZERO, Money
from marketplace.orders.models import OrderLine, Purchase
from marketplace.purchasing import queries, service
from marketplace.purchasing.models import Plan
from marketplace.unions import service as unions
from marketplace.unions.models import Budget, Union
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.purchasing import ADDRESS, a_people_sheet, paid
from tests.makers.suppliers import an_approved_supplier
from tests.purchasing.test_approving import amounts

CODE = completed("9144000012345678")
ROLES = {
    "union_buyer": Role.UNION_BUYER,
    "union_approver": Role.UNION_APPROVER,
    "union_treasurer": Role.UNION_TREASURER,
}


@pytest.fixture
def branch(people: People) -> Union:
    """A branch with books of its own, in which the officers of the union serve as well."""
    with people.runtime.work() as w:
        place = accounts.add_organisation(w, "示例银行东城分行", OrganisationKind.GROUP)
        found = unions.found_union(w, place.id, "示例银行东城分行", CODE)
        for name, role in ROLES.items():
            accounts.grant(w, uuid.UUID(people.ids[name]), place.id, role)
    return found


def granted(people: People, branch: Union, source: FundSource) -> Budget:
    with people.runtime.work(people.actor("union_treasurer")) as w:
        return unions.grant_budget(
            w, branch.id, name="食堂", year=2026, source=source,
            amount=Money(30_000_00), document="示例 1 号",
        )  # fmt: skip


def drafted(people: People, budget: Budget, most: Money = Money(20_000_00)) -> Plan:
    """Forty boxes, for nobody by name."""
    an_approved_supplier(people)
    goods = a_listing(people)
    with people.runtime.work(people.actor("union_buyer")) as w:
        plan = service.draft(w, service.NewPlan("食堂水果", budget.id, most, ADDRESS))
        service.put_line(w, plan.id, goods.id, 40)
    return plan


def test_a_canteen_buys_pieces_for_nobody_by_name_with_its_own_approver(
    people: People, branch: Union
) -> None:
    """P12, P15: by its own budget; the whole stays below the ceiling."""
    budget = granted(people, branch, FundSource.CANTEEN)
    plan = drafted(people, budget)
    buyer = people.actor("union_buyer")
    with pytest.raises(Refused, match="plan_without_list"), people.runtime.work(buyer) as w:
        service.set_recipients(w, plan.id, a_people_sheet(2))
    with (
        pytest.raises(SamePerson),
        people.runtime.work(people.both("union_buyer", "union_approver")) as w,
    ):
        service.submit(w, plan.id)
        service.approve(w, plan.id)
    plan = paid(people, plan)
    with people.runtime.reading() as session:
        purchase = session.get_one(Purchase, plan.purchase_id)
        (line,) = session.scalars(select(OrderLine))
        assert queries.values(session, branch.id, 2026) == ()
        outcome = check_all(session, people.runtime.clock.now())
    assert (purchase.source, purchase.organisation_id) == ("canteen", branch.organisation_id)
    assert line.quantity == 40
    assert amounts(people, budget.id)[1:] == (ZERO, ZERO, purchase.total)
    assert [fault for found in outcome.values() for fault in found] == []


def test_what_is_above_the_ceiling_of_the_whole_is_not_submitted(
    people: People, branch: Union
) -> None:
    """P12: nor is a fen of the budget reserved for it."""
    plan = drafted(people, granted(people, branch, FundSource.CANTEEN), Money(100_00))
    with (
        pytest.raises(Refused, match="over_ceiling"),
        people.runtime.work(people.actor("union_buyer")) as w,
    ):
        service.submit(w, plan.id)


def test_dues_and_codes_of_unions_stay_theirs(people: People, branch: Union) -> None:
    """And goods that people get are bought by a list, as unions do, for the payroll."""
    with pytest.raises(Invalid, match="budget_source_unit"):
        granted(people, branch, FundSource.UNION)
    with people.runtime.work() as w:
        place = accounts.add_organisation(w, "示例银行西城分行", OrganisationKind.GROUP)
    for code, words in (("81440000MCL468545M", "unit_credit_code"), ("12", "credit_code_")):
        with pytest.raises(Invalid, match=words), people.runtime.work() as w:
            unions.found_union(w, place.id, "示例", code)
    plan = drafted(people, granted(people, branch, FundSource.WELFARE), Money(9_000_00))
    buyer = people.actor("union_buyer")
    with pytest.raises(Refused, match="plan_without_people"), people.runtime.work(buyer) as w:
        service.submit(w, plan.id)
    with people.runtime.work(buyer) as w:
        service.set_recipients(w, plan.id, a_people_sheet(2))
    with people.runtime.reading() as session:
        found = queries.dossier(session, buyer, plan.id, people.runtime.clock.now())
    assert (found.heads, found.has_list) == (2, True)
