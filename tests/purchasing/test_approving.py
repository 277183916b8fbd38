"""Submit, approve, return, cancel: the money is reserved once, and two people look at it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from marketplace.accounts import queries as accounts_queries
from marketplace.accounts import service as accounts
from marketplace.accounts.models import OrganisationKind
from marketplace.catalog import service as catalog
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused, SamePerson, WrongState
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.service import NotEnough
from marketplace.purchasing import queries, service
from marketplace.purchasing.models import Plan
from marketplace.suppliers import service as suppliers
from marketplace.unions import queries as unions
from tests.databases import NOON
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.purchasing import a_people_sheet, a_plan, an_empty_plan, approved, submitted
from tests.makers.suppliers import an_approved_supplier
from tests.makers.unions import a_budget

TOTAL = Money(30 * 118_00)


def amounts(people: People, budget_id: uuid.UUID) -> tuple[Money, Money, Money, Money]:
    """Available, reserved, committed, spent; and the books are in order."""
    with people.runtime.reading() as session:
        row = unions.budget(session, people.actor("union_buyer"), budget_id)
        assert [*ledger.faults(session), *unions.faults(session), *queries.faults(session)] == []
    return row.available, row.reserved, row.committed, row.spent


def use(people: People, name: str, plan: Plan, verb: str, note: str = "") -> Plan:
    with people.runtime.work(people.actor(name)) as w:
        return service.use(w, plan.id, verb, note)


def test_submitting_reserves_the_total(people: People) -> None:
    plan = submitted(people, a_plan(people))
    assert plan.reserved == TOTAL
    assert amounts(people, plan.budget_id) == (Money(20_000_00) - TOTAL, TOTAL, ZERO, ZERO)


@pytest.mark.parametrize(
    ("count", "pieces", "per_person", "code"),
    [
        (30, 0, 480_00, "plan_without_goods"),
        (0, 2, 480_00, "plan_without_people"),
        (30, 2, 117_99, "over_ceiling"),
        (30, 334, 10_000_00, "too_many_pieces"),
    ],
)
def test_what_is_not_complete_is_not_submitted(
    people: People, count: int, pieces: int, per_person: int, code: str
) -> None:
    an_approved_supplier(people)
    listing = a_listing(people, sale_price=Money(59_00))
    plan = an_empty_plan(people, per_person=Money(per_person))
    with people.runtime.work(people.actor("union_buyer")) as w:
        service.set_lines(w, plan.id, [(listing.id, pieces)] if pieces else [])
        if count:
            service.set_recipients(w, plan.id, a_people_sheet(count))
    with pytest.raises(Refused, match=code):
        submitted(people, plan)
    assert amounts(people, plan.budget_id)[1] == ZERO


def test_a_plan_against_the_terms_of_its_goods_is_not_submitted(people: People) -> None:
    """Thirty people, two pieces each: nobody gets more than one person may have."""
    an_approved_supplier(people)
    budget, buyer = a_budget(people), people.actor("union_buyer")
    for number, (terms, code) in enumerate(
        (
            ({"max_per_person": 1}, "plan_above_limit"),
            ({"min_quantity": 61}, "below_min_quantity"),
            ({"orders_last": NOON.date() - timedelta(days=1)}, "orders_closed"),
            ({"min_quantity": 2, "max_per_person": 2, "orders_last": NOON.date()}, ""),
        )
    ):
        good = a_listing(people, sku=f"S{number}", **terms)
        plan = a_plan(people, ((good.id, 2),), budget=budget)
        with people.runtime.reading() as session:
            assert queries.dossier(session, buyer, plan.id, NOON).is_against_terms == bool(code)
        if code:
            with pytest.raises(Refused, match=code):
                submitted(people, plan)
    assert submitted(people, plan).reserved == TOTAL


def test_a_budget_that_is_too_small_is_not_overspent(people: People) -> None:
    """P12: one plan more than there is money for is told so."""
    plan = a_plan(people, budget=a_budget(people, amount=TOTAL - Money(1)))
    with pytest.raises(NotEnough):
        submitted(people, plan)
    assert amounts(people, plan.budget_id)[0] == TOTAL - Money(1)


def test_the_last_fen_may_be_used(people: People) -> None:
    plan = submitted(people, a_plan(people, budget=a_budget(people, amount=TOTAL)))
    assert amounts(people, plan.budget_id)[0] == ZERO


def test_what_was_approved_is_what_was_submitted(people: People) -> None:
    """P15: by the hash of lines, people, address and total."""
    plan = approved(people, a_plan(people))
    assert plan.approved_hash == plan.content_hash
    assert plan.approved_by == people.ids["union_approver"]


def test_nobody_approves_a_plan_of_their_own(people: People) -> None:
    """P15: also with both roles."""
    plan = a_plan(people)
    office = plan.organisation_id
    with people.runtime.work() as w:
        accounts.grant(w, uuid.UUID(people.ids["union_buyer"]), office, Role.UNION_APPROVER)
    submitted(people, plan)
    with pytest.raises(SamePerson):
        use(people, "union_buyer", plan, "approve")
    with people.runtime.reading() as session:
        roles = queries.roles_for(people.actor("union_buyer"), plan)
        assert Role.UNION_APPROVER not in roles
        assert queries.plan(session, people.actor("auditor"), plan.id).approved_by is None


def test_the_approver_of_another_union_does_not_find_it(people: People) -> None:
    """P18: as if there were no such plan."""
    plan = submitted(people, a_plan(people))
    with people.runtime.work() as w:
        other = accounts.add_organisation(w, "另一工会", OrganisationKind.UNION)
        person = accounts.add_person(w, "外人", "correct-horse", employee_number="X1")
        accounts.grant(w, person.id, other.id, Role.UNION_APPROVER)
    with people.runtime.reading() as session:
        stranger = accounts_queries.actor_of(session, str(person.id), people.runtime.clock.now())
    assert stranger is not None
    with pytest.raises(Missing), people.runtime.work(stranger) as w:
        service.approve(w, plan.id)


@pytest.mark.parametrize("name", ["auditor", "union_treasurer", "union_buyer"])
def test_those_without_the_role_do_not_approve(people: People, name: str) -> None:
    plan = submitted(people, a_plan(people))
    with pytest.raises(Forbidden):
        use(people, name, plan, "approve")


def test_a_suspended_supplier_stops_the_approval(people: People) -> None:
    """P16: nothing is agreed to that may not be bought now."""
    plan = submitted(people, a_plan(people))
    with people.runtime.work(people.actor("reviewer")) as w:
        (row,) = queries.lines(w.session, plan.id, w.now)
        suppliers.suspend(w, row.supplier.id, "示例原因")
    with pytest.raises(Refused, match="plan_changed"):
        use(people, "union_approver", plan, "approve")
    use(people, "union_approver", plan, "return", "请重新选品")
    assert amounts(people, plan.budget_id) == (Money(20_000_00), ZERO, ZERO, ZERO)


def test_goods_withdrawn_since_stop_the_submission(people: People) -> None:
    plan = a_plan(people)
    with people.runtime.work(people.actor("supplier")) as w:
        (row,) = queries.lines(w.session, plan.id, w.now)
        catalog.withdraw(w, row.listing.id)
    with pytest.raises(Refused, match="plan_outdated"):
        submitted(people, plan)


def test_a_return_needs_a_reason(people: People) -> None:
    plan = submitted(people, a_plan(people))
    with pytest.raises(Invalid, match="note_missing"):
        use(people, "union_approver", plan, "return", " ")


def test_a_returned_plan_is_submitted_again_and_reserves_once(people: People) -> None:
    plan = submitted(people, a_plan(people))
    returned = use(people, "union_approver", plan, "return", "请减少")
    assert (returned.note, returned.reserved) == ("请减少", None)
    again = submitted(people, plan)
    assert again.submissions == 2
    assert amounts(people, plan.budget_id)[1] == TOTAL


def test_an_approved_plan_may_still_be_returned(people: People) -> None:
    plan = approved(people, a_plan(people))
    returned = use(people, "union_approver", plan, "return", "情况有变")
    assert (returned.approved_hash, returned.approved_by) == (None, None)
    assert amounts(people, plan.budget_id)[0] == Money(20_000_00)


@pytest.mark.parametrize("maker", [submitted, approved])
def test_a_cancelled_plan_gives_its_money_back(people: People, maker) -> None:  # type: ignore[no-untyped-def]  # a maker
    plan = maker(people, a_plan(people))
    use(people, "union_buyer", plan, "cancel")
    assert amounts(people, plan.budget_id) == (Money(20_000_00), ZERO, ZERO, ZERO)
    with pytest.raises(WrongState):
        use(people, "union_buyer", plan, "submit")


def test_thirty_two_plans_at_once_do_not_overspend(people: People) -> None:
    an_approved_supplier(people)
    listing = a_listing(people)
    budget = a_budget(people, amount=Money(10 * 59_00 + 58_99))
    plans = [a_plan(people, ((listing.id, 1),), count=1, budget=budget) for _ in range(32)]
    buyer, start, refused = people.actor("union_buyer"), Barrier(32), list[str]()

    def hand_in(plan: Plan) -> None:
        start.wait()
        try:
            with people.runtime.work(buyer) as w:
                service.submit(w, plan.id)
        except NotEnough as fault:
            refused.append(fault.code)

    threads = [Thread(target=hand_in, args=(plan,)) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["not_enough"] * 22
    assert amounts(people, budget.id) == (Money(58_99), Money(10 * 59_00), ZERO, ZERO)
