"""Approving, returning, changing, giving up and ordering the same thing at the same moment."""

from __future__ import annotations

import itertools
import uuid

from sqlalchemy import select

from marketplace.catalog import service as catalog
from marketplace.catalog.models import Listing
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from marketplace.orders import service as orders
from marketplace.orders.models import Order, OrderLine
from marketplace.purchasing import queries, service
from marketplace.purchasing.models import Plan
from marketplace.purchasing.states import PlanState
from marketplace.suppliers import queries as supplier_queries
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.states import PaperKind, SupplierState
from marketplace.work import Work
from marketplace.work.models import TrailEntry
from tests.fixtures import People
from tests.makers.catalog import a_listing, some_goods
from tests.makers.orders import a_placement, an_address
from tests.makers.purchasing import a_plan, submitted
from tests.makers.suppliers import (
    a_paper,
    a_submitted_supplier,
    an_application,
    an_approved_supplier,
)
from tests.makers.unions import a_budget
from tests.races.storm import all_is_well, at_once, doing, in_any_order

ROUNDS = 8


def the_plan(people: People, plan: Plan) -> queries.Dossier:
    with people.runtime.reading() as session:
        actor = people.actor("union_buyer")
        return queries.dossier(session, actor, plan.id, people.runtime.clock.now())


def trail(people: People, *verbs: str) -> list[TrailEntry]:
    with people.runtime.reading() as session:
        asked = select(TrailEntry).where(TrailEntry.verb.in_(verbs)).order_by(TrailEntry.number)
        return list(session.scalars(asked))


def test_one_outcome_of_an_approval_storm_and_what_is_ordered_was_approved(people: People) -> None:
    """P15, P35: approve, return, edit, cancel and order together; the hash that was approved is
    the hash of what was ordered."""
    budget = a_budget(people, amount=Money(900_000_00))
    plan = a_plan(people, budget=budget, count=3)
    melon = the_plan(people, plan).lines[0].listing
    for place in range(ROUNDS):
        buyer, approver = people.actor("union_buyer"), people.actor("union_approver")
        plan = a_plan(people, ((melon.id, 1),), budget=budget, count=3)
        submitted(people, plan)
        verbs = [
            doing(people, approver, service.approve, plan.id),
            doing(people, approver, service.send_back, plan.id, "示例：再看看"),
            doing(people, buyer, service.set_lines, plan.id, [(melon.id, 2)]),
            doing(people, buyer, service.submit, plan.id),
            doing(people, buyer, service.order, plan.id),
            doing(people, buyer, service.order, plan.id),
        ]
        if place % 2:
            verbs.append(doing(people, buyer, service.cancel, plan.id))
        in_any_order(verbs, place)
        found = the_plan(people, plan)
        _agrees(people, found)
    all_is_well(people)


def _agrees(people: People, found: queries.Dossier) -> None:
    """The plan as it stands now is one of the outcomes that could have come one by one."""
    plan = found.plan
    steps = [
        (entry.verb, entry.to_state)
        for entry in trail(people, "submit", "approve", "return", "order", "cancel")
        if entry.subject_id == plan.id
    ]
    assert [state for _, state in steps][-1] == plan.state
    assert [verb for verb, _ in steps].count("order") == (plan.state is PlanState.ORDERED)
    for (_, before), (verb, _) in itertools.pairwise(steps):
        assert before in service.PLAN.steps[verb].sources
    if plan.state in {PlanState.APPROVED, PlanState.ORDERED}:
        assert plan.approved_hash == plan.content_hash == found.content_hash
        assert plan.approved_by != plan.requested_by
    if plan.state is PlanState.ORDERED:
        with people.runtime.reading() as session:
            rows = session.execute(
                select(OrderLine.listing_id, OrderLine.quantity)
                .join(Order, Order.id == OrderLine.order_id)
                .where(Order.purchase_id == plan.purchase_id)
            ).all()
        people_count = len(found.recipients)
        wanted = [(r.line.listing_id, r.line.pieces_each * people_count) for r in found.lines]
        assert [tuple(row) for row in rows] == wanted


def test_nobody_approves_his_own_plan_however_many_hats_and_tabs(people: People) -> None:
    """P15: buyer and approver in one person, eight tabs at once."""
    plan = a_plan(people)
    submitted(people, plan)
    both = people.both("union_buyer", "union_approver")
    outcomes = at_once(*[doing(people, both, service.approve, plan.id)] * 8)
    assert outcomes == ["same_person"] * 8


def test_two_approvers_decide_once(people: People) -> None:
    """P15: decided once; the second is told the state in which it is now."""
    plan = a_plan(people)
    submitted(people, plan)
    approver = people.actor("union_approver")
    another = Actor("host-1", "示例审批", approver.grants)
    outcomes = at_once(
        *[doing(people, who, service.approve, plan.id) for who in (approver, another) * 3]
    )
    assert sorted(outcomes) == ["done", *["wrong_state"] * 5]
    assert len(trail(people, "approve")) == 3  # supplier, listing and, once, the plan


