"""The inbox: filters, pages by key, capped counts, and the index that answers it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Select, delete, insert, text

from marketplace.desk import queries
from marketplace.desk.models import ReviewTask
from marketplace.desk.queries import Asked, Key
from marketplace.desk.rules import USUAL
from marketplace.kernel.clock import SetClock
from marketplace.kernel.reviews import ReviewKind
from marketplace.work import Runtime
from tests.fixtures import People, post
from tests.makers.catalog import a_submitted_listing
from tests.makers.suppliers import an_approved_supplier

Clients = Callable[[str], FlaskClient]
K = ReviewKind
MONDAY = datetime.fromisoformat("2026-11-23T00:00:00+00:00")


def some_tasks(people: People, count: int, **said: object) -> list[uuid.UUID]:
    """Open tasks as rows, the oldest first; what they are about is not there."""
    supplier = an_approved_supplier(people)
    at = people.runtime.clock.now()
    rows = [
        {
            "id": uuid.uuid4(),
            "kind": K.CHANGE,
            "subject_id": uuid.uuid4(),
            "supplier_id": supplier.id,
            "county_code": "653129",
            "title": f"示例 {n}",
            "not_by": "nobody",
            "priority": USUAL,
            "opened_at": at - timedelta(minutes=count - n),
            **said,
        }
        for n in range(count)
    ]
    with people.runtime.work() as w:
        w.session.execute(insert(ReviewTask), rows)
    return [row["id"] for row in rows]  # type: ignore[misc]  # a uuid, as said above


def test_pages_follow_each_other_by_key_and_show_everything_once(people: People) -> None:
    wanted = some_tasks(people, 2 * queries.PER_PAGE + 1)
    found: list[uuid.UUID] = []
    asked = Asked()
    with people.runtime.reading() as session:
        at = people.runtime.clock.now()
        for _ in range(3):
            board = queries.board(session, asked, at)
            found += [row.task.id for row in board.rows]
            asked = Asked(after=board.next)
    assert found == wanted
    assert board.next is None


def test_a_page_holds_still_while_what_is_before_it_is_decided(people: People) -> None:
    """By key and not by number: nothing is skipped when rows of earlier pages go."""
    wanted = some_tasks(people, queries.PER_PAGE + 10)
    with people.runtime.reading() as session:
        first = queries.board(session, Asked(), people.runtime.clock.now())
    with people.runtime.work() as w:
        w.session.execute(delete(ReviewTask).where(ReviewTask.id.in_(wanted[:5])))
    with people.runtime.reading() as session:
        second = queries.board(session, Asked(after=first.next), people.runtime.clock.now())
    assert [row.task.id for row in second.rows] == wanted[queries.PER_PAGE :]


def test_what_is_overdue_floats_up_and_page_after_page_shows_everything_once(
    people: People, clock: SetClock
) -> None:
    """Longest overdue first, whatever its priority; what falls due between two pages stays where
    the first one had it."""
    at = people.runtime.clock.now()
    half = queries.PER_PAGE * 3 // 4
    tasks = some_tasks(people, 2 * half, priority=0, due_at=at + timedelta(hours=1))
    soon, late = tasks[:half], tasks[half:]
    with people.runtime.work() as w:
        for n, one in enumerate(late):
            task = w.session.get_one(ReviewTask, one)
            task.priority, task.due_at = USUAL, at - timedelta(minutes=n)
    found: list[uuid.UUID] = []
    asked = Asked()
    with people.runtime.reading() as session:
        while not found or asked.after is not None:
            board = queries.board(session, asked, people.runtime.clock.now())
            found += [row.task.id for row in board.rows]
            asked = Asked(after=board.next)
            clock.advance(hours=2)
    assert found == [*reversed(late), *soon]


def test_a_thousand_of_a_kind_are_told_as_999_and_more(people: People, client_as: Clients) -> None:
    some_tasks(people, queries.MOST_COUNTED + 5)
    with people.runtime.reading() as session:
        assert queries.counts(session)[K.CHANGE] == queries.MOST_COUNTED
    said = client_as("reviewer").get("/desk").text
    assert "商品修改 999+" in said


def test_the_inbox_is_narrowed_by_kind_province_supplier_mine_and_overdue(
    people: People, client_as: Clients
) -> None:
    at = people.runtime.clock.now()
    some_tasks(people, 1, title="示例 超时", due_at=at - timedelta(hours=1))
    listing = a_submitted_listing(people, title="示例 新瓜")
    client = client_as("reviewer")
    with people.runtime.reading() as session:
        task = queries.open_task(session, K.LISTING, listing.id)
    assert task is not None
    post(client, f"/desk/tasks/{task.id}/claim", on="/desk")
    for question, late, new in (
        ("", True, True),
        ("?kind=listing", False, True),
        ("?kind=change", True, False),
        ("?province=65", True, True),
        ("?province=53", False, False),
        (f"?supplier={listing.supplier_id}", True, True),
        (f"?supplier={uuid.uuid4()}", False, False),
        ("?mine=1", False, True),
        ("?overdue=1", True, False),
    ):
        said = client.get(f"/desk{question}").text
        assert ("示例 超时" in said, "示例 新瓜" in said) == (late, new), question


@pytest.mark.parametrize(
    "question",
    ["kind=nothing", "province=%25", "province=x", "supplier=x", "after=x", "after=1_2_3",
     "after=2026-01-01_0_99999999999999_2026-01-01_00000000-0000-0000-0000-000000000000",
     "after=2026-01-01T00:00:00_0_1_2026-01-01T00:00:00_00000000-0000-0000-0000-000000000000",
     "after=2026-01-01T00:00:00_0_1_9999-12-31T23:59:59-23:59_00000000-0000-0000-0000-000000000000",
     "after=0001-01-01T00:00:00%2B23:59_0_1_2026-01-01_00000000-0000-0000-0000-000000000000"],
)  # fmt: skip
def test_nonsense_narrows_nothing_and_breaks_nothing(
    people: People, client_as: Clients, question: str
) -> None:
    some_tasks(people, 1)
    answer = client_as("reviewer").get(f"/desk?{question}")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (Asked(), "ix_mp_review_task_inbox"),
        (Asked(kind=K.LISTING), "ix_mp_review_task_kind"),
        (Asked(supplier_id=uuid.UUID(int=1)), "ix_mp_review_task_supplier"),
        (Asked(after=Key(MONDAY, False, 1, MONDAY, uuid.UUID(int=1))), "ix_mp_review_task_inbox"),
    ],
)  # fmt: skip
def test_one_index_answers_the_inbox_in_its_order(people: People, asked: Asked, index: str) -> None:
    """However much waits: rows come out of the index in order, nothing is sorted."""
    some_tasks(people, 10)
    at = people.runtime.clock.now()
    in_order(the_plan(people.runtime, queries.inbox(asked, at, at)), index)


@pytest.mark.parametrize("after", [None, Key(MONDAY, True, 1, MONDAY, uuid.UUID(int=1))])
def test_an_index_of_its_own_answers_what_is_overdue(people: People, after: Key | None) -> None:
    some_tasks(people, 10)
    at = people.runtime.clock.now()
    plan = the_plan(people.runtime, queries.late(Asked(after=after), at, at))
    in_order(plan, "ix_mp_review_task_due")


def in_order(plan: str, index: str) -> None:
    assert index in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


def the_plan(runtime: Runtime, question: Select[ReviewTask]) -> str:
    """As the database tells it; PostgreSQL would read ten rows without any index."""
    said = str(question.compile(runtime.engine, compile_kwargs={"literal_binds": True}))
    is_sqlite = runtime.engine.dialect.name == "sqlite"
    with runtime.engine.connect() as connection:
        if not is_sqlite:
            for way in ("seqscan", "bitmapscan", "sort"):
                connection.execute(text(f"SET LOCAL enable_{way} = off"))
        ask = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
        rows = connection.exec_driver_sql(ask + said.replace("%", "%%")).all()
    return "\n".join(str(row) for row in rows)
