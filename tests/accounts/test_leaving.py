"""What waits for somebody who left: nothing goes on by itself, nothing of it stays stuck."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from marketplace.accounts import queries, service
from marketplace.purchasing import service as plans
from marketplace.purchasing.states import PlanState
from marketplace.unions import queries as unions
from tests.fixtures import People, tokens
from tests.makers import purchasing as plan_makers
from tests.makers.catalog import a_listing
from tests.makers.suppliers import an_approved_supplier
from tests.makers.unions import a_budget, a_union


@pytest.fixture
def submitted(people: People) -> uuid.UUID:
    """A plan that the union's buyer handed in."""
    an_approved_supplier(people)
    listing = a_listing(people, stock=1000)
    budget = a_budget(people, a_union(people))
    plan = plan_makers.a_plan(people, ((listing.id, 1),), count=2, budget=budget)
    plan_makers.submitted(people, plan)
    return plan.id


def reserved(people: People, plan_id: uuid.UUID) -> int:
    """What the plan's budget holds for it."""
    with people.runtime.reading() as session:
        actor = people.actor("union_treasurer")
        plan = session.get_one(plans.Plan, plan_id)
        return unions.budget(session, actor, plan.budget_id).reserved.fen


def test_a_plan_whose_requester_left_can_be_sent_back_and_frees_its_money(
    people: People, submitted: uuid.UUID
) -> None:
    """P20: nothing of a leaver's goes on by itself, and nothing of it stays stuck."""
    assert reserved(people, submitted) > 0
    approver = people.actor("union_approver")
    with people.runtime.work() as w:
        service.leave(w, uuid.UUID(people.ids["union_buyer"]))
    with people.runtime.reading() as session:
        at = people.runtime.clock.now()
        assert queries.actor_of(session, people.ids["union_buyer"], at) is None
    with people.runtime.work(approver) as w:
        assert plans.approve(w, submitted).state is PlanState.APPROVED
    with people.runtime.work(approver) as w:
        plans.send_back(w, submitted, "经办人已离职")
    assert reserved(people, submitted) == 0


def test_an_approver_who_left_approves_nothing_more(
    people: People,
    submitted: uuid.UUID,
    client_as: Callable[[str], FlaskClient],
) -> None:
    """P20: Failure 26: the page open before answers with the sign-in, and the plan waits."""
    browser = client_as("union_approver")
    page = browser.get(f"/plans/{submitted}")
    assert page.status_code == 200
    with people.runtime.work() as w:
        service.leave(w, uuid.UUID(people.ids["union_approver"]))
    said = tokens(page.get_data(as_text=True))
    answer = browser.post(f"/plans/{submitted}/approve", data=said)
    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["Location"]
    with people.runtime.reading() as session:
        assert session.get_one(plans.Plan, submitted).state is PlanState.SUBMITTED
