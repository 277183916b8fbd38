"""The pages of a sheet: handed in by the real form, corrected, confirmed, followed."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from flask.testing import FlaskClient

from marketplace.catalog import queries
from tests.catalog_import.books import a_book, by_hand, rows_xml
from tests.fixtures import People, post, tokens
from tests.makers.catalog import ROW, a_sheet
from tests.makers.suppliers import a_draft_supplier

Clients = Callable[[str], FlaskClient]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(people: People, client_as: Clients) -> FlaskClient:
    """The browser of a supplier's staff."""
    a_draft_supplier(people)
    return client_as("supplier")


def goods(*changes: dict[str, str]) -> bytes:
    """A workbook with one good for each change."""
    return a_book(*(ROW | {"货号": f"W-{n}"} | change for n, change in enumerate(changes)))


def hand_in(client: FlaskClient, data: bytes, name: str = "目录.csv", **fields: object):  # type: ignore[no-untyped-def]  # werkzeug's TestResponse is not exported
    return post(client, "/supplier/import", sheet=(io.BytesIO(data), name), **fields)


def take_in(client: FlaskClient, data: bytes, name: str = "目录.csv", **fields: object) -> str:
    """Handed in and confirmed as it stands; answers the page of the import."""
    answer = hand_in(client, data, name, **fields)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    page: str = answer.headers["Location"]
    assert post(client, f"{page}/confirm", on=page).status_code == 303
    return page


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_a_workbook_is_taken_in_through_the_page(client: FlaskClient) -> None:
    assert "新增 2 件" in text(client, take_in(client, goods({}, {}), "目录.xlsx"))


def test_a_refused_workbook_comes_back_marked_and_is_taken_in_when_corrected(
    client: FlaskClient,
) -> None:
    answer = hand_in(client, goods({}, {"售价": "?"}, {"库存": "-1"}), "目录.xlsx")
    said = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "下载标出问题的表格" in said
    copy = client.get("/supplier/import/marked")
    assert "attachment" in copy.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(copy.get_data()))
    sheet = book.active
    headings = [cell.value for cell in sheet[1]]
    assert "不是一个价格" in sheet.cell(3, len(headings)).value
    sheet.cell(3, headings.index("售价") + 1).value = "59.00"
    sheet.cell(4, headings.index("库存") + 1).value = "5"
    out = io.BytesIO()
    book.save(out)
    assert "新增 3 件" in text(client, take_in(client, out.getvalue(), "改正.xlsx"))
    assert client.get("/supplier/import/marked").status_code == 404


def test_a_marked_sheet_of_another_supplier_is_missing(
    people: People, client: FlaskClient, client_as: Clients
) -> None:
    """P18"""
    hand_in(client, a_sheet({"库存": "-1"}))
    assert client.get("/supplier/import/marked").status_code == 200
    a_draft_supplier(people, "second_supplier", serial=2)
    assert client_as("second_supplier").get("/supplier/import/marked").status_code == 404


def test_hostile_workbooks_are_refused_in_words_and_the_service_still_answers(
    client: FlaskClient, data: Path
) -> None:
    """P24, P25"""
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + rows_xml([["&b;"]])
    bomb = by_hand(rows_xml([["货号"]]), xl__media__x=b"0" * 150_000_000)
    for hostile, words in (
        (by_hand(laughs), "DOCTYPE"),
        (bomb, "解压后有"),
        (goods({})[:900], "打不开或已损坏"),
        (b"\xd0\xcf\x11\xe0" + bytes(99), ".xls"),
    ):
        answer = hand_in(client, hostile, "目录.xlsx")
        assert answer.status_code == 422
        assert words in answer.get_data(as_text=True)
    assert "还没有商品" in text(client, "/supplier/listings")
    assert not [path for path in (data / "papers").rglob("*") if path.is_file()]


