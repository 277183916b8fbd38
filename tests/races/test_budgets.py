"""Sixteen officers spend from one budget at the same moment."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from marketplace.purchasing import service
from marketplace.purchasing.models import Plan
from marketplace.unions import queries as unions
from marketplace.unions.models import Budget
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.purchasing import ADDRESS, a_people_sheet
from tests.makers.suppliers import an_approved_supplier
from tests.makers.unions import a_budget
from tests.races.storm import all_is_well, at_once, doing, tally

OFFICERS, EACH, GRANTED, FIT = 16, Money(90_00), Money(1_000_00), 11
Wish = tuple[Actor, Plan]


@pytest.fixture
def budget(people: People) -> Budget:
    return a_budget(people, amount=GRANTED)


@pytest.fixture
def wishes(people: People, budget: Budget) -> list[Wish]:
    """Sixteen plans of ¥90, each in the hands of another buyer of the union."""
    an_approved_supplier(people)
    dates = a_listing(people, sale_price=EACH, supply_price=Money(60_00), freight_included=True)
    grants = people.actor("union_buyer").grants

    def drafted(place: int) -> Wish:
        officer = Actor(f"host-{place}", f"示例经办{place}", grants)
        with people.runtime.work(officer) as w:
            new = service.NewPlan("慰问", budget.id, EACH, ADDRESS, "示例纪要 1 号")
            plan = service.draft(w, new)
            service.set_lines(w, plan.id, [(dates.id, 1)])
            service.set_recipients(w, plan.id, a_people_sheet(1))
        return officer, plan

    return [drafted(place) for place in range(OFFICERS)]


def uses(people: People, verb: Callable[..., object], *wishes: Wish) -> list[Callable[[], object]]:
    return [doing(people, officer, verb, plan.id) for officer, plan in wishes]


def figures(people: People, budget: Budget) -> tuple[Money, Money, Money]:
    """Available, reserved, committed."""
    with people.runtime.reading() as session:
        row = unions.budget(session, people.actor("union_treasurer"), budget.id)
        return row.available, row.reserved, row.committed


def test_eleven_of_sixteen_plans_fit_and_the_budget_is_not_overspent(
    people: People, budget: Budget, wishes: list[Wish]
) -> None:
    """P12, P35: 16 × ¥90 on ¥1,000: eleven reserve, five are told, again and again."""
    for _ in range(5):
        outcomes = at_once(*uses(people, service.submit, *wishes))
        assert tally(outcomes) == {"done": FIT, "not_enough": OFFICERS - FIT}
        assert figures(people, budget) == (Money(10_00), EACH * FIT, Money(0))
        taken = [wish for wish, outcome in zip(wishes, outcomes, strict=True) if outcome == "done"]
        sent_back = [
            doing(people, people.actor("union_approver"), service.send_back, plan.id, "示例")
            for _, plan in taken
        ]
        assert tally(at_once(*sent_back)) == {"done": FIT}
        assert figures(people, budget) == (GRANTED, Money(0), Money(0))
    all_is_well(people)


def test_plans_that_are_given_up_meanwhile_make_room_for_exactly_as_many(
    people: People, budget: Budget, wishes: list[Wish]
) -> None:
    """P12: five give up while five others ask; whoever comes too early may ask again."""
    first, others = wishes[:FIT], wishes[FIT:]
    assert tally(at_once(*uses(people, service.submit, *first))) == {"done": FIT}
    at_once(*uses(people, service.cancel, *first[:5]), *uses(people, service.submit, *others))
    at_once(*uses(people, service.submit, *others))
    assert figures(people, budget) == (Money(10_00), EACH * FIT, Money(0))
    all_is_well(people)


def test_a_plan_that_grows_while_it_is_submitted_reserves_what_it_holds(
    people: People, budget: Budget, wishes: list[Wish]
) -> None:
    """P12: whichever was first, what is reserved is the sum of the goods and people in it."""
    other = a_listing(people, sku="SL-0009", sale_price=Money(30_00), supply_price=Money(20_00))
    for officer, plan in wishes[:6]:
        at_once(
            doing(people, officer, service.submit, plan.id),
            doing(people, officer, service.set_lines, plan.id, [(other.id, 1)]),
            doing(people, officer, service.set_recipients, plan.id, a_people_sheet(3)),
            doing(people, officer, service.submit, plan.id),
        )
    all_is_well(people)


def test_ordering_moves_the_money_once_however_often_it_is_pressed(
    people: People, budget: Budget, wishes: list[Wish]
) -> None:
    """P12, P31: eight presses of one button: one purchase, committed once."""
    (officer, plan), *_ = wishes
    assert at_once(*uses(people, service.submit, wishes[0])) == ["done"]
    with people.runtime.work(people.actor("union_approver")) as w:
        service.approve(w, plan.id)
    assert tally(at_once(*uses(people, service.order, *[(officer, plan)] * 8))) == {"done": 8}
    assert figures(people, budget) == (GRANTED - EACH, Money(0), EACH)
    all_is_well(people)
