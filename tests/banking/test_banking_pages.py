"""The pages of the bank by real requests: what is handed in, what is wrong, what is decided."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from catalog_import.statements import our_names
from marketplace.catalog.models import Listing
from tests.fixtures import People, post
from tests.makers.banking import ACCOUNT, a_file, came, the_line, the_lines
from tests.makers.orders import a_purchase, the_payment

SignIn = Callable[[str], FlaskClient]


def handed_in(client: FlaskClient, data: bytes, **more: str) -> TestResponse:
    fields: dict[str, object] = {"account": ACCOUNT, "layout": "", **more}
    if data:
        fields["sheet"] = (io.BytesIO(data), "明细.csv")
    return post(client, "/banking/statements", on="/banking/", **fields)


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


@pytest.mark.sqlite_only
def test_a_statement_is_handed_in_and_one_line_is_decided(
    people: People, client_as: SignIn, melon: Listing
) -> None:
    good, proposed = (
        the_payment(people, a_purchase(people, melon, name=name))
        for name in ("employee", "second_employee")
    )
    manager = client_as("manager")
    data = a_file(came("S1", "118.00", good.reference), came("S2", "118.00", "货款", "某财务中心"))
    done = handed_in(manager, data.decode().encode("gb18030"))
    assert done.status_code == 303
    page = text_of(manager, done.headers["Location"])
    assert "gb18030" in page
    assert "其中 2 行是新的" in page
    again = handed_in(manager, data)
    assert "没有变化" in text_of(manager, again.headers["Location"])
    line = the_line(people, "S2")
    path = f"/banking/lines/{line.id}"
    shown = text_of(manager, path)
    assert proposed.reference in shown
    assert "金额相同" in shown
    assert good.reference not in shown
    for wrong in ({"payment": str(proposed.id), "note": ""}, {"payment": "x", "note": "说明"}):
        assert post(manager, f"{path}/put", on=path, **wrong).status_code == 422
    said = {"payment": str(proposed.id), "note": "某财务中心代付，已核实"}
    assert post(manager, f"{path}/put", on=path, **said).status_code == 303
    assert "某财务中心代付，已核实" in text_of(client_as("auditor"), path)
    assert "每一笔流水都有了去处" in text_of(manager, "/banking/")
    books = text_of(manager, "/ledger/transfer_unknown")
    assert path in books


@pytest.mark.sqlite_only
def test_what_is_wrong_with_a_statement_is_told_and_nothing_is_stored(
    people: People, client_as: SignIn
) -> None:
    manager = client_as("manager")
    assert handed_in(manager, b"").status_code == 422
    bad = a_file(came("S1", "1.00"), came("S2", "1.005"))
    refused = handed_in(manager, bad)
    told = refused.get_data(as_text=True)
    assert refused.status_code == 422
    for said in ("3", "收入", "1.005", "不是一个金额", "最多两位小数"):
        assert said in told
    assert "认不出" in handed_in(manager, b"a,b\n1,2\n").get_data(as_text=True)
    nameless = handed_in(manager, a_file(came("S1", "1.00")), account="长" * 41)
    assert nameless.status_code == 422
    assert the_lines(people) == []
    assert our_names()[0] in text_of(manager, "/banking/template.csv")


@pytest.mark.sqlite_only
def test_money_goes_back_and_what_is_none_of_ours_is_said(
    people: People, client_as: SignIn
) -> None:
    manager = client_as("manager")
    handed_in(manager, a_file(came("S1", "5.00"), came("S2", "3.21", "结息")))
    back, none = (f"/banking/lines/{one.id}" for one in the_lines(people))
    said = {"bank_ref": "OUT-1", "reason": "付错了"}
    assert post(manager, f"{back}/return", on=back, **said).status_code == 303
    assert "OUT-1" in text_of(manager, back)
    assert post(manager, f"{none}/dismiss", on=none, why="").status_code == 422
    assert post(manager, f"{none}/dismiss", on=none, why="利息").status_code == 303
    again = client_as("second_manager")
    assert post(again, f"{back}/return", on="/banking/", **said).status_code == 409
