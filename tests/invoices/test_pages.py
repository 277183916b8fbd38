"""Invoices through real requests: asked, handed in, refused beside the field, exported."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal

import openpyxl
import pytest
from flask.testing import FlaskClient

from marketplace.catalog.models import Listing
from tests.fixtures import People
from tests.makers.invoices import a_number, a_paid_order, an_invoice_of, asked, entered

Client = Callable[[str], FlaskClient]


def token(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', _text(client, path))
    assert found is not None
    return found[1]


def _text(client: FlaskClient, path: str) -> str:
    return client.get(path).get_data(as_text=True)


@pytest.mark.sqlite_only  # what pages say; what is stored other tests look at on both
def test_a_buyer_asks_with_a_title_of_his_own(
    people: People, melon: Listing, client_as: Client
) -> None:
    order = a_paid_order(people, melon)
    buyer = client_as("employee")
    at = f"/invoices/orders/{order.id}"
    assert "请先添加一个发票抬头" in _text(buyer, at)
    title = {"csrf_token": token(buyer, "/invoices/titles"), "kind": "person", "name": "示例买家"}
    wrong = {**title, "kind": "organisation", "tax_number": "123"}
    refused = buyer.post("/invoices/titles", data=wrong)
    assert (refused.status_code, "不是有效的统一社会信用代码" in refused.text) == (422, True)
    assert buyer.post("/invoices/titles", data=title).status_code == 303
    chosen = re.search(r'<option[^>]* value="([0-9a-f-]{36})"', _text(buyer, at))
    assert chosen is not None
    wish = {"csrf_token": token(buyer, at), "title": chosen[1]}
    assert buyer.post(f"{at}/requests", data=wish).status_code == 303
    assert order.number in _text(client_as("supplier"), "/invoices/to-issue")


@pytest.mark.sqlite_only  # what pages say; what is stored other tests look at on both
def test_what_a_supplier_hands_in_is_kept_or_refused_beside_the_field(
    people: People, melon: Listing, client_as: Client
) -> None:
    """P24: what was refused leaves nothing."""
    order = a_paid_order(people, melon)
    request = asked(people, order)
    supplier = client_as("supplier")
    show = f"/invoices/requests/{request.id}"
    told = {"csrf_token": token(supplier, show)}

    def hand_in(data: bytes, name: str, **typed: str) -> tuple[int, str]:
        file = {"file": (io.BytesIO(data), name)}
        answer = supplier.post(f"{show}/invoices", data={**told, **typed, **file})
        return answer.status_code, answer.text

    status, text = hand_in(an_invoice_of(people, request, buyer_name="别人"), "a.xml")
    assert (status, "购买方写的是“别人”，应当是“示例买家”" in text) == (422, True)
    assert hand_in(b"MZ", "a.xml")[0] == 422
    assert hand_in(b"%PDF-1.7", "a.pdf")[0] == 422  # nothing was typed
    files = people.runtime.tools.storage
    kept = {one.key for one in files.listed()}
    number, worth = a_number(), request.wanted.yuan
    said = {"number": number, "issued_on": "2026-11-23", "net": worth, "tax": "0"}
    assert hand_in(b"%PDF-1.7", "a.pdf", **said, amount="1,0")[0] == 422
    status, text = hand_in(b"%PDF-1.7", "a.pdf", **{**said, "net": "999"}, amount="999")
    assert (status, "还要开的只有" in text) == (409, True)
    assert {one.key for one in files.listed()} == kept
    assert hand_in(b"%PDF-1.7", "发票.pdf", **said, amount=worth)[0] == 303
    buyer = client_as("employee")
    page = _text(buyer, f"/invoices/orders/{order.id}")
    assert number in page
    file = re.search(r"/invoices/[0-9a-f-]{36}/file", page)
    assert file is not None
    assert buyer.get(file[0]).data == b"%PDF-1.7"


@pytest.mark.sqlite_only  # a file of rows that other tests look at on both
def test_the_three_ways_leave_as_csv_and_workbook(
    people: People, melon: Listing, client_as: Client
) -> None:
    """P27: amounts are numbers, texts are texts."""
    order = a_paid_order(people, melon)
    client = client_as("auditor")
    at = f"/invoices/purchases/{order.purchase_id}"
    assert "没有申请开票" in _text(client, at)
    sheet = client.get(f"{at}/sheet.csv").get_data().decode("utf-8-sig")
    _headings, row = csv.reader(io.StringIO(sheet))
    assert Decimal(row[4]) == (order.goods + order.freight).decimal
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{at}/sheet.xlsx").get_data())).active
    assert book is not None
    _headings, cells = book.iter_rows(values_only=True)
    assert cells[0] == order.number
    assert all(isinstance(cell, int | float) for cell in cells[2:6])


@pytest.mark.sqlite_only  # what a page says
def test_a_manager_sees_why_another_one_stands_there_as_the_seller(
    people: People, melon: Listing, client_as: Client
) -> None:
    request = asked(people, a_paid_order(people, melon))
    data = an_invoice_of(people, request, seller_name="示例税务局", seller_code="1")
    made = entered(people, request, data, on_behalf="农户没有税号")
    manager = client_as("manager")
    assert made.number in _text(manager, "/invoices")
    show = f"/invoices/requests/{request.id}"
    assert "农户没有税号" in _text(manager, show)
    told = {"csrf_token": token(manager, show), "note": "看不清"}
    assert manager.post(f"/invoices/{made.id}/refuse", data=told).status_code == 303
    assert "看不清" in _text(client_as("supplier"), show)
