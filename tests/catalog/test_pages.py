"""The supplier's pages: importing, writing, looking, deciding about its own goods."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalog.models import Listing
from tests.fixtures import People, post
from tests.makers.catalog import a_draft_listing, a_listing, a_sheet, a_submitted_listing
from tests.makers.photos import a_photo
from tests.makers.suppliers import a_draft_supplier, a_scan, an_approved_supplier

Clients = Callable[[str], FlaskClient]
FORM = {
    "sku": "W-1",
    "title": "示例 高原土豆",
    "category": "vegetables",
    "county": "临夏县",
    "unit": "袋",
    "supply_price": "20.00",
    "sale_price": "26.90",
    "stock": "30",
}


def hand_in(client: FlaskClient, data: bytes, name: str = "目录.csv"):  # type: ignore[no-untyped-def]  # werkzeug's TestResponse is not exported
    return post(client, "/supplier/import", sheet=(io.BytesIO(data), name))


def test_a_good_sheet_is_taken_in_and_told(people: People, client_as: Clients) -> None:
    a_draft_supplier(people)
    client = client_as("supplier")
    page = hand_in(client, a_sheet({}, {})).headers["Location"]
    assert post(client, f"{page}/confirm", on=page).status_code == 303
    assert "新增 2 件" in client.get(page).get_data(as_text=True)
    said = client.get("/supplier/listings").get_data(as_text=True)
    assert "示例 伽师瓜 2 个装" in said


def test_a_bad_sheet_is_told_with_row_column_value_and_remedy(
    people: People, client_as: Clients
) -> None:
    a_draft_supplier(people)
    client = client_as("supplier")
    answer = hand_in(client, a_sheet({}, {"供货价": "12,5元"}, {"原产县": "镇江"}))
    assert answer.status_code == 422
    said = answer.get_data(as_text=True)
    for words in ("一件也没有写入", "供货价", "12,5元", "逗号的位置不对", "江苏省没有任何县"):
        assert words in said
    assert "还没有商品" in client.get("/supplier/listings").get_data(as_text=True)


def test_a_good_is_written_by_hand_with_its_photographs_or_not_at_all(
    people: People, client_as: Clients, data: Path
) -> None:
    a_draft_supplier(people)
    client, here = client_as("supplier"), "/supplier/listings/new"
    photo = (io.BytesIO(a_photo()), "瓜.jpg")
    refused = post(client, here, **FORM, photos=[photo, (io.BytesIO(b"no picture"), "x.jpg")])
    assert refused.status_code == 422
    assert f'value="{FORM["title"]}"' in refused.text, "what was typed stands there"
    assert "x.jpg" in refused.text
    photo = (io.BytesIO(a_photo()), "瓜.jpg")
    assert post(client, here, **{**FORM, "county": "镇江"}, photos=[photo]).status_code == 422
    with people.runtime.reading() as session:
        assert session.scalars(select(Listing)).all() == []
    assert not [one for one in (data / "papers").rglob("*") if one.is_file()], "nothing half-done"
    photo = (io.BytesIO(a_photo()), "瓜.jpg")
    assert post(client, here, **FORM, photos=[photo]).status_code == 303
    with people.runtime.reading() as session:
        assert len(session.scalars(select(Listing)).one().photos) == 1


def test_a_paper_of_one_good_is_handed_in_from_its_page(people: People, client_as: Clients) -> None:
    an_approved_supplier(people)
    melon = a_draft_listing(people, title="示例 有机伽师瓜")
    client, here = client_as("supplier"), f"/supplier/listings/{melon.id}"
    form = f"{here}/papers/organic"
    assert form in client.get(here).text
    page = client.get(form).text
    assert "只用于：示例 有机伽师瓜" in page
    assert "别的商品不会用到" in page
    said = {"number": "示例 1", "holder": "示例合作社1", "issuer": "示例机关", "valid_from": "x"}
    answer = post(client, form, **said, scan=(io.BytesIO(a_scan()), "证书.png"))
    assert answer.status_code == 422
    assert 'value="示例 1"' in answer.text
    assert client.get(f"{here}/papers/licence").status_code == 404


def test_other_sizes_that_an_edit_moves_are_named_with_the_reason(
    people: People, client_as: Clients
) -> None:
    an_approved_supplier(people)
    small = a_draft_listing(people, sku="S", group_code="G", variant="小箱")
    a_submitted_listing(people, sku="M", group_code="G", variant="中箱")
    a_listing(people, sku="L", group_code="G", variant="大箱")
    client, here = client_as("supplier"), f"/supplier/listings/{small.id}"
    said = re.findall(r'name="([a-z_]+)"[^>]* value="([^"]*)"', client.get(f"{here}/edit").text)
    form = {**dict(said), "category": "fruit", "title": "示例 新名字的瓜"}
    form |= {"processing": "raw", "packaging": "bulk"}
    assert post(client, f"{here}/edit", on=f"{here}/edit", **form).status_code == 303
    page = client.get(here).text
    assert "各规格共有的品名改了，这些回到草稿，请重新提交：示例 新名字的瓜 中箱。" in page
    assert "各规格共有的品名改了，在售的这些一起等审核：示例 伽师瓜 2 个装 大箱。" in page


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xff\xfe\x00", b"\x00" * 9])
def test_a_file_that_is_no_sheet_is_refused_in_words(
    people: People, client_as: Clients, content: bytes
) -> None:
    a_draft_supplier(people)
    answer = hand_in(client_as("supplier"), content)
    assert answer.status_code == 422
    assert "文件没有读成" in answer.get_data(as_text=True)


def test_no_file_is_told_beside_the_field(people: People, client_as: Clients) -> None:
    a_draft_supplier(people)
    answer = post(client_as("supplier"), "/supplier/import", sheet="a text")
    assert answer.status_code == 422
    assert "请选择表格文件" in answer.get_data(as_text=True)


def test_a_mapping_that_supplies_a_value_is_refused(people: People, client_as: Clients) -> None:
    a_draft_supplier(people)
    answer = post(
        client_as("supplier"),
        "/supplier/import",
        sheet=(io.BytesIO(a_sheet({})), "目录.csv"),
        mapping=(io.BytesIO('"原产县" = "伽师县"'.encode()), "m.toml"),
    )
    assert answer.status_code == 422
    assert "不能提供内容" in answer.get_data(as_text=True)


def test_the_sample_sheet_can_be_fetched(people: People, client_as: Clients) -> None:
    answer = client_as("supplier").get("/supplier/import/sample.csv")
    assert answer.status_code == 200
    assert "货号" in answer.get_data().decode("utf-8-sig")


def test_a_good_is_written_by_hand_and_submitted(people: People, client_as: Clients) -> None:
    a_draft_supplier(people)
    client = client_as("supplier")
    answer = post(client, "/supplier/listings/new", **FORM)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    page = answer.headers["Location"]
    assert "¥26.90" in client.get(page).get_data(as_text=True)
    assert post(client, f"{page}/submit", on=page).status_code == 303
    assert "待审核" in client.get(page).get_data(as_text=True)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "<script>alert(1)</script>", "HTML"),
        ("ingredients", "甘草&nbsp;枸杞", "HTML"),
        ("stock", "-1", "整数"),
        ("stock", "0.5", "整数"),
        ("stock", "NaN", "整数"),
        ("stock", "1000000000000000000", "整数"),
        ("stock", "１２", "整数"),
        ("supply_price", "12,5元", "两位小数"),
        ("supply_price", "30", "高于售价"),
        ("sale_price", "NaN", "两位小数"),
        ("sale_price", "-3", "大于 0"),
        ("county", "江苏省镇江市", "江苏省没有任何县"),
        ("category", "phones", ""),
        ("title", "", "请填写"),
        ("barcode", "123", "13 位"),
        ("dispatch_hours", "721", "720"),
    ],
)
def test_what_does_not_hold_is_told_beside_its_field(
    people: People, client_as: Clients, field: str, value: str, words: str
) -> None:
    a_draft_supplier(people)
    answer = post(client_as("supplier"), "/supplier/listings/new", **{**FORM, field: value})
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_a_draft_is_revised_by_its_form(people: People, client_as: Clients) -> None:
    a_draft_supplier(people)
    listing = a_draft_listing(people)
    client = client_as("supplier")
    form = f"/supplier/listings/{listing.id}/edit"
    assert "示例 伽师瓜 2 个装" in client.get(form).get_data(as_text=True)
    assert post(client, form, **{**FORM, "sku": "SL-0001"}).status_code == 303
    said = client.get(f"/supplier/listings/{listing.id}").get_data(as_text=True)
    assert "示例 高原土豆" in said
    assert "草稿" in said


def test_stock_is_set_from_the_page(people: People, client_as: Clients) -> None:
    a_draft_supplier(people)
    listing = a_draft_listing(people)
    client, page = client_as("supplier"), f"/supplier/listings/{listing.id}"
    assert post(client, f"{page}/stock", on=page, stock="7").status_code == 303
    assert post(client, f"{page}/stock", on=page, stock="-7").status_code == 422


def test_all_drafts_are_submitted_at_once(people: People, client_as: Clients) -> None:
    a_draft_supplier(people)
    a_draft_listing(people, sku="A")
    a_draft_listing(people, sku="B")
    client, page = client_as("supplier"), "/supplier/listings"
    assert "提交全部 2 件草稿" in client.get(page).get_data(as_text=True)
    assert post(client, f"{page}/submit-all", on=page).status_code == 303
    assert "已提交 2 件" in client.get(page).get_data(as_text=True)
    assert client.get(f"{page}?state=submitted").status_code == 200
    assert client.get(f"{page}?state=nonsense&page=x").status_code == 200


def test_a_strangers_listing_is_not_there(people: People, client_as: Clients) -> None:
    a_draft_supplier(people)
    a_draft_supplier(people, "second_supplier", 2)
    listing = a_draft_listing(people)
    client, page = client_as("second_supplier"), f"/supplier/listings/{listing.id}"
    assert client.get(page).status_code == 404
    assert client.get(f"{page}/edit").status_code == 404
    for verb in ("submit", "withdraw", "stock", "edit", "approve", "revise"):
        assert (
            post(
                client, f"{page}/{verb}", on="/supplier/import", stock="1", **FORM_REST
            ).status_code
            == 404
        )


FORM_REST = {name: value for name, value in FORM.items() if name != "stock"}


def test_buyers_do_not_enter(people: People, client_as: Clients) -> None:
    client = client_as("employee")
    for path in ("/supplier/listings", "/supplier/import", "/supplier/listings/new"):
        assert client.get(path).status_code == 403


def test_staff_without_a_registration_are_led_to_it(people: People, client_as: Clients) -> None:
    answer = client_as("supplier").get("/supplier/listings")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/suppliers/register")


def test_the_pages_are_said_in_english(people: People, client_as: Clients) -> None:
    an_approved_supplier(people)
    listing = a_listing(people)
    client = client_as("supplier")
    client.set_cookie("mp_language", "en")
    said = client.get(f"/supplier/listings/{listing.id}").get_data(as_text=True)
    assert "Conditions for the zone" in said
    assert "On sale" in said
