"""Reviewers at the same moment: a task is one's alone, and a decision falls once."""

from __future__ import annotations

from sqlalchemy import func, select

from marketplace.accounts.models import Notice
from marketplace.catalog import service as catalog
from marketplace.desk import queries, service
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers import service as suppliers
from marketplace.work.models import TrailEntry
from tests.fixtures import People
from tests.makers.catalog import a_submitted_listing
from tests.makers.suppliers import a_submitted_supplier, an_approved_supplier, seen
from tests.races.storm import all_is_well, at_once, doing


def test_of_eight_who_claim_at_once_only_one_reviewer_gets_the_task(people: People) -> None:
    """P15: two reviewers never collide."""
    an_approved_supplier(people)
    listing = a_submitted_listing(people)
    with people.runtime.reading() as session:
        task = queries.open_task(session, ReviewKind.LISTING, listing.id)
    assert task is not None
    both = [people.actor(name) for name in ("reviewer", "second_reviewer")]
    outcomes = at_once(*[doing(people, who, service.claim, task.id) for who in both * 4])
    assert sorted(outcomes) == [*["done"] * 4, *["task_claimed"] * 4]
    all_is_well(people)


def test_a_claim_and_a_decision_of_another_at_once_leave_one_of_them(people: People) -> None:
    """P15: either the task was claimed and the decision is refused, or it was decided."""
    an_approved_supplier(people)
    one, other = (people.actor(name) for name in ("reviewer", "second_reviewer"))
    for number in range(4):
        listing = a_submitted_listing(people, sku=f"R-{number}")
        with people.runtime.reading() as session:
            task = queries.open_task(session, ReviewKind.LISTING, listing.id)
        assert task is not None
        outcomes = at_once(
            doing(people, one, service.claim, task.id),
            doing(people, other, catalog.send_back, listing.id, "示例"),
        )
        assert outcomes in (["done", "task_claimed"], ["task_closed", "done"])
    all_is_well(people)


def test_two_who_check_at_once_check_once_and_are_told_of_once(people: People) -> None:
    """P15: one trail row, one notice."""
    supplier = a_submitted_supplier(people)
    with people.runtime.work() as w:
        shown = seen(w, supplier)
    both = [people.actor(name) for name in ("reviewer", "second_reviewer")]
    outcomes = at_once(
        *[doing(people, who, suppliers.check, supplier.id, shown) for who in both * 3]
    )
    assert sorted(outcomes) == ["done", *["wrong_state"] * 5]
    with people.runtime.reading() as session:
        checks = select(func.count()).where(TrailEntry.verb == "check")
        assert session.scalar(checks) == 1
        assert session.scalar(select(func.count(Notice.id))) == 1
    all_is_well(people)