def approve_supplier(w: Work, supplier_id: uuid.UUID) -> None:
    """A reviewer who looks and decides at once, as the first or the second of two."""
    found = supplier_queries.dossier(w.session, w.actor, supplier_id, w.now)
    is_checked = found.supplier.state is SupplierState.CHECKED
    (suppliers.approve if is_checked else suppliers.check)(w, supplier_id, found.seen)


def approve_good(w: Work, listing_id: uuid.UUID) -> None:
    catalog.approve(w, listing_id, w.session.get_one(Listing, listing_id).fingerprint)


def test_a_supplier_storm_leaves_no_paper_accepted_that_nobody_looked_at(people: People) -> None:
    """P15, P16: approve, return, hand in, revise, suspend and restore together."""
    supplier = a_submitted_supplier(people)
    staff, one, other = (people.actor(n) for n in ("supplier", "reviewer", "second_reviewer"))
    verbs = [
        doing(people, one, approve_supplier, supplier.id),
        doing(people, other, approve_supplier, supplier.id),
        doing(people, one, suppliers.send_back, supplier.id, "示例"),
        doing(people, other, suppliers.suspend, supplier.id, "示例"),
        doing(people, one, suppliers.restore, supplier.id, "示例"),
        doing(people, staff, suppliers.revise, supplier.id, an_application(story="示例")),
        doing(people, staff, suppliers.hand_in, supplier.id, a_paper(PaperKind.FOOD_PRODUCTION)),
        doing(people, staff, suppliers.submit, supplier.id),
    ]
    for place in range(ROUNDS):
        in_any_order(verbs, place)
        steps = [
            entry
            for entry in trail(people, "submit", "check", "approve", "return", "suspend", "restore")
            if entry.subject_kind == "Supplier"
        ]
        for before, after in itertools.pairwise(steps):
            assert before.to_state == after.from_state
        with people.runtime.reading() as session:
            assert session.get_one(Supplier, supplier.id).state == steps[-1].to_state
    _papers_were_handed_in_before_they_were_decided(people, supplier.id)


def _papers_were_handed_in_before_they_were_decided(people: People, supplier_id: uuid.UUID) -> None:
    """No paper came in between a submission and the decision on it."""
    is_looked_at = False
    for entry in trail(people, "hand_in", "submit", "approve", "return"):
        if entry.subject_kind == "Supplier":
            is_looked_at = entry.verb == "submit"
        elif entry.verb == "hand_in":
            assert not is_looked_at, "a paper was slipped under the reviewer's hand"


def test_what_is_ordered_was_on_sale_and_its_supplier_in_force_when_it_was_held(
    people: People,
) -> None:
    """P16, P35: withdrawn, revised, approved again, suspended and restored while people buy; the
    order of the trail tells that each piece was held while the good might be bought."""
    supplier = an_approved_supplier(people)
    melon = a_listing(people, stock=1000)
    staff, one, other = (people.actor(n) for n in ("supplier", "reviewer", "second_reviewer"))
    home = an_address(people)
    changes = [some_goods(title=f"示例 伽师瓜 {n}") for n in range(ROUNDS)]
    for place, words in enumerate(changes):
        storm = (
            [
                doing(people, staff, catalog.revise, melon.id, words),
                doing(people, staff, catalog.submit, melon.id),
                doing(people, one, approve_good, melon.id),
                doing(people, other, catalog.withdraw, melon.id),
            ]
            if place % 2
            else [
                doing(people, one, suppliers.suspend, supplier.id, "示例"),
                doing(people, other, suppliers.restore, supplier.id, "示例"),
            ]
        )
        buying = [
            doing(people, people.actor("employee"), orders.place, a_placement(home, melon))
            for _ in range(6)
        ]
        in_any_order([*storm, *buying], place)
        _put_on_sale_again(people, melon, supplier)
        doing(people, people.actor("employee"), orders.place, a_placement(home, melon))()
    _held_only_while_on_sale(people, melon, supplier)
    all_is_well(people)


def _put_on_sale_again(people: People, melon: Listing, supplier: Supplier) -> None:
    staff, reviewer = people.actor("supplier"), people.actor("reviewer")
    with people.runtime.reading() as session:
        state = session.get_one(Supplier, supplier.id).state
        listing = session.get_one(Listing, melon.id).state
    if state is SupplierState.SUSPENDED:
        doing(people, reviewer, suppliers.restore, supplier.id, "示例")()
    if listing in {"withdrawn"}:
        doing(people, staff, catalog.revise, melon.id, some_goods())()
    if listing in {"withdrawn", "draft"}:
        doing(people, staff, catalog.submit, melon.id)()
    if listing != "on_sale":
        doing(people, reviewer, approve_good, melon.id)()


def _held_only_while_on_sale(people: People, melon: Listing, supplier: Supplier) -> None:
    """Walk the trail: the title that was sold is that of the version on sale at that row."""
    states = {melon.id: "on_sale", supplier.id: "approved"}
    held = 0
    for entry in trail(
        people, "revise", "submit", "approve", "withdraw", "suspend", "restore", "hold"
    ):
        if entry.verb == "hold":
            held += 1
            assert states == {melon.id: "on_sale", supplier.id: "approved"}, entry.number
        elif entry.subject_id in states and entry.to_state:
            states[entry.subject_id] = entry.to_state
    assert held >= ROUNDS
