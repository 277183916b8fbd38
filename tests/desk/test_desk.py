"""The review desk: what waits, for how long, and the decisions of reviewers alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalog import service as goods
from marketplace.catalog.models import Listing
from marketplace.catalog.states import ListingState
from marketplace.desk.models import ReviewTask
from marketplace.desk.rules import Span, waited
from marketplace.kernel.clock import SetClock
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.models import PaperKind
from tests.fixtures import People, post
from tests.makers.catalog import a_draft_listing, a_submitted_listing, some_goods
from tests.makers.photos import a_photo, photographed
from tests.makers.suppliers import a_paper, a_submitted_supplier, an_approved_supplier, the_details

Clients = Callable[[str], FlaskClient]
SEEN = re.compile(r'name="seen" value="([^"]*)"')
TICK = re.compile(r'name="task" value="([^"]*)"')
START = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "span"),
    [
        (-1, Span(0, in_days=False)),
        (0.9, Span(0, in_days=False)),
        (47.9, Span(47, in_days=False)),
        (48, Span(2, in_days=True)),
        (71.9, Span(2, in_days=True)),
    ],
)
def test_waiting_is_told_in_hours_and_then_in_days(hours: float, span: Span) -> None:
    assert waited(START, START + timedelta(hours=hours)) == span


def test_everything_that_waits_is_on_the_desk(
    people: People, client_as: Clients, clock: SetClock
) -> None:
    a_submitted_supplier(people, "second_supplier", 2)
    supplier = an_approved_supplier(people)
    with people.runtime.work(people.actor("supplier")) as w:
        suppliers.hand_in(w, supplier.id, a_paper(PaperKind.FOOD_PRODUCTION))
    a_submitted_listing(people)
    clock.advance(hours=5)
    said = client_as("reviewer").get("/desk").get_data(as_text=True)
    for words in ("示例合作社2", "证照", "示例 伽师瓜 2 个装", "5 小时", "伽师县", "绿色通道"):
        assert words in said


def test_an_empty_desk_says_so(people: People, client_as: Clients) -> None:
    assert "都办完了" in client_as("reviewer").get("/desk").get_data(as_text=True)


def test_ticked_goods_are_approved_and_the_rest_is_told(people: People, client_as: Clients) -> None:
    """Failure 26: each of many decisions is looked at for itself; one that was returned meanwhile
    is not approved by a tick of before."""
    an_approved_supplier(people)
    first, second = (a_submitted_listing(people, sku=sku, title=f"示例 瓜 {sku}") for sku in "AB")
    client = client_as("reviewer")
    ticked = TICK.findall(client.get("/desk").text)
    assert len(ticked) == 2
    post(client, f"/desk/listings/{second.id}/return", on=f"/desk/listings/{second.id}", note="改")
    post(client, "/desk/approve", on="/desk", task=ticked)
    said = client.get("/desk").text
    assert "已通过 1 件" in said
    assert "示例 瓜 B：这件事已经办完或被撤回" in said
    with people.runtime.reading() as session:
        assert session.get_one(Listing, first.id).state is ListingState.ON_SALE
        assert session.get_one(Listing, second.id).state is ListingState.RETURNED


def test_goods_with_photographs_are_ticked_beside_them_alone(
    people: People, client_as: Clients
) -> None:
    """What nobody was shown is not approved with many: a tick without the mark opens nothing."""
    an_approved_supplier(people)
    draft = a_draft_listing(people, title="示例 瓜")
    photographed(people, draft, a_photo())
    with people.runtime.work(people.actor("supplier")) as w:
        goods.submit(w, draft.id)
    client = client_as("reviewer")
    page = client.get("/desk").text
    (tick,) = TICK.findall(page)
    assert f"/supplier/listings/{draft.id}/photos/" in page
    post(client, "/desk/approve", on="/desk", task=tick.partition(".")[0])
    assert "图片没有显示在勾选的那一行" in client.get("/desk").text
    post(client, "/desk/approve", on="/desk", task=tick)
    with people.runtime.reading() as session:
        assert session.get_one(Listing, draft.id).state is ListingState.ON_SALE


def test_nothing_ticked_is_told(people: People, client_as: Clients) -> None:
    an_approved_supplier(people)
    a_submitted_listing(people)
    client = client_as("reviewer")
    assert post(client, "/desk/approve", on="/desk").status_code == 303
    assert "没有勾选" in client.get("/desk").get_data(as_text=True)
    assert post(client, "/desk/approve", on="/desk", task="x").status_code == 404


def test_what_does_not_pass_every_machine_check_cannot_be_ticked(
    people: People, client_as: Clients
) -> None:
    """The supplier is not in yet; and a tick that is sent all the same approves nothing."""
    a_submitted_supplier(people)
    a_submitted_listing(people)
    client = client_as("reviewer")
    assert TICK.findall(client.get("/desk").text) == []
    with people.runtime.reading() as session:
        tasks = list(session.scalars(select(ReviewTask.id).order_by(ReviewTask.kind)))
    post(client, "/desk/approve", on="/desk", task=[str(one) for one in tasks])
    said = client.get("/desk").text
    assert "系统核验没有全部通过" in said
    assert "已通过" not in said
    with people.runtime.reading() as session:
        free = select(ReviewTask).where(
            ReviewTask.closed_at.is_(None), ReviewTask.claimed_by.is_(None)
        )
        assert len(session.scalars(free).all()) == 2  # what was refused is nobody's


def test_goods_whose_own_papers_are_missing_cannot_be_ticked(
    people: People, client_as: Clients
) -> None:
    """Its supplier may sell melons; jam needs a production licence."""
    an_approved_supplier(people)
    a_submitted_listing(people, title="示例 甜瓜")
    a_submitted_listing(people, sku="SL-0002", title="示例 果酱", processing="深加工")
    assert len(TICK.findall(client_as("reviewer").get("/desk").text)) == 1


def test_a_paper_that_the_machine_doubts_cannot_be_ticked(
    people: People, client_as: Clients
) -> None:
    """Of two the one that says nothing about its result."""
    supplier = an_approved_supplier(people)
    kind = PaperKind.INSPECTION_REPORT
    vague = a_paper(
        kind, number="示例 9", details={**the_details(kind), "conclusion": "no_verdict"}
    )
    with people.runtime.work(people.actor("supplier")) as w:
        for paper in (a_paper(kind), vague):
            suppliers.hand_in(w, supplier.id, paper)
    assert len(TICK.findall(client_as("reviewer").get("/desk").text)) == 1


def test_a_listing_is_approved_on_its_page(people: People, client_as: Clients) -> None:
    an_approved_supplier(people)
    listing = a_submitted_listing(people)
    client, page = client_as("reviewer"), f"/desk/listings/{listing.id}"
    said = client.get(page).get_data(as_text=True)
    for words in ("营业执照", "原产县在帮扶县名单上", "通过，上架", "¥45.00"):
        assert words in said
    (seen,) = SEEN.findall(said)
    assert post(client, f"{page}/approve", on=page).status_code == 409  # of nothing that was shown
    assert post(client, f"{page}/approve", on=page, seen=seen).status_code == 303
    assert "在售" in client.get(page).get_data(as_text=True)
    assert post(client, f"{page}/approve", on=page, seen=seen).status_code == 409
    assert post(client, f"{page}/revise", on=page).status_code == 404


def test_pages_opened_before_goods_were_revised_put_nothing_on_sale(
    people: People, client_as: Clients
) -> None:
    """P15: what goes on sale is what the reviewer was shown, on its page and in the list."""
    an_approved_supplier(people)
    listing = a_submitted_listing(people, title="示例 好瓜")
    client, page = client_as("reviewer"), f"/desk/listings/{listing.id}"
    (seen,) = SEEN.findall(client.get(page).text)
    (tick,) = TICK.findall(client.get("/desk").text)
    with people.runtime.work(people.actor("supplier")) as w:
        goods.revise(w, listing.id, some_goods(title="示例 别的东西"))
        goods.submit(w, listing.id)
    answer = post(client, f"{page}/approve", on=page, seen=seen)
    assert answer.status_code == 409
    assert "请重新打开这件商品" in answer.text
    post(client, "/desk/approve", on="/desk", task=tick)
    told = client.get("/desk").text
    assert "示例 好瓜：这件事已经办完或被撤回" in told
    (new,) = TICK.findall(told)
    assert new != tick
    post(client, "/desk/approve", on="/desk", task=new)
    assert "已通过 1 件" in client.get("/desk").text


def test_sending_back_needs_a_reason(people: People, client_as: Clients) -> None:
    an_approved_supplier(people)
    listing = a_submitted_listing(people)
    client, page = client_as("reviewer"), f"/desk/listings/{listing.id}"
    assert post(client, f"{page}/return", on=page, note=" ").status_code == 422
    assert post(client, f"{page}/return", on=page, note="规格不清").status_code == 303
    assert "规格不清" in client.get(page).get_data(as_text=True)


@pytest.mark.parametrize("name", ["auditor", "manager"])
def test_auditors_and_managers_only_look(people: People, client_as: Clients, name: str) -> None:
    an_approved_supplier(people)
    listing = a_submitted_listing(people)
    client, page = client_as(name), f"/desk/listings/{listing.id}"
    assert "通过，上架" not in client.get(page).get_data(as_text=True)
    assert "通过勾选" not in client.get("/desk").get_data(as_text=True)
    assert post(client, f"{page}/approve", on=page).status_code == 403
    assert post(client, "/desk/approve", on="/desk").status_code == 403


@pytest.mark.parametrize("name", ["supplier", "employee", "union_buyer"])
def test_others_do_not_come_to_the_desk(people: People, client_as: Clients, name: str) -> None:
    assert client_as(name).get("/desk").status_code == 403
