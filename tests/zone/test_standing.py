"""What stands in the zone, and that nothing else ever does."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.commands.serving import once
from marketplace.kernel.clock import SetClock, end_of_day
from marketplace.suppliers import service as suppliers
from tests.fixtures import People
from tests.makers.catalog import a_draft_listing, a_listing, a_submitted_listing
from tests.makers.suppliers import an_approved_supplier

LAST_DAY = date(2026, 11, 24)
TITLE = "示例 伽师瓜 2 个装"
SHELVES = ("/", "/zone/832", "/zone/three-regions", "/category/fruit", "/search?q=伽师瓜")


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


def shown(visitor: FlaskClient, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("path", SHELVES)
def test_an_approved_good_of_a_designated_county_stands_on_every_shelf(
    people: People, visitor: FlaskClient, path: str
) -> None:
    an_approved_supplier(people)
    a_listing(people)
    once(people.runtime)
    assert TITLE in shown(visitor, path)


@pytest.mark.parametrize("make", [a_draft_listing, a_submitted_listing])
def test_a_good_that_nobody_approved_is_nowhere(
    people: People, visitor: FlaskClient, make: Callable[..., object]
) -> None:
    an_approved_supplier(people)
    make(people)
    once(people.runtime)
    assert all(TITLE not in shown(visitor, path) for path in SHELVES)


def test_at_the_last_second_it_stands_and_at_the_next_it_is_gone(
    people: People, visitor: FlaskClient, clock: SetClock
) -> None:
    an_approved_supplier(people, until=LAST_DAY)
    listing = a_listing(people)
    once(people.runtime)
    clock.at = end_of_day(LAST_DAY) - timedelta(seconds=1)
    assert all(TITLE in shown(visitor, path) for path in SHELVES)
    assert visitor.get(f"/listings/{listing.id}").status_code == 200
    clock.at = end_of_day(LAST_DAY)
    assert all(TITLE not in shown(visitor, path) for path in SHELVES)
    assert visitor.get(f"/listings/{listing.id}").status_code == 404


def test_a_suspended_suppliers_goods_are_gone_at_once(people: People, visitor: FlaskClient) -> None:
    supplier = an_approved_supplier(people)
    a_listing(people)
    once(people.runtime)
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.suspend(w, supplier.id, "抽检不合格")
    assert all(TITLE not in shown(visitor, path) for path in SHELVES)


def test_the_ticket_says_why(people: People, visitor: FlaskClient) -> None:
    an_approved_supplier(people)
    listing = a_listing(people)
    page = shown(visitor, f"/listings/{listing.id}")
    for words in ("入选依据", "伽师县", "832", "检验报告", "2027-03-31", "reviewer"):
        assert words in page


def test_without_its_index_the_search_goes_on_by_title(
    people: People, visitor: FlaskClient
) -> None:
    an_approved_supplier(people)
    a_listing(people)
    once(people.runtime)
    shutil.rmtree(people.runtime.tools.config.data / "search")
    assert TITLE in shown(visitor, "/search?q=伽师瓜")


@pytest.mark.parametrize("asked", ["", "%", "_", "'", '"', "*", "木" * 500, "＜script＞"])
def test_no_question_breaks_the_search(visitor: FlaskClient, asked: str) -> None:
    assert visitor.get("/search", query_string={"q": asked}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/search?q=%00", "/zone/%00", "/category/%00", "/?x=%00", "/zone/832?province=%00"]
)
def test_a_sign_that_no_database_keeps_is_refused_in_words(visitor: FlaskClient, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 422
    assert 'class="trouble"' in answer.text


@pytest.mark.parametrize(
    "path",
    ["/zone/nowhere", "/category/nothing", "/listings/1", "/no/such/page",
     "/villages/00000000-0000-0000-0000-000000000000"],
)  # fmt: skip
def test_what_is_not_there_is_said_so(visitor: FlaskClient, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 404
    assert "没有" in answer.get_data(as_text=True)


@pytest.mark.parametrize("page", ["0", "-1", "abc", "99999999999", "１"])
def test_a_senseless_page_number_is_the_first_or_an_empty_page(
    visitor: FlaskClient, page: str
) -> None:
    assert visitor.get("/zone/832", query_string={"page": page}).status_code == 200


def test_the_zone_speaks_english(people: People, visitor: FlaskClient) -> None:
    an_approved_supplier(people)
    listing = a_listing(people)
    visitor.set_cookie("mp_language", "en")
    assert "Why it stands in the zone" in shown(visitor, f"/listings/{listing.id}") or (
        "Add to basket" in shown(visitor, f"/listings/{listing.id}")
    )
