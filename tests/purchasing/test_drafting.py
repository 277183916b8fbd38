"""Drafting: whose budget, whose address, which goods, which people."""

from __future__ import annotations

import uuid

import pytest

from marketplace.kernel.errors import Forbidden, Invalid, Missing, WrongState
from marketplace.kernel.money import ZERO, Money
from marketplace.orders import service as orders
from marketplace.purchasing import queries, service
from tests.fixtures import People
from tests.makers.catalog import a_draft_listing, a_listing
from tests.makers.orders import an_address
from tests.makers.purchasing import ADDRESS, a_people_sheet, a_plan, an_empty_plan, submitted
from tests.makers.suppliers import an_approved_supplier
from tests.makers.unions import a_budget


def count(people: People, plan_id: uuid.UUID) -> int:
    with people.runtime.reading() as session:
        return len(queries.recipients(session, plan_id))


def test_a_plan_begins_in_the_hands_of_its_buyer(people: People) -> None:
    plan = an_empty_plan(people)
    assert plan.requested_by == people.ids["union_buyer"]
    with people.runtime.reading() as session:
        found = queries.plan(session, people.actor("union_buyer"), plan.id)
    assert (found.state, found.submissions) == ("draft", 0)


@pytest.mark.parametrize("name", ["union_approver", "union_treasurer"])
def test_only_a_buyer_drafts(people: People, name: str) -> None:
    budget = a_budget(people)
    with pytest.raises(Forbidden), people.runtime.work(people.actor(name)) as w:
        service.draft(w, service.NewPlan("x", budget.id, Money(1), ADDRESS))


def test_an_approver_with_an_address_of_his_own_drafts_nothing(people: People) -> None:
    """P15: whoever approves is not whoever asks, also where he buys for himself."""
    budget, address = a_budget(people), an_address(people)
    both = people.both("employee", "union_approver")
    with pytest.raises(Forbidden), people.runtime.work(both) as w:
        service.draft(w, service.NewPlan("x", budget.id, Money(1), address.id))


def test_the_budget_of_a_strangers_union_is_missing(people: People) -> None:
    budget = a_budget(people)
    with pytest.raises(Missing), people.runtime.work(people.actor("employee")) as w:
        service.draft(w, service.NewPlan("x", budget.id, Money(1), ADDRESS))


def test_a_strangers_address_is_missing(people: People) -> None:
    budget = a_budget(people)
    with people.runtime.work(people.actor("employee")) as w:
        address = orders.add_address(w, ADDRESS)
    with pytest.raises(Missing), people.runtime.work(people.actor("union_buyer")) as w:
        service.draft(w, service.NewPlan("x", budget.id, Money(1), address.id))


@pytest.mark.parametrize("fen", [0, -1, 10**6 + 1, 10**20])
def test_a_ceiling_that_cannot_be_is_refused(people: People, fen: int) -> None:
    with pytest.raises(Invalid, match="plan_per_person"):
        an_empty_plan(people, per_person=Money(fen))


@pytest.mark.parametrize("pieces", [-1, 0, 10_000, 10**18])
def test_pieces_that_cannot_be_are_refused(people: People, pieces: int) -> None:
    an_approved_supplier(people)
    listing = a_listing(people)
    plan = an_empty_plan(people)
    buyer = people.actor("union_buyer")
    with pytest.raises(Invalid, match="plan_pieces"), people.runtime.work(buyer) as w:
        service.put_line(w, plan.id, listing.id, pieces)


def test_goods_that_are_not_for_sale_cannot_be_chosen(people: People) -> None:
    an_approved_supplier(people)
    listing = a_draft_listing(people)
    plan = an_empty_plan(people)
    with pytest.raises(Missing), people.runtime.work(people.actor("union_buyer")) as w:
        service.put_line(w, plan.id, listing.id, 1)


def test_a_good_put_twice_stands_once(people: People) -> None:
    plan = a_plan(people)
    with people.runtime.work(people.actor("union_buyer")) as w:
        (row,) = queries.lines(w.session, plan.id, w.now)
        service.put_line(w, plan.id, row.listing.id, 5)
        (again,) = queries.lines(w.session, plan.id, w.now)
        assert again.line.pieces_each == 5
        service.remove_line(w, plan.id, row.listing.id)
        assert queries.lines(w.session, plan.id, w.now) == ()


def test_a_new_list_replaces_the_old_one(people: People) -> None:
    plan = a_plan(people)
    with people.runtime.work(people.actor("union_buyer")) as w:
        assert service.set_recipients(w, plan.id, a_people_sheet(4)) == service.PeopleTaken(4)
    assert count(people, plan.id) == 4


@pytest.mark.parametrize(
    "sheet",
    [
        "姓名,手机号\n示例甲,13912345678\n示例乙,123\n".encode(),
        "姓名,手机号\n示例甲,13912345678\n示例乙,13912345678\n".encode(),
        "姓名\n示例甲\n".encode(),
        b"",
        b"\x00\xff\xfe\x01",
    ],
    ids=["bad mobile", "mobile twice", "no mobile", "empty", "not text"],
)
def test_a_list_with_problems_changes_nothing(people: People, sheet: bytes) -> None:
    plan = a_plan(people, count=3)
    buyer = people.actor("union_buyer")
    with pytest.raises(service.PeopleRefused) as refusal, people.runtime.work(buyer) as w:
        service.set_recipients(w, plan.id, sheet)
    assert refusal.value.problems
    assert count(people, plan.id) == 3


def test_a_submitted_plan_stays_as_it_is(people: People) -> None:
    plan = submitted(people, a_plan(people))
    with pytest.raises(WrongState), people.runtime.work(people.actor("union_buyer")) as w:
        service.set_recipients(w, plan.id, a_people_sheet(1))


def test_sums_are_those_of_goods_and_people(people: People) -> None:
    plan = a_plan(people)
    with people.runtime.work(people.actor("union_buyer")) as w:
        found = queries.dossier(w.session, w.actor, plan.id, w.now)
    assert found.cost.total == Money(30 * 118_00)
    assert found.cost.freight == ZERO
    assert found.balance_before - found.balance_after == found.total
    assert not found.has_changed
