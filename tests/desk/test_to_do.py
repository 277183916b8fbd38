"""What waits for whom stands in the head of every page, asked in one question."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from marketplace.desk import queries
from tests.fixtures import People
from tests.makers.catalog import a_listing, a_submitted_listing
from tests.makers.credit import a_budget_with_members, a_grant
from tests.makers.orders import a_purchase, paid
from tests.makers.suppliers import an_approved_supplier


def waiting(people: People, name: str) -> dict[str, int]:
    with people.runtime.reading() as session:
        return queries.to_do(session, people.actor(name), people.runtime.clock.now())


def test_each_sees_how_much_waits_for_him_and_nobody_elses(
    app: Flask, people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    """P18: of others' things not even the number."""
    an_approved_supplier(people)
    melon = a_listing(people)
    paid(people, a_purchase(people, melon))
    a_submitted_listing(people, sku="MX-0002")
    a_grant(people, a_budget_with_members(people))
    assert waiting(people, "reviewer")["desk.index"] >= 1
    assert waiting(people, "supplier") == {"orders.for_supplier": 1}
    assert waiting(people, "union_approver") == {"credit.index": 1}
    for name in ("union_buyer", "employee", "second_supplier", "auditor", "manager"):
        assert waiting(people, name) == {}
    page = client_as("supplier").get("/").get_data(as_text=True)
    assert "等您办的" in page
    assert "待发货的订单" in page
    assert "等您办的" not in client_as("employee").get("/").get_data(as_text=True)


def test_what_one_sent_oneself_does_not_wait_for_oneself(people: People) -> None:
    """P15, P18: two hats on one head, and an approver of another union."""
    a_grant(people, a_budget_with_members(people))
    both = people.both("union_buyer", "union_approver")
    elsewhere = frozenset(replace(one, organisation_id=uuid.uuid4()) for one in both.grants)
    stranger = replace(people.actor("union_approver"), grants=elsewhere)
    with people.runtime.reading() as session:
        for actor in (both, stranger):
            assert queries.to_do(session, actor, people.runtime.clock.now()) == {}


def test_whoever_is_not_signed_in_costs_no_question(app: Flask, people: People) -> None:
    asked: list[str] = []
    engine = people.runtime.engine
    client = app.test_client()
    client.get("/sign-in")

    def note(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    client.get("/sign-in")
    event.remove(engine, "before_cursor_execute", note)
    assert not [one for one in asked if "mp_review_task" in one or "mp_delivery" in one]
