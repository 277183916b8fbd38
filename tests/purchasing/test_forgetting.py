"""Phones and addresses of people for whom nothing was ordered are not kept for ever."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from catalog_import import write_csv
from marketplace import wiring
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Refused
from marketplace.purchasing import queries, service
from marketplace.purchasing.models import Plan
from marketplace.unions.models import Budget
from marketplace.work.models import TrailEntry
from marketplace.work.sweeps import sweep
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.purchasing import a_plan, an_empty_plan, approved, submitted
from tests.makers.suppliers import an_approved_supplier
from tests.makers.unions import a_budget

SHEET = write_csv(
    ["姓名", "手机号", "工号", "收货地址"],
    [[f"示例职工{n}", f"1391234{n:04d}", f"E{n:04d}", "示例路 9 号"] for n in range(2)],
)
HOURLY = next(one for one in wiring.SWEEPS if one.batch is service.forget_abandoned)


def listed(people: People, plan: Plan) -> set[tuple[str, str | None, str]]:
    with people.runtime.reading() as session:
        found = queries.recipients(session, plan.id)
    return {(one.employee_number, one.mobile, one.address) for one in found}


def with_list(people: People, budget: Budget) -> Plan:
    plan = an_empty_plan(people, budget)
    take(people, plan.id)
    return plan


def take(people: People, plan_id: uuid.UUID) -> None:
    with people.runtime.work(people.actor("union_buyer")) as w:
        service.set_recipients(w, plan_id, SHEET)


def forgotten(people: People) -> list[tuple[str, uuid.UUID]]:
    asked = select(TrailEntry).where(TrailEntry.verb.like("forget%"))
    with people.runtime.reading() as session:
        return sorted((row.verb, row.subject_id) for row in session.scalars(asked))


def test_lists_of_plans_that_came_to_nothing_are_forgotten_and_those_in_use_kept(
    people: People, clock: SetClock
) -> None:
    """A second before it all is known; a plan that somebody took up again counts from then on, and
    what waits for its approver or its order is as it was handed in."""
    an_approved_supplier(people)
    goods, budget = ((a_listing(people).id, 1),), a_budget(people)
    waiting = submitted(people, a_plan(people, goods, budget=budget))
    agreed = approved(people, a_plan(people, goods, budget=budget))
    off, draft, taken_up = (with_list(people, budget) for _ in range(3))
    with people.runtime.work(people.actor("union_buyer")) as w:
        service.cancel(w, off.id)
    whole, kept = listed(people, draft), listed(people, waiting)
    assert {address for _, _, address in whole} == {"示例路 9 号"}
    clock.advance(days=people.runtime.tools.config.address_days, seconds=-1)
    take(people, taken_up.id)
    sweep(people.runtime, HOURLY)
    assert (forgotten(people), listed(people, off)) == ([], whole)
    clock.advance(hours=1)
    assert sweep(people.runtime, HOURLY)
    assert listed(people, off) == {("E0000", None, ""), ("E0001", None, "")}
    assert (listed(people, draft), listed(people, taken_up)) == (set(), whole)
    assert listed(people, waiting) == listed(people, agreed) == kept
    once = [("forget_list", draft.id), ("forget_recipients", off.id)]
    assert forgotten(people) == once
    clock.advance(days=people.runtime.tools.config.address_days)
    assert sweep(people.runtime, HOURLY)
    assert forgotten(people) == sorted([*once, ("forget_list", taken_up.id)])
    take(people, draft.id)  # brought anew
    assert listed(people, draft) == whole
    with people.runtime.reading() as session:
        assert list(queries.faults(session)) == []


def test_a_draft_whose_list_was_forgotten_is_not_handed_in_without_one(
    people: People, clock: SetClock
) -> None:
    plan = a_plan(people)
    clock.advance(days=people.runtime.tools.config.address_days)
    assert sweep(people.runtime, HOURLY)
    with (
        pytest.raises(Refused, match="plan_without_people"),
        people.runtime.work(people.actor("union_buyer")) as w,
    ):
        service.submit(w, plan.id)
