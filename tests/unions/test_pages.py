"""The pages of a union: members and budgets for its officers, budgets alone for the auditor."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from marketplace.kernel.money import Money
from tests.fixtures import People, post
from tests.makers.unions import a_budget, a_union

ClientAs = Callable[[str], FlaskClient]
GRANT = {
    "name": "节日慰问",
    "year": "2026",
    "source": "union",
    "amount": "480000.00",
    "document": "示例工会〔2026〕1 号",
}


def test_officers_see_members_and_amounts(client_as: ClientAs, people: People) -> None:
    union = a_union(people, members=2)
    a_budget(people, union, amount=Money(1234_50))
    client = client_as("union_buyer")
    assert "示例银行工会" in client.get("/unions").get_data(as_text=True)
    page = client.get(f"/unions/{union.id}").get_data(as_text=True)
    assert "¥1,234.50" in page
    assert "工会经费" in page
    assert "示例会员1" in page
    assert "137****0001" in page
    assert "13700000001" not in page
    assert "登记一笔经费" not in page


def test_the_treasurer_grants_by_the_form(client_as: ClientAs, people: People) -> None:
    union = a_union(people)
    client = client_as("union_treasurer")
    answer = post(client, f"/unions/{union.id}/budgets", on=f"/unions/{union.id}", **GRANT)
    assert answer.status_code == 303
    assert "¥480,000.00" in client.get(f"/unions/{union.id}").get_data(as_text=True)


@pytest.mark.parametrize("amount", ["12,5元", "-1", "0", "NaN", "1e18", "４８０", "480.005", ""])
def test_an_amount_that_is_none_is_refused(
    client_as: ClientAs, people: People, amount: str
) -> None:
    union = a_union(people)
    client = client_as("union_treasurer")
    fields = GRANT | {"amount": amount}
    answer = post(client, f"/unions/{union.id}/budgets", on=f"/unions/{union.id}", **fields)
    assert answer.status_code == 422
    assert "还没有登记经费" in answer.get_data(as_text=True)


def test_the_auditor_sees_budgets_but_no_people(client_as: ClientAs, people: People) -> None:
    union = a_union(people, members=2)
    a_budget(people, union)
    client = client_as("auditor")
    page = client.get(f"/unions/{union.id}").get_data(as_text=True)
    assert "节日慰问" in page
    assert "示例会员" not in page
    assert post(client, f"/unions/{union.id}/budgets", on="/unions", **GRANT).status_code == 403


@pytest.mark.parametrize("name", ["employee", "supplier", "reviewer"])
def test_strangers_do_not_come_in(client_as: ClientAs, people: People, name: str) -> None:
    union = a_union(people)
    assert client_as(name).get(f"/unions/{union.id}").status_code == 403
