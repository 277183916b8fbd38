"""A form that makes something, sent twice, makes it once: the general mechanism of web.once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.commands.serving import once as worker_round
from marketplace.kernel.clock import SetClock
from marketplace.orders.models import Address
from marketplace.purchasing.forms import NEW
from marketplace.purchasing.models import Plan
from marketplace.unions.models import Budget
from marketplace.work.models import FormKey
from tests.browsing import serving
from tests.fixtures import PASSWORD, People
from tests.makers.suppliers import COUNTY
from tests.makers.unions import a_budget, a_union
from tests.races.shoppers import Shopper, hidden
from tests.races.storm import PATIENCE

ClientAs = Callable[[str], FlaskClient]
TIMES = 8
HOME = {
    "recipient": "示例收货人",
    "mobile": "13800000009",
    "county": COUNTY,
    "street": "示例路 5 号",
}


@dataclass(frozen=True)
class Made:
    """What a form makes, by whom, and a field that makes it another thing."""

    kind: type
    who: str
    page: str
    path: str
    fields: dict[str, str]
    changed: dict[str, str]


def a_grant(people: People) -> Made:
    page = f"/unions/{a_union(people).id}"
    fields = {"name": "节日慰问", "year": "2026", "source": "union", "amount": "480000",
              "document": "示例工会〔2026〕1 号"}  # fmt: skip
    return Made(Budget, "union_treasurer", page, f"{page}/budgets", fields, {"amount": "1"})


def a_plan_form(people: People) -> Made:
    fields = {"title": "示例方案", "budget_id": str(a_budget(people).id), "per_person": "480",
              "minutes": "示例", "address_id": NEW, **HOME}  # fmt: skip
    return Made(Plan, "union_buyer", "/plans/new", "/plans/new", fields, {"title": "示例另一个"})


def an_address_form(_people: People) -> Made:
    return Made(Address, "employee", "/addresses", "/addresses", HOME, {"street": "示例路 6 号"})


FORMS = [a_grant, a_plan_form, an_address_form]


def count(people: People, kind: type) -> int:
    with people.runtime.reading() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


@pytest.mark.parametrize("form_of", FORMS)
def test_the_same_form_again_is_led_to_the_first_answer(
    people: People, client_as: ClientAs, form_of: Callable[[People], Made]
) -> None:
    """P31: and somebody who went back and changed a field means another thing."""
    made = form_of(people)
    client = client_as(made.who)
    before = count(people, made.kind)
    sent = {**hidden(client.get(made.page).text), **made.fields}
    said = {"headers": {"Sec-Fetch-Site": "same-origin"}}
    first = client.post(made.path, data=sent, **said)
    again = client.post(made.path, data=sent, **said)
    assert (first.status_code, again.status_code) == (303, 303)
    assert again.location == first.location
    assert "没有重复办理" in client.get(again.location).text
    assert count(people, made.kind) == before + 1
    assert client.post(made.path, data={**sent, **made.changed}, **said).status_code == 303
    assert count(people, made.kind) == before + 2
    fresh = {**hidden(client.get(made.page).text), **made.fields}  # a new page, the same words
    assert client.post(made.path, data=fresh, **said).status_code == 303
    assert count(people, made.kind) == before + 3


@pytest.mark.parametrize("form_of", FORMS)
def test_a_form_sent_many_times_at_the_same_moment_makes_one_thing(
    app: Flask, people: People, form_of: Callable[[People], Made]
) -> None:
    """P31: two that begin together write the same key; the second looks again."""
    made = form_of(people)
    before = count(people, made.kind)
    mobile = f"1350000{list(people.ids).index(made.who):04d}"
    with serving(app) as site:
        person = Shopper(site)
        assert person.post("/sign-in", on="/sign-in", login=mobile, password=PASSWORD)[0] == 303
        sent = {**hidden(person.ask(made.page)[1]), **made.fields}
        line = Barrier(TIMES)

        def press(_n: int) -> int:
            line.wait(PATIENCE)
            return person.ask(made.path, sent)[0]

        with ThreadPoolExecutor(TIMES) as threads:
            assert Counter(threads.map(press, range(TIMES))) == {303: TIMES}
    assert count(people, made.kind) == before + 1


def test_keys_are_forgotten_after_a_day(
    people: People, client_as: ClientAs, clock: SetClock
) -> None:
    client = client_as("employee")
    sent = {**hidden(client.get("/addresses").text), **HOME}
    client.post("/addresses", data=sent, headers={"Sec-Fetch-Site": "same-origin"})
    worker_round(people.runtime)
    assert count(people, FormKey) == 1
    clock.advance(hours=25)
    worker_round(people.runtime)
    assert count(people, FormKey) == 0
