"""An accepted paper that is found wrong counts no longer, on the record."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from sqlalchemy import select

from marketplace.catalog import queries as catalog
from marketplace.catalog import service as goods
from marketplace.catalog.models import Listing
from marketplace.kernel.errors import Forbidden, Invalid, SamePerson, WrongState
from marketplace.suppliers import queries, service
from marketplace.suppliers.models import Paper, Supplier
from marketplace.suppliers.states import PaperKind, PaperState
from marketplace.work.models import TrailEntry
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.onboarding import a_colleague
from tests.makers.suppliers import a_paper, an_approved_supplier

REASON = "示例：发证机关已注销"


@pytest.fixture
def supplier(people: People) -> Supplier:
    return an_approved_supplier(people)


def the_report(people: People, supplier: Supplier) -> uuid.UUID:
    with people.runtime.reading() as session:
        asked = select(Paper.id).where(Paper.supplier_id == supplier.id)
        return session.scalars(asked.where(Paper.kind == PaperKind.INSPECTION_REPORT)).one()


def revoke(people: People, paper_id: uuid.UUID, who: str = "reviewer", note: str = REASON) -> Paper:
    with people.runtime.work(people.actor(who)) as w:
        return service.revoke_paper(w, paper_id, note)


def sells(people: People, supplier: Supplier) -> bool:
    with people.runtime.reading() as session:
        return queries.sells(session, supplier.id, people.runtime.clock.now())


def faults(people: People) -> list[str]:
    with people.runtime.reading() as session:
        return [*queries.standing_faults(session), *catalog.gate_faults(session)]


def test_whoever_handed_a_paper_in_does_not_accept_it_in_a_later_job(
    people: People, supplier: Supplier
) -> None:
    """P15: a colleague had handed the application in."""
    name = a_colleague(people)
    with people.runtime.work(people.actor(name)) as w:
        paper = service.hand_in(w, supplier.id, a_paper(PaperKind.FOOD_PRODUCTION))
    changed_sides = replace(people.actor("reviewer"), person_id=people.ids[name])
    with pytest.raises(SamePerson), people.runtime.work(changed_sides) as w:
        service.accept_paper(w, paper.id)
    with pytest.raises(SamePerson), people.runtime.work(changed_sides) as w:
        service.refuse_paper(w, paper.id, REASON)


def test_a_revoked_paper_shuts_the_gate_and_stays_on_the_record(
    people: People, supplier: Supplier
) -> None:
    report = the_report(people, supplier)
    for who, fault in (("supplier", Forbidden), ("manager", Forbidden)):
        with pytest.raises(fault):
            revoke(people, report, who)
    with pytest.raises(Invalid, match="note_missing"):
        revoke(people, report, note=" ")
    assert sells(people, supplier), "nothing half-done"
    gone = revoke(people, report)
    assert (gone.state, gone.note, gone.decided_by) == (
        PaperState.REVOKED, REASON, people.ids["reviewer"],
    )  # fmt: skip  # one row
    assert not sells(people, supplier)
    with people.runtime.reading() as session:
        asked = select(TrailEntry).where(TrailEntry.subject_id == report)
        verbs = [one.verb for one in session.scalars(asked.order_by(TrailEntry.number))]
        found = queries.readiness(session, supplier, people.runtime.clock.now())
    assert verbs == ["hand_in", "accept", "revoke"]
    assert [(step.todo, step.note) for step in found.steps] == [(queries.Todo.CORRECT, REASON)]
    with pytest.raises(WrongState):
        revoke(people, report)
    with people.runtime.work() as w:
        goods.reckon_supplier(w, supplier.id)
    assert faults(people) == []
    assert not sells(people, supplier), "reckoned anew it is the same"


def test_only_a_new_submission_undoes_it_and_not_by_who_handed_it_in(
    people: People, supplier: Supplier
) -> None:
    report = the_report(people, supplier)
    revoke(people, report)
    again = a_paper(PaperKind.INSPECTION_REPORT, number="示例 9", corrects_id=report)
    with people.runtime.work(people.actor("supplier")) as w:
        handed_in = service.hand_in(w, supplier.id, again).id
    with pytest.raises(WrongState):
        revoke(people, handed_in)  # it waits: it can be refused
    both = people.both("supplier", "reviewer")
    with people.runtime.work(people.actor("reviewer")) as w:
        service.accept_paper(w, handed_in)
    assert sells(people, supplier)
    with pytest.raises(SamePerson), people.runtime.work(both) as w:
        service.revoke_paper(w, handed_in, REASON)
    with people.runtime.reading() as session:
        assert session.get_one(Paper, report).state is PaperState.REVOKED


def test_while_its_supplier_is_suspended_too(people: People, supplier: Supplier) -> None:
    with people.runtime.work(people.actor("reviewer")) as w:
        service.suspend(w, supplier.id, "示例")
    revoke(people, the_report(people, supplier))
    with people.runtime.work(people.actor("reviewer")) as w:
        service.restore(w, supplier.id, "示例")
    assert not sells(people, supplier)


def test_goods_whose_own_paper_is_revoked_stand_with_the_others_again(
    people: People, supplier: Supplier
) -> None:
    melon = a_listing(people)
    own = a_paper(PaperKind.INSPECTION_REPORT, number="示例 7", goods_id=melon.id)
    with people.runtime.work(people.actor("supplier")) as w:
        handed_in = service.hand_in(w, supplier.id, own).id
    with people.runtime.work(people.actor("reviewer")) as w:
        service.accept_paper(w, handed_in)
    revoke(people, handed_in)
    with people.runtime.reading() as session:
        assert session.get_one(Listing, melon.id).standing == melon.standing
    assert faults(people) == []
