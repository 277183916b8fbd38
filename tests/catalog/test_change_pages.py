"""Pages of an edit: what the supplier proposes, and what the reviewer sees of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from marketplace.catalog import queries, rules, service
from marketplace.catalog.models import Listing
from marketplace.kernel.money import Money
from tests.fixtures import People, post
from tests.makers.catalog import a_listing, some_goods
from tests.makers.suppliers import COUNTY, an_approved_supplier

Clients = Callable[[str], FlaskClient]
FORM = {
    "sku": "SL-0001",
    "title": "示例 伽师瓜 3 个装",
    "category": "fruit",
    "county": COUNTY,
    "unit": "箱",
    "supply_price": "45.00",
    "sale_price": "59.00",
    "spec": "2个/箱",
}
SEEN = re.compile(r'name="seen" value="([^"]*)"')


@pytest.fixture
def melon(people: People) -> Listing:
    an_approved_supplier(people)
    return a_listing(people)


def change_id(people: People, listing: Listing) -> str:
    with people.runtime.reading() as session:
        found = queries.open_change(session, listing.id)
    assert found is not None
    return str(found.id)


def test_an_edit_is_proposed_seen_side_by_side_and_approved(
    people: People, client_as: Clients, melon: Listing
) -> None:
    supplier, reviewer = client_as("supplier"), client_as("reviewer")
    form = f"/supplier/listings/{melon.id}/edit"
    page = supplier.get(post(supplier, form, **FORM).location).text
    assert "等待审核；通过之前商品照原样在售" in page
    assert re.search(r"<del>.*?2.*?</del>.*?<ins>.*?3.*?</ins>", page, re.DOTALL)
    assert 'value="示例 伽师瓜 3 个装"' in supplier.get(form).text  # goes on from the proposal
    desk = f"/desk/changes/{change_id(people, melon)}"
    (seen,) = SEEN.findall(reviewer.get(desk).text)
    assert post(reviewer, f"{desk}/approve", on=desk, seen=seen).status_code == 303
    assert "示例 伽师瓜 3 个装" in reviewer.get(f"/desk/listings/{melon.id}").text
    assert not SEEN.findall(reviewer.get(desk).text)


def test_a_page_opened_before_another_proposal_approves_nothing(
    people: People, client_as: Clients, melon: Listing
) -> None:
    """P15: a proposal that took the new price over is looked at again."""
    supplier, reviewer = client_as("supplier"), client_as("reviewer")
    post(supplier, f"/supplier/listings/{melon.id}/edit", **FORM)
    desk = f"/desk/changes/{change_id(people, melon)}"
    (seen,) = SEEN.findall(reviewer.get(desk).text)
    page = f"/supplier/listings/{melon.id}"
    prices = {"supply_price": "40.00", "sale_price": "50.00"}
    assert post(supplier, f"{page}/price", on=page, **prices).status_code == 303
    answer = post(reviewer, f"{desk}/approve", on=desk, seen=seen)
    assert answer.status_code == 409
    assert "请重新打开这份修改" in answer.text


def test_a_price_cut_by_its_form_is_told_to_be_in_effect(
    client_as: Clients, melon: Listing
) -> None:
    client, page = client_as("supplier"), f"/supplier/listings/{melon.id}"
    answer = post(client, f"{page}/price", on=page, supply_price="40.00", sale_price="50.00")
    told = client.get(answer.location).text
    assert "修改已生效。" in told
    assert "¥50.00" in told
    assert "降价" in told


@pytest.mark.parametrize(
    ("prices", "status"),
    [
        ({"supply_price": "60.00", "sale_price": "50.00"}, 422),
        ({"supply_price": "x", "sale_price": "50.00"}, 422),
        ({"supply_price": "0", "sale_price": "0"}, 422),
    ],
)
def test_a_price_that_does_not_hold_is_told_beside_its_field(
    client_as: Clients, melon: Listing, prices: dict[str, str], status: int
) -> None:
    page = f"/supplier/listings/{melon.id}"
    answer = post(client_as("supplier"), f"{page}/price", on=page, **prices)
    assert answer.status_code == status
    assert "errors" in answer.text


def test_a_refusal_is_told_to_the_supplier(
    people: People, client_as: Clients, melon: Listing
) -> None:
    supplier, reviewer = client_as("supplier"), client_as("reviewer")
    post(supplier, f"/supplier/listings/{melon.id}/edit", **FORM)
    desk = f"/desk/changes/{change_id(people, melon)}"
    assert post(reviewer, f"{desk}/refuse", on=desk).status_code == 422
    assert post(reviewer, f"{desk}/refuse", on=desk, note="写明品种").status_code == 303
    assert "写明品种" in supplier.get(f"/supplier/listings/{melon.id}").text


def test_texts_of_a_proposal_are_shown_as_text(people: People, melon: Listing) -> None:
    """Failure 30, Failure 32: what is typed never becomes a part of the page or of a question."""
    with people.runtime.work(people.actor("supplier")) as w:
        change = service.revise(w, melon.id, some_goods(title='a\' OR 1=1 -- "x" & 1 < 2'))
    assert change is not None
    with people.runtime.reading() as session:
        (only,) = queries.differences(session, change, "zh")
    assert "".join(piece.text for piece in only.after) == 'a\' OR 1=1 -- "x" & 1 < 2'


def test_pieces_read_as_the_texts_they_are_cut_from() -> None:
    before, after = rules.pieces("净含量 5 千克，产自 伽师", "净含量 10 千克，产自 会泽")
    assert "".join(p.text for p in before) == "净含量 5 千克，产自 伽师"
    assert [p.text for p in after if p.differs] == ["10", "会泽"]
    assert [p.text for p in before if p.differs] == ["5", "伽师"]


def test_a_price_tells_by_how_much_it_moves(people: People, melon: Listing) -> None:
    with people.runtime.work(people.actor("supplier")) as w:
        change = service.revise(w, melon.id, some_goods(sale_price=Money(88_50)))
    assert change is not None
    with people.runtime.reading() as session:
        (only,) = queries.differences(session, change, "zh")
    assert (only.field, only.percent) == ("sale_price", 50)
