"""P22: no answer tells whether somebody has an account here."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from marketplace.accounts import rules
from tests.fixtures import People, post
from tests.makers.doors import EMPLOYEE, NEW_PASSWORD, at

UNKNOWN = "13999999999"
NEW = {"password": NEW_PASSWORD, "again": NEW_PASSWORD}
TOKEN = re.compile(r'name="csrf_token" type="hidden" value="[^"]*"')
Knock = Callable[[Flask, str], TestResponse]


def by_password(app: Flask, login: str) -> TestResponse:
    return post(app.test_client(), "/sign-in", login=login, password="not-the-password")


def by_phone(app: Flask, login: str) -> TestResponse:
    return post(app.test_client(), "/sign-in/phone", mobile=login)


def by_digits(app: Flask, login: str) -> TestResponse:
    client = app.test_client()
    post(client, "/sign-in/phone", mobile=login)
    return post(client, "/sign-in/phone/code", code="000000")


def reset_by_sms(app: Flask, login: str) -> TestResponse:
    return post(app.test_client(), "/reset", login=login, way="sms")


def reset_by_mail(app: Flask, login: str) -> TestResponse:
    return post(app.test_client(), "/reset", login=login, way="mail")


def reset_digits(app: Flask, login: str) -> TestResponse:
    client = app.test_client()
    post(client, "/reset", login=login, way="sms")
    return post(client, "/reset/code", code="000000", **NEW)


def invited(app: Flask, login: str) -> TestResponse:
    return post(app.test_client(), "/register", invitation="2222-2222-2222-2222", mobile=login)


KNOCKS = (by_password, by_phone, by_digits, reset_by_sms, reset_by_mail, reset_digits, invited)


def plain(answer: TestResponse, login: str) -> str:
    """The answer without what each request has of its own, and without what was typed."""
    text = TOKEN.sub("", answer.text).replace(login, "…")
    return text.replace(rules.veiled(login), "…")


@pytest.mark.parametrize("knock", KNOCKS)
def test_known_and_unknown_get_the_same_answer(shop: Flask, people: People, knock: Knock) -> None:
    """P22: status, headers and every sign of the page."""
    known, unknown = knock(shop, EMPLOYEE), knock(shop, UNKNOWN)
    assert known.status_code == unknown.status_code
    assert known.headers.get("Location") == unknown.headers.get("Location")
    assert sorted(known.headers.keys()) == sorted(unknown.headers.keys())
    assert plain(known, EMPLOYEE) == plain(unknown, UNKNOWN)


@pytest.mark.parametrize("knock", KNOCKS[:2])
def test_known_and_unknown_take_as_long(shop: Flask, people: People, knock: Knock) -> None:
    """P22: the median differs by less than a network's noise; a hash left out would be seen."""
    took: dict[str, list[float]] = {EMPLOYEE: [], UNKNOWN: []}
    for turn in range(15):
        for login, times in took.items():
            before = time.perf_counter()
            knock(_Elsewhere(shop, turn, login), login)  # type: ignore[arg-type]  # it has what a knock needs
            times.append(time.perf_counter() - before)
    known, unknown = (statistics.median(times) for times in took.values())
    assert abs(known - unknown) < 0.35 * max(known, unknown)


def test_a_limit_is_met_by_unknown_numbers_too(shop: Flask, people: People) -> None:
    """P22: being stopped tells nothing either."""
    for login in (EMPLOYEE, UNKNOWN):
        answers = [post(at(shop, "198.51.100.9"), "/sign-in", login=login, password="wrong-one")
                   for _ in range(rules.SIGN_IN_HERE.most + 1)]  # fmt: skip
        assert [a.status_code for a in answers] == [422] * rules.SIGN_IN_HERE.most + [429]


class _Elsewhere:
    """The application from an address for each turn and number, so that limits stay out of it."""

    def __init__(self, app: Flask, turn: int, login: str) -> None:
        self.app, self.place = app, f"203.0.113.{2 * turn + (login == EMPLOYEE)}"

    def test_client(self) -> FlaskClient:
        return at(self.app, self.place)
