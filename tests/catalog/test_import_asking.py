"""What is asked before a sheet is written: what it would do, and what its columns are."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalog import service
from marketplace.catalog.models import ColumnMemory, Listing
from marketplace.catalog.states import ListingState
from tests.fixtures import People, post
from tests.makers.catalog import a_listing, a_sheet
from tests.makers.suppliers import a_draft_supplier, an_approved_supplier

Clients = Callable[[str], FlaskClient]
PRICES = "价格"
SELECT = re.compile(r'<select name="column-([0-9]+)"[^>]*>(.*?)</select>', re.DOTALL)


@pytest.fixture
def client(people: People, client_as: Clients) -> FlaskClient:
    an_approved_supplier(people)
    return client_as("supplier")


def hand_in(client: FlaskClient, data: bytes, **fields: object) -> str:
    """Answers the page that it leads to."""
    answer = post(client, "/supplier/import", sheet=(io.BytesIO(data), "目录.csv"), **fields)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.headers["Location"]


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def all_listings(people: People) -> dict[str, Listing]:
    with people.runtime.reading() as session:
        return {one.sku: one for one in session.scalars(select(Listing))}


def with_heading(name: str, said: str, *rows: dict[str, str]) -> bytes:
    return a_sheet(*rows).decode("utf-8-sig").replace(f'"{name}"', f'"{said}"').encode()


def test_what_a_sheet_would_do_is_shown_before_anything_is_written(
    people: People, client: FlaskClient
) -> None:
    """P23"""
    first = hand_in(client, a_sheet({}, {}))
    post(client, f"{first}/confirm", on=first)
    page = hand_in(client, a_sheet({}, {"售价": "66.00", "库存": "7"}, {}))
    said = text(client, page)
    assert "读取 3 行 = 新增 1 + 更新 1 + 未变 1 + 拒绝 0" in said
    assert "<del>59.00</del> → <ins>66.00</ins>" in said
    assert "<del>100</del> → <ins>7</ins>" in said
    assert set(all_listings(people)) == {"SL-0001", "SL-0002"}
    assert post(client, f"{page}/confirm", on=page).status_code == 303
    assert "新增 1 件，更新 1 件，未变 1 件，拒绝 0 行" in text(client, page)
    assert len(all_listings(people)) == 3


def test_refused_rows_are_counted_beside_what_the_others_would_do(client: FlaskClient) -> None:
    answer = post(
        client,
        "/supplier/import",
        sheet=(io.BytesIO(a_sheet({}, {"库存": "?"}, {})), "目录.csv"),
    )
    said = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "读取 3 行，1 行有问题" in said
    assert "会新增 2 件，更新 0 件，未变 0 件" in said


def test_a_lone_price_is_asked_about_and_never_guessed(people: People, client: FlaskClient) -> None:
    page = hand_in(client, with_heading("售价", PRICES))
    assert page.endswith("/columns")
    said = text(client, page)
    number = re.search(r'name="column-([0-9]+)" aria-label="价格" aria-invalid', said)
    assert number, said
    unanswered = post(client, page, **chosen(said))
    assert unanswered.status_code == 422
    assert "“价格”是什么" in unanswered.get_data(as_text=True)
    answer = post(client, page, **chosen(said) | {f"column-{number[1]}": "sale_price"})
    assert answer.status_code == 303
    preview = answer.headers["Location"]
    assert post(client, f"{preview}/confirm", on=preview).status_code == 303
    assert all_listings(people)["SL-0001"].sale_price.yuan == "59.00"


def chosen(said: str) -> dict[str, str]:
    """What the page of columns has chosen already, as a browser would send it."""
    found: dict[str, str] = {}
    for number, inside in re.findall(
        r'<select name="column-([0-9]+)"[^>]*>(.*?)</select>', said, re.S
    ):
        option = re.search(r'<option value="([^"]*)" selected', inside)
        assert option, inside
        found[f"column-{number}"] = option[1]
    return found


def answered(said: str) -> dict[str, str]:
    """The same with an answer for the lone price."""
    return {name: field.replace("?", "sale_price") for name, field in chosen(said).items()}


def test_what_was_said_of_columns_is_used_the_next_time_and_can_be_changed(
    people: People, client: FlaskClient
) -> None:
    page = hand_in(client, with_heading("售价", PRICES))
    said = text(client, page)
    answers = {
        name: field if field != "?" else "sale_price" for name, field in chosen(said).items()
    }
    post(client, page, **answers)
    again = hand_in(client, with_heading("售价", PRICES))
    assert not again.endswith("/columns")
    assert "列名对照用的是您上次的选择" in text(client, again)
    columns = text(client, f"{again}/columns")
    assert "?" not in chosen(columns).values()
    changed = {
        name: {"spec": "", "net_content": "spec"}.get(field, field)
        for name, field in chosen(columns).items()
    }
    preview = post(client, f"{again}/columns", on=f"{again}/columns", **changed).headers["Location"]
    assert "这些列没有读取：规格" in text(client, preview)
    post(client, f"{preview}/confirm", on=preview)
    assert all_listings(people)["SL-0001"].spec == "5千克"


def test_columns_in_another_order_are_the_same_columns(people: People, client: FlaskClient) -> None:
    page = hand_in(client, with_heading("售价", PRICES))
    said = text(client, page)
    answers = {
        name: field if field != "?" else "sale_price" for name, field in chosen(said).items()
    }
    post(client, page, **answers)
    turned = "\n".join(
        ",".join(reversed(line.split(",")))
        for line in with_heading("售价", PRICES).decode().splitlines()
    )
    assert not hand_in(client, turned.encode()).endswith("/columns")


def test_another_suppliers_columns_are_not_known(
    people: People, client: FlaskClient, client_as: Clients
) -> None:
    page = hand_in(client, with_heading("售价", PRICES))
    said = text(client, page)
    answers = {
        name: field if field != "?" else "sale_price" for name, field in chosen(said).items()
    }
    post(client, page, **answers)
    a_draft_supplier(people, "second_supplier", serial=2)
    assert hand_in(client_as("second_supplier"), with_heading("售价", PRICES)).endswith("/columns")
    with people.runtime.reading() as session:
        assert len(session.scalars(select(ColumnMemory)).all()) == 1


def test_one_field_for_two_columns_and_a_missing_one_are_told(client: FlaskClient) -> None:
    page = hand_in(client, a_sheet({}), ask_columns="y")
    said = text(client, page)
    twice = {name: {"spec": "title"}.get(field, field) for name, field in chosen(said).items()}
    assert "“品名”选了两列" in post(client, page, **twice).get_data(as_text=True)
    lacking = {name: {"stock": ""}.get(field, field) for name, field in chosen(said).items()}
    assert "还没有指明这些必填项是哪一列：库存" in post(client, page, **lacking).get_data(
        as_text=True
    )


def test_a_sheet_with_unknown_headings_asks_for_each_of_them(
    people: People, client: FlaskClient
) -> None:
    _headings, rest = a_sheet({}).decode().split("\r\n", 1)
    sheet = ("A1,A2,A3,A4,A5,A6,A7,A8,A9,A10\r\n" + rest).encode()
    page = hand_in(client, sheet)
    fields = ["sku", "title", "category", "county", "supply_price", "sale_price", "unit", "stock"]
    answers = {f"column-{number}": field for number, field in enumerate([*fields, "", ""])}
    preview = post(client, page, **answers).headers["Location"]
    assert "这些列没有读取：A9、A10" in text(client, preview)


def test_bad_rows_after_the_columns_lead_back_to_them(client: FlaskClient) -> None:
    page = hand_in(client, a_sheet({"库存": "?"}), ask_columns="y")
    answer = post(client, page, **chosen(text(client, page)))
    assert answer.status_code == 422
    assert f'href="{page}"' in answer.get_data(as_text=True)


def test_a_refused_file_is_not_kept(client: FlaskClient, data: Path) -> None:
    """P24"""
    answer = post(client, "/supplier/import", sheet=(io.BytesIO(a_sheet({})[:90]), "目录.csv"))
    assert answer.status_code == 422
    assert not [path for path in (data / "papers" / "imports").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("chosen_way", "state", "pieces"),
    [("leave", "on_sale", 100), ("withdraw", "withdrawn", 100), ("empty", "on_sale", 0)],
)
def test_goods_that_a_sheet_does_not_name_become_what_was_chosen(
    people: People, client: FlaskClient, chosen_way: str, state: str, pieces: int
) -> None:
    a_listing(people, sku="旧")
    page = hand_in(client, a_sheet({}))
    assert "表格里没有您的 1 件商品，其中在售或待审核 1 件" in text(client, page)
    assert post(client, f"{page}/confirm", on=page, absent=chosen_way).status_code == 303
    old = all_listings(people)["旧"]
    assert (old.state, old.available) == (ListingState(state), pieces)
    assert all_listings(people)["SL-0001"].state is ListingState.DRAFT


def test_pieces_of_absent_goods_that_are_promised_stay_promised(
    people: People, client: FlaskClient
) -> None:
    old = a_listing(people, sku="旧")
    with people.runtime.work() as w:
        service.hold(w, old.id, 30, w.now.replace(year=2027))
    page = hand_in(client, a_sheet({}))
    post(client, f"{page}/confirm", on=page, absent="empty")
    found = all_listings(people)["旧"]
    assert (found.received, found.reserved, found.available) == (30, 30, 0)


def test_a_choice_that_is_none_is_refused(people: People, client: FlaskClient) -> None:
    a_listing(people, sku="旧")
    page = hand_in(client, a_sheet({}))
    assert post(client, f"{page}/confirm", on=page, absent="burn").status_code == 422
    assert set(all_listings(people)) == {"旧"}
