"""Who a supplier is, is locked: a change is proposed; the old facts stand until it is decided."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts import service as accounts
from marketplace.desk.models import ReviewTask
from marketplace.kernel.actor import Actor, Role
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused, SamePerson, WrongState
from marketplace.suppliers import queries, service
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.states import EntityChangeState, SupplierKind
from marketplace.work import trail
from marketplace.work.models import TrailEntry
from tests.fixtures import People
from tests.makers.onboarding import a_change, a_colleague, another_name, person_id
from tests.makers.suppliers import a_credit_code, a_draft_supplier, an_approved_supplier

OLD, NEW = "示例合作社1", "示例新名合作社1"


def name_now(people: People, supplier: Supplier) -> str:
    with people.runtime.reading() as session:
        return session.get_one(Supplier, supplier.id).legal_name


def test_the_old_facts_stand_until_a_reviewer_has_approved(people: People) -> None:
    supplier = an_approved_supplier(people)
    change = a_change(people, supplier)
    assert name_now(people, supplier) == OLD
    with people.runtime.work(people.actor("reviewer")) as w:
        service.approve_change(w, change.id)
    assert name_now(people, supplier) == NEW


def test_a_change_shows_old_beside_new(people: People) -> None:
    change = a_change(people, an_approved_supplier(people))
    told = {one.field: (one.before, one.after) for one in queries.differences(change)}
    assert told["legal_name"] == (OLD, NEW)
    assert told["kind"] == (SupplierKind.COOPERATIVE, SupplierKind.COOPERATIVE)
    assert [one.field for one in queries.differences(change) if one.differs] == ["legal_name"]


def test_a_refused_change_changes_nothing_and_says_why(people: People) -> None:
    supplier = an_approved_supplier(people)
    change = a_change(people, supplier)
    with (
        pytest.raises(Invalid, match="note_missing"),
        people.runtime.work(people.actor("reviewer")) as w,
    ):
        service.refuse_change(w, change.id, " ")
    with people.runtime.work(people.actor("reviewer")) as w:
        refused = service.refuse_change(w, change.id, "新执照还没有上传。")
        assert (refused.state, refused.note) == (EntityChangeState.REFUSED, "新执照还没有上传。")
    assert name_now(people, supplier) == OLD


def test_a_change_lies_on_the_desk_until_it_is_decided(people: People) -> None:
    supplier = an_approved_supplier(people)
    change = a_change(people, supplier)

    def waits() -> bool:
        asked = select(ReviewTask.id).where(
            ReviewTask.subject_id == change.id, ReviewTask.closed_at.is_(None)
        )
        with people.runtime.reading() as session:
            return session.scalar(asked) is not None

    assert waits()
    with people.runtime.work(people.actor("supplier")) as w:
        service.withdraw_change(w, change.id)
    assert not waits()
    assert name_now(people, supplier) == OLD


def test_whoever_proposed_a_change_does_not_decide_it(people: People) -> None:
    """P15: nor anybody else of the supplier."""
    supplier = an_approved_supplier(people)
    change = a_change(people, supplier)
    for name in ("supplier", a_colleague(people)):
        both = people.both(name, "reviewer")
        with pytest.raises(SamePerson), people.runtime.work(both) as w:
            service.approve_change(w, change.id)


def test_whoever_proposed_a_change_and_is_a_reviewer_since_does_not_decide_it(
    people: People,
) -> None:
    """P15: also when they are of the supplier no more."""
    supplier = an_approved_supplier(people)
    other = a_colleague(people, role=Role.SUPPLIER_OWNER)
    change = a_change(people, supplier, other)
    since = Actor(people.ids[other], "示例", people.actor("reviewer").grants)
    with pytest.raises(SamePerson), people.runtime.work(since) as w:
        service.approve_change(w, change.id)


def test_a_change_is_decided_once(people: People) -> None:
    """P15: the second decision meets the state of the first."""
    change = a_change(people, an_approved_supplier(people))
    with people.runtime.work(people.actor("reviewer")) as w:
        service.refuse_change(w, change.id, "示例")
    with pytest.raises(WrongState), people.runtime.work(people.actor("reviewer")) as w:
        service.approve_change(w, change.id)


def test_a_draft_is_corrected_and_needs_no_change(people: People) -> None:
    with pytest.raises(WrongState):
        a_change(people, a_draft_supplier(people))


def test_only_an_owner_proposes_a_change(people: People) -> None:
    supplier = an_approved_supplier(people)
    with pytest.raises(Forbidden):
        a_change(people, supplier, a_colleague(people))
    an_approved_supplier(people, "second_supplier", 2)
    with pytest.raises(Missing):
        a_change(people, supplier, "second_supplier")


def test_one_change_waits_at_a_time(people: People) -> None:
    supplier = an_approved_supplier(people)
    a_change(people, supplier)
    with pytest.raises(Refused, match="change_waits"):
        a_change(people, supplier)


def test_a_code_that_another_took_meanwhile_is_not_approved(people: People) -> None:
    supplier = an_approved_supplier(people)
    said = another_name(credit_code=a_credit_code(77))
    with people.runtime.work(people.actor("supplier")) as w:
        change = service.propose_change(w, supplier.id, said, "示例")
    an_approved_supplier(people, "second_supplier", 77)
    with (
        pytest.raises(Refused, match="credit_code_taken"),
        people.runtime.work(people.actor("reviewer")) as w,
    ):
        service.approve_change(w, change.id)


def test_nothing_that_is_the_same_is_proposed(people: People) -> None:
    supplier = an_approved_supplier(people)
    said = another_name(legal_name=OLD)
    with (
        pytest.raises(Refused, match="change_of_nothing"),
        people.runtime.work(people.actor("supplier")) as w,
    ):
        service.propose_change(w, supplier.id, said, "示例")


def test_old_and_new_stand_on_the_trail(people: People) -> None:
    """P29: proposed and approved, each with who did it."""
    change = a_change(people, an_approved_supplier(people))
    with people.runtime.work(people.actor("reviewer")) as w:
        service.approve_change(w, change.id)
    with people.runtime.reading() as session:
        asked = select(TrailEntry).where(TrailEntry.subject_id == change.id)
        told = session.scalars(asked.order_by(TrailEntry.number)).all()
        assert list(trail.faults(session)) == []
    assert [(one.verb, one.actor) for one in told] == [
        ("propose", people.ids["supplier"]),
        ("approve", people.ids["reviewer"]),
    ]
    assert told[1].data["before"]["legal_name"] == OLD
    assert told[1].data["after"]["legal_name"] == NEW


def test_an_owner_who_was_let_go_proposes_nothing_more(people: People) -> None:
    """P20: the right is gone at the next request."""
    supplier = an_approved_supplier(people)
    other = a_colleague(people, role=Role.SUPPLIER_OWNER)
    office = min(people.actor(other).organisations(Role.SUPPLIER_OWNER))
    with people.runtime.work(people.actor("supplier")) as w:
        accounts.dismiss(w, office, person_id(people, other))
    with pytest.raises(Forbidden):
        a_change(people, supplier, other)


def test_the_page_shows_the_change_to_a_reviewer_with_its_verbs(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    supplier = an_approved_supplier(people)
    change = a_change(people, supplier)
    page = client_as("reviewer").get(f"/suppliers/{supplier.id}/changes").text
    assert f"<del>{OLD}</del>" in page
    assert f"<ins>{NEW}</ins>" in page
    assert f"/changes/{change.id}/approve" in page
    own = client_as("supplier").get(f"/suppliers/{supplier.id}/changes").text
    assert f"/changes/{change.id}/approve" not in own
    assert f"/changes/{change.id}/withdraw" in own
