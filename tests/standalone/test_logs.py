"""Logs: a line of JSON for each event, a number for each request, and no secret in any."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.accounts import rules
from marketplace.accounts.models import Person
from marketplace.standalone.logs import HEADER, JsonLines, scrubbed
from marketplace.work.models import TrailEntry
from tests.fixtures import PASSWORD, People, post
from tests.makers.doors import EMPLOYEE, NEW_PASSWORD, digits, link, secret_of

ClientAs = Callable[[str], FlaskClient]


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Everything that is logged meanwhile, as a collector of logs reads it."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


Lines = Callable[[], list[dict[str, Any]]]


def test_a_request_leaves_one_line_with_who_what_and_how_long(
    client_as: ClientAs, people: People, lines: Lines
) -> None:
    client = client_as("employee")
    answer = client.get("/basket")
    (line,) = [one for one in lines() if one.get("path") == "/basket"]
    assert line["request"] == answer.headers[HEADER]
    assert line["actor"] == people.ids["employee"]
    assert (line["method"], line["status"], line["level"]) == ("GET", 200, "info")
    assert line["at"].endswith("+00:00")
    assert line["ms"] > 0


def test_a_change_leads_to_its_rows_of_the_trail(
    client_as: ClientAs, people: People, lines: Lines
) -> None:
    client = client_as("employee")
    answer = post(client, "/security/sign-ins/end-others", on="/security")
    post(client, "/sign-out", on="/")
    with people.runtime.reading() as session:
        last = session.scalars(select(func.max(TrailEntry.number))).one()
    trails = [one for one in lines() if one["text"] == "trail"]
    assert trails[-1]["trail"] == [last, last]
    assert answer.headers[HEADER] not in {one.get("request") for one in trails}  # nothing to end


@pytest.mark.own_app
def test_a_fault_is_found_by_the_number_on_the_page(app: Flask, lines: Lines) -> None:
    def breaks() -> str:
        raise RuntimeError("the cause")

    app.add_url_rule("/breaks", view_func=breaks)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = app.test_client().get("/breaks")
    number = answer.headers[HEADER]
    assert number in answer.text
    (line,) = [one for one in lines() if "fault" in one]
    assert line["request"] == number
    assert line["level"] == "error"
    assert "RuntimeError: the cause" in line["fault"]


@pytest.mark.own_app
def test_a_number_from_outside_counts_only_behind_our_own_proxy(app: Flask) -> None:
    given = {HEADER: "proxy-number-0001"}
    assert app.test_client().get("/healthz", headers=given).headers[HEADER] != given[HEADER]
    app.config["PROXY_HOPS"] = 1
    assert app.test_client().get("/healthz", headers=given).headers[HEADER] == given[HEADER]
    forged = {HEADER: 'x"}\n{"level":"forged"'.replace("\n", " ")}
    assert app.test_client().get("/healthz", headers=forged).headers[HEADER] not in forged.values()


def test_nothing_that_opens_a_door_is_written(
    app: Flask, people: People, lines: Lines, caplog: pytest.LogCaptureFixture
) -> None:
    """P22: passwords, cookies, codes, links."""
    client = app.test_client()
    post(client, "/sign-in", login=EMPLOYEE, password="not-the-password-1")
    post(client, "/sign-in/phone", mobile=EMPLOYEE)
    code = digits(people.runtime, EMPLOYEE)
    post(client, "/sign-in/phone/code", code=code)
    with people.runtime.work() as w:
        w.session.get_one(Person, UUID(people.ids["employee"])).email = "li@bank.example"
    post(client, "/reset", login=EMPLOYEE, way="mail")
    path = link(people.runtime)
    post(client, path, password=NEW_PASSWORD, again=NEW_PASSWORD)
    post(client, "/sign-in", login=EMPLOYEE, password=NEW_PASSWORD)
    told = json.dumps(lines(), ensure_ascii=False)
    secrets = ["not-the-password-1", NEW_PASSWORD, code, path.rpartition("/")[2], secret_of(client)]
    assert [secret for secret in secrets if secret in told] == []
    assert "/reset/link/***" in told


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("password=hunter2 next=/", "password=*** next=/"),
        ('{"password": "hunter2", "a": 1}', '{"password": "***", "a": 1}'),
        ("Cookie: mp_sign_in=abc; theme=dark", "theme=dark"),
        ("Authorization: Bearer abc", "Authorization: ***"),
        ("GET /reset/link/0123abc", "GET /reset/link/***"),
        ("/register?code=7KQM-2X9C-HN4T-WPDE&x=1", "/register?code=***&x=1"),
        ("【直通车】登录验证码 123456，5 分钟内有效", "【直通车】登录验证码 ***，5 分钟内有效"),
        (
            "order 0b0f9a52-3a4e-4e0c-9b7a-1d2e3f405162",
            "order 0b0f9a52-3a4e-4e0c-9b7a-1d2e3f405162",
        ),
        ("total 123456 fen", "total 123456 fen"),
    ],
)
def test_secrets_are_cut_out_and_facts_stay(text: str, left: str) -> None:
    assert left in scrubbed(text)
    assert "hunter2" not in scrubbed(text)
    assert "abc" not in scrubbed(text).replace("0123abc", "")


def test_hashes_and_random_secrets_are_cut_out() -> None:
    for secret in (
        rules.new_secret(),
        rules.hashed(PASSWORD),
        rules.digest("x"),
        rules.paper_code(),
    ):
        assert secret not in scrubbed(f"what is {secret} here")


def test_a_line_stays_one_line_whatever_is_in_it() -> None:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, 'a\n{"level": "forged"}', (), None)
    told = JsonLines().format(record)
    assert "\n" not in told
    assert json.loads(told)["level"] == "info"
