"""Tasks follow what they are about, and each is the work of one reviewer at a time."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from marketplace.catalog import service as goods
from marketplace.catalog.models import Batch, Listing
from marketplace.catalog.states import BatchState, ListingState
from marketplace.desk import queries, service
from marketplace.desk.models import ReviewTask
from marketplace.desk.rules import USUAL, priority_of
from marketplace.desk.service import Claimed
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Forbidden, MarketplaceError, Refused, SamePerson
from marketplace.kernel.reviews import ReviewKind
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.states import PaperKind
from marketplace.work.models import TrailEntry
from tests.fixtures import People
from tests.makers.batches import a_batch
from tests.makers.catalog import a_draft_listing, a_sheet, a_submitted_listing, some_goods
from tests.makers.onboarding import a_change
from tests.makers.suppliers import (
    a_checked_supplier,
    a_paper,
    a_submitted_supplier,
    a_waiver,
    an_approved_supplier,
    seen,
)

K = ReviewKind


@pytest.fixture(autouse=True)
def _the_desk_agrees_with_the_shop(people: People):  # type: ignore[no-untyped-def]
    """After every test: what waits has one task, and nothing else has."""
    yield
    with people.runtime.reading() as session:
        assert list(queries.faults(session, people.runtime.clock.now())) == []


def on_the_desk(people: People) -> set[tuple[ReviewKind, UUID]]:
    with people.runtime.reading() as session:
        found = session.scalars(select(ReviewTask).where(ReviewTask.closed_at.is_(None)))
        return {(one.kind, one.subject_id) for one in found}


def the_task(people: People, kind: ReviewKind, subject_id: UUID) -> ReviewTask:
    with people.runtime.reading() as session:
        found = queries.open_task(session, kind, subject_id)
    assert found is not None
    return found


def test_an_application_lies_on_the_desk_for_each_of_the_two_persons(people: People) -> None:
    supplier = a_submitted_supplier(people)
    assert on_the_desk(people) == {(K.SUPPLIER, supplier.id)}
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.check(w, supplier.id, seen(w, supplier))
    assert on_the_desk(people) == {(K.SUPPLIER_SECOND, supplier.id)}
    assert the_task(people, K.SUPPLIER_SECOND, supplier.id).not_by == people.ids["reviewer"]
    with people.runtime.work(people.actor("second_reviewer")) as w:
        suppliers.approve(w, supplier.id, seen(w, supplier))
    assert on_the_desk(people) == set()


@pytest.mark.parametrize("checked", [False, True])
def test_a_returned_application_leaves_the_desk_and_comes_back(
    people: People, checked: bool
) -> None:
    supplier = a_checked_supplier(people) if checked else a_submitted_supplier(people)
    with people.runtime.work(people.actor("second_reviewer")) as w:
        suppliers.send_back(w, supplier.id, "示例")
    assert on_the_desk(people) == set()
    with people.runtime.work(people.actor("supplier")) as w:
        suppliers.submit(w, supplier.id)
    assert on_the_desk(people) == {(K.SUPPLIER, supplier.id)}
    with people.runtime.reading() as session:
        told = {task.outcome for task in queries.tasks_of(session, supplier.id)}
    assert told == {None, "returned"} | ({"checked"} if checked else set())


def test_papers_wait_with_the_application_and_then_by_themselves(people: People) -> None:
    supplier = an_approved_supplier(people)
    assert on_the_desk(people) == set()
    with people.runtime.work(people.actor("supplier")) as w:
        paper = suppliers.hand_in(w, supplier.id, a_paper(PaperKind.FOOD_PRODUCTION))
    assert on_the_desk(people) == {(K.PAPER, paper.id)}
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.suspend(w, supplier.id, "示例")
    assert on_the_desk(people) == set()
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.restore(w, supplier.id, "示例")
    assert on_the_desk(people) == {(K.PAPER, paper.id)}
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.accept_paper(w, paper.id)
    assert on_the_desk(people) == set()


@pytest.mark.parametrize("end", ["approve", "return", "withdraw", "revise", "taken_down"])
def test_a_good_leaves_the_desk_however_its_waiting_ends(people: People, end: str) -> None:
    an_approved_supplier(people)
    listing = a_submitted_listing(people)
    assert on_the_desk(people) == {(K.LISTING, listing.id)}
    is_staff = end in {"withdraw", "revise"}
    with people.runtime.work(people.actor("supplier" if is_staff else "reviewer")) as w:
        if end == "revise":
            goods.revise(w, listing.id, some_goods(title="示例 另一种"))
        else:
            verb = "withdraw" if end == "taken_down" else end
            goods.use(w, listing.id, verb, note="示例", seen=listing.fingerprint)
    assert on_the_desk(people) == set()


def test_a_sheet_that_changes_what_waits_takes_it_off_the_desk(people: People) -> None:
    supplier = an_approved_supplier(people)
    a_submitted_listing(people, sku="SL-0001")
    with people.runtime.work(people.actor("supplier")) as w:
        goods.import_sheet(w, supplier.id, a_sheet({"品名": "示例 另一种"}), "商品.csv")
    assert on_the_desk(people) == set()


def test_what_is_rolled_back_was_never_on_the_desk(people: People) -> None:
    an_approved_supplier(people)
    draft = a_draft_listing(people)
    with pytest.raises(RuntimeError), people.runtime.work(people.actor("supplier")) as w:
        goods.submit(w, draft.id)
        raise RuntimeError
    assert on_the_desk(people) == set()


def test_a_county_of_the_green_channel_goes_first(people: People, clock: SetClock) -> None:
    """绿色通道 is data: the lists, since when, and by whose word."""
    first = a_submitted_supplier(people)  # 伽师县: 三区三州
    assert the_task(people, K.SUPPLIER, first.id).priority < USUAL
    today = clock.now().date()
    assert priority_of(["832"], today) == USUAL
    assert priority_of(["832", "three-regions"], today) < USUAL
    assert priority_of(["three-regions"], today.replace(year=2019)) == USUAL


def test_a_claimed_task_is_one_reviewers_alone_until_its_time_ends(
    people: People, clock: SetClock
) -> None:
    an_approved_supplier(people)
    task = the_task(people, K.LISTING, a_submitted_listing(people).id)
    claimed = people.runtime.clock.now()
    with people.runtime.work(people.actor("reviewer")) as w:
        service.claim(w, task.id)
    with (
        pytest.raises(Claimed) as refusal,
        people.runtime.work(people.actor("second_reviewer")) as w,
    ):
        service.claim(w, task.id)
    assert refusal.value.data == {"who": "reviewer", "until": claimed + timedelta(minutes=30)}
    clock.advance(minutes=29)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.claim(w, task.id)  # again: it lengthens
    clock.advance(minutes=29)
    with pytest.raises(Claimed), people.runtime.work(people.actor("second_reviewer")) as w:
        service.claim(w, task.id)
    clock.advance(minutes=1)
    with people.runtime.work(people.actor("second_reviewer")) as w:
        assert service.claim(w, task.id).claimed_by == people.ids["second_reviewer"]


@pytest.mark.parametrize("verb", ["approve", "return", "withdraw"])
def test_nobody_decides_what_another_one_has_claimed(people: People, verb: str) -> None:
    """Failure 26: by whatever page or verb; nothing of the refused decision is kept."""
    an_approved_supplier(people)
    listing = a_submitted_listing(people)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.claim(w, the_task(people, K.LISTING, listing.id).id)
    decide = {"note": "示例", "seen": listing.fingerprint}
    with pytest.raises(Claimed), people.runtime.work(people.actor("second_reviewer")) as w:
        goods.use(w, listing.id, verb, **decide)
    assert on_the_desk(people) == {(K.LISTING, listing.id)}
    with people.runtime.reading() as session:
        told = session.scalars(select(TrailEntry.verb).where(TrailEntry.subject_id == listing.id))
        assert verb not in set(told)
    with people.runtime.work(people.actor("reviewer")) as w:
        goods.use(w, listing.id, verb, **decide)
    assert on_the_desk(people) == set()


def test_many_decisions_leave_out_what_another_one_has_claimed(people: People) -> None:
    an_approved_supplier(people)
    first, second = (a_submitted_listing(people, sku=sku, title="示例 瓜") for sku in "AB")
    tasks = [the_task(people, K.LISTING, one.id).id for one in (first, second)]
    with people.runtime.work(people.actor("reviewer")) as w:
        service.claim(w, tasks[0])
    with people.runtime.work(people.actor("second_reviewer")) as w:
        approved, refused = service.approve_many(w, dict.fromkeys(tasks, ""))
    assert [task.subject_id for task in approved] == [second.id]
    assert [(task.subject_id, fault.code) for task, fault in refused] == [
        (first.id, "task_claimed")
    ]
    assert the_task(people, K.LISTING, first.id).claimed_by == people.ids["reviewer"]


def test_its_supplier_takes_back_what_a_reviewer_has_claimed(people: People) -> None:
    an_approved_supplier(people)
    listing = a_submitted_listing(people)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.claim(w, the_task(people, K.LISTING, listing.id).id)
    with people.runtime.work(people.actor("supplier")) as w:
        goods.withdraw(w, listing.id)
    assert on_the_desk(people) == set()


def test_a_released_task_is_free_and_only_its_reviewer_releases_it(people: People) -> None:
    an_approved_supplier(people)
    task = the_task(people, K.LISTING, a_submitted_listing(people).id)
    with (
        pytest.raises(Refused, match="task_not_claimed"),
        people.runtime.work(people.actor("reviewer")) as w,
    ):
        service.release(w, task.id)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.claim(w, task.id)
    with pytest.raises(Claimed), people.runtime.work(people.actor("second_reviewer")) as w:
        service.release(w, task.id)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.release(w, task.id)
    with people.runtime.work(people.actor("second_reviewer")) as w:
        assert service.claim(w, task.id).claimed_name == "second_reviewer"


@pytest.mark.parametrize(
    ("name", "fault"), [("auditor", Forbidden), ("supplier", Forbidden), ("manager", Forbidden)]
)
def test_only_reviewers_claim(people: People, name: str, fault: type[MarketplaceError]) -> None:
    an_approved_supplier(people)
    task = the_task(people, K.LISTING, a_submitted_listing(people).id)
    with pytest.raises(fault), people.runtime.work(people.actor(name)) as w:
        service.claim(w, task.id)


def test_whoever_handed_in_or_checked_first_does_not_claim(people: People) -> None:
    supplier = a_checked_supplier(people)
    task = the_task(people, K.SUPPLIER_SECOND, supplier.id)
    with pytest.raises(SamePerson), people.runtime.work(people.actor("reviewer")) as w:
        service.claim(w, task.id)
    both = people.both("second_reviewer", "supplier")
    with pytest.raises(SamePerson), people.runtime.work(both) as w:  # of the supplier itself
        service.claim(w, task.id)


def test_a_decided_task_is_not_claimed(people: People) -> None:
    an_approved_supplier(people)
    listing = a_submitted_listing(people)
    task = the_task(people, K.LISTING, listing.id)
    with people.runtime.work(people.actor("reviewer")) as w:
        goods.approve(w, listing.id, listing.fingerprint)
    with (
        pytest.raises(Refused, match="task_closed"),
        people.runtime.work(people.actor("second_reviewer")) as w,
    ):
        service.claim(w, task.id)


def test_what_waited_before_there_were_tasks_is_put_on_the_desk(people: People) -> None:
    supplier = an_approved_supplier(people)
    listing = a_submitted_listing(people)
    other = a_submitted_supplier(people, "second_supplier", 2)
    with people.runtime.work(people.actor("supplier")) as w:
        paper = suppliers.hand_in(w, supplier.id, a_paper())
    waits = on_the_desk(people)
    assert waits == {(K.LISTING, listing.id), (K.SUPPLIER, other.id), (K.PAPER, paper.id)}
    with people.runtime.work() as w:
        w.session.execute(delete(ReviewTask))
    with people.runtime.reading() as session:
        assert len(list(queries.faults(session, people.runtime.clock.now()))) == 3
    with people.runtime.work() as w:
        assert service.fill(w) == 3
        assert service.fill(w) == 0
    assert on_the_desk(people) == waits


def test_changes_of_legal_facts_and_waivers_without_their_task_are_faults(people: People) -> None:
    """And an account that is decided and yet lies on the desk is one."""
    supplier = an_approved_supplier(people)
    change = a_change(people, supplier)
    with people.runtime.work(people.actor("reviewer")) as w:
        waiver = suppliers.propose_waiver(w, supplier.id, a_waiver(w.now))
    waits = on_the_desk(people)
    assert {(K.LEGAL_CHANGE, change.id), (K.WAIVER, waiver.id)} <= waits
    with people.runtime.work() as w:
        w.session.execute(delete(ReviewTask))
    with people.runtime.reading() as session:
        assert len(list(queries.faults(session, people.runtime.clock.now()))) == len(waits)
    with people.runtime.work() as w:
        assert service.fill(w) == len(waits)
        place = (supplier.id, supplier.id, supplier.county_code)
        service.open_task(w, queries.Waits(K.ACCOUNT, *place, "示例", "", w.now))
    with people.runtime.reading() as session:
        assert list(queries.faults(session, people.runtime.clock.now())) == [
            f"desk: account {supplier.id} has a task and does not wait"
        ]
    with people.runtime.work() as w:
        service.close(w, K.ACCOUNT, supplier.id, by=None, outcome="dropped")


def test_a_recall_waits_for_nobody_who_has_claimed_the_goods(people: People) -> None:
    """The batch is stopped at once, its goods are out, and the supplier is told."""
    an_approved_supplier(people)
    listing = a_submitted_listing(people)
    batch = a_batch(people, listing)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.claim(w, the_task(people, K.LISTING, listing.id).id)
    with people.runtime.work(people.actor("second_reviewer")) as w:
        goods.recall(w, batch.id, "示例", withdraw_goods=True)
        assert w.session.get_one(Listing, listing.id).state is ListingState.WITHDRAWN
    assert on_the_desk(people) == set()
    with people.runtime.reading() as session:
        assert session.get_one(Batch, batch.id).state is BatchState.RECALLED


def test_words_that_a_person_must_see_are_not_approved_with_many(people: People) -> None:
    """The page offers no tick; a forged one, or one of an older page, opens nothing either."""
    an_approved_supplier(people)
    listing = a_submitted_listing(people, title="示例 养生瓜")
    task = the_task(people, K.LISTING, listing.id)
    with people.runtime.work(people.actor("reviewer")) as w:
        approved, refused = service.approve_many(w, {task.id: ""})
    assert approved == ()
    assert [fault.code for _task, fault in refused] == ["checks_not_passed"]
    assert on_the_desk(people) == {(K.LISTING, listing.id)}


def test_a_task_of_something_that_does_not_wait_is_a_fault(people: People) -> None:
    an_approved_supplier(people)
    listing = a_submitted_listing(people)
    with people.runtime.work(people.actor("reviewer")) as w:
        goods.approve(w, listing.id, listing.fingerprint)
    reopen = {"closed_at": None, "closed_by": None, "outcome": None}
    with people.runtime.work() as w:
        task = w.session.scalars(
            select(ReviewTask).where(ReviewTask.subject_id == listing.id)
        ).one()
        for name, value in reopen.items():
            setattr(task, name, value)
    with people.runtime.reading() as session:
        (told,) = queries.faults(session, people.runtime.clock.now())
    assert "does not wait" in told
    with people.runtime.work() as w:
        service.close(w, K.LISTING, listing.id, by=None, outcome="dropped")


def test_a_task_that_is_due_when_nobody_promised_it_is_found(people: People) -> None:
    """Reckoned anew from the instant it was opened, the calendar and the days that were promised;
    also of what is closed, for lateness is counted by it."""
    an_approved_supplier(people)
    a_submitted_listing(people)
    for planted in (
        {"due_at": ReviewTask.opened_at},
        {"promised_days": ReviewTask.promised_days + 1},
        {"due_at": None},
    ):
        with people.runtime.reading() as session:
            kept = {
                one.id: (one.due_at, one.promised_days)
                for one in session.scalars(select(ReviewTask))
            }
        with people.runtime.work() as w:
            w.session.execute(update(ReviewTask).values(planted))
        with people.runtime.reading() as session:
            told = list(queries.faults(session, people.runtime.clock.now()))
        assert len(told) == len(kept) > 1
        assert all(one.endswith("is due when nobody promised it") for one in told)
        with people.runtime.work() as w:
            for one in w.session.scalars(select(ReviewTask)):
                one.due_at, one.promised_days = kept[one.id]