def test_the_sheet_to_read_is_asked_for_and_named(client: FlaskClient) -> None:
    book = openpyxl.load_workbook(io.BytesIO(goods({})))
    copy = book.copy_worksheet(book.active)
    copy.title = "秋"
    book.active.title = "春"
    out = io.BytesIO()
    book.save(out)
    answer = hand_in(client, out.getvalue(), "目录.xlsx")
    assert "春、秋" in answer.get_data(as_text=True)
    answer = hand_in(client, out.getvalue(), "目录.xlsx", sheet_name="秋")
    assert "没有读取：春" in text(client, answer.headers["Location"])


def test_a_long_sheet_shows_how_far_it_is(people: People, client: FlaskClient) -> None:
    count = queries.PART + 1
    rows = ({"货号": f"L-{number:05d}"} for number in range(count))
    page = take_in(client, a_sheet(*rows))
    assert 'data-hx-trigger="every 2s"' in text(client, page)
    assert f"已写入 0 / {count:,} 行" in text(client, page)
    people.runtime.deliver()
    said = client.get(page, headers=HTMX).get_data(as_text=True)
    assert f"已写入 1,000 / {count:,} 行" in said
    while people.runtime.deliver():
        pass
    said = text(client, page)
    assert "data-hx-trigger" not in said
    assert f"新增 {count:,} 件" in said
    assert page in text(client, "/supplier/import")


def test_a_second_sheet_queues_and_the_first_can_be_stopped(
    people: People, client: FlaskClient
) -> None:
    rows = ({"货号": f"L-{number:05d}"} for number in range(queries.PART + 1))
    first = take_in(client, a_sheet(*rows))
    second = take_in(client, a_sheet({}))
    assert "排队" in text(client, second)
    assert post(client, f"{first}/stop", on=first).status_code == 303
    assert "已停止" in text(client, first)
    while people.runtime.deliver():
        pass
    assert "新增 1 件" in text(client, second)


def test_a_sheet_in_gb18030_shows_its_words_before_it_is_written(
    people: People, client: FlaskClient
) -> None:
    """P26"""
    sheet = a_sheet({}, {}).decode("utf-8-sig").encode("gb18030")
    page = hand_in(client, sheet).headers["Location"]
    said = text(client, page)
    assert "GB18030" in said
    assert "示例 伽师瓜 2 个装" in said
    assert "还没有商品" in text(client, "/supplier/listings")
    assert post(client, f"{page}/confirm", on=page).status_code == 303
    while people.runtime.deliver():
        pass
    assert "新增 2 件" in text(client, page)


def test_both_templates_can_be_fetched_and_are_good_sheets(client: FlaskClient) -> None:
    for name in ("sample.csv", "sample.xlsx"):
        answer = client.get(f"/supplier/import/{name}")
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]


def test_a_sheet_above_the_bytes_of_other_forms_is_still_read(client: FlaskClient) -> None:
    """A hundred thousand rows are more than other uploads may be; above the limit it is told."""
    assert hand_in_whole(client, a_sheet({}) + b"\r\n" * 7_000_000) == 303
    assert hand_in_whole(client, b"x" * (34 * 2**20)) == 422
    assert hand_in_whole(client, b"x" * (98 * 2**20)) == 413  # sheet and archive together


def hand_in_whole(client: FlaskClient, data: bytes) -> int:
    """Post a long file from memory; the test client itself would leave a file open."""
    token = tokens(text(client, "/supplier/import"))["csrf_token"]
    head = 'Content-Disposition: form-data; name="{}"'
    parts = [
        f"--x\r\n{head.format('csrf_token')}\r\n\r\n{token}\r\n",
        f'--x\r\n{head.format("sheet")}; filename="a.csv"\r\n\r\n',
    ]
    answer = client.post(
        "/supplier/import",
        data="".join(parts).encode() + data + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    return answer.status_code


def test_no_other_verb_is_open(client: FlaskClient) -> None:
    rows = ({"货号": f"L-{number:05d}"} for number in range(queries.PART + 1))
    page = take_in(client, a_sheet(*rows))
    assert post(client, f"{page}/finish", on=page).status_code == 404
    assert post(client, f"{page}/confirm", on=page).status_code == 409
