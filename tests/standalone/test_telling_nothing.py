"""P22: no answer tells whether somebody has an account here."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from marketplace.accounts import rules
from marketplace.accounts.rules import Limit
from tests.fixtures import PASSWORD, People, post
from tests.makers.doors import EMPLOYEE, NEW_PASSWORD, OFFICE, at

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


def test_the_owners_neighbours_learn_nothing_and_the_owner_comes_in(
    shop: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P22: after tries from everywhere, a wrong password at the owner's own place is answered as
    anybody's; the right one opens there. The count is smaller here than in earnest."""
    few = Limit("sign_in_account", 3, timedelta(minutes=10))
    monkeypatch.setattr(rules, "SIGN_IN_ACCOUNT", few)
    post(at(shop, OFFICE), "/sign-in", login=EMPLOYEE, password=PASSWORD)
    told = []
    for login in (EMPLOYEE, UNKNOWN):
        for number in range(3):
            post(at(shop, f"198.51.100.{number}"), "/sign-in", login=login, password="wrong-one")
        told.append(post(at(shop, OFFICE), "/sign-in", login=login, password="wrong-one"))
    assert [answer.status_code for answer in told] == [429, 429]
    assert plain(told[0], EMPLOYEE) == plain(told[1], UNKNOWN)
    stranger = post(at(shop, "192.0.2.1"), "/sign-in", login=EMPLOYEE, password=PASSWORD)
    owner = post(at(shop, OFFICE), "/sign-in", login=EMPLOYEE, password=PASSWORD)
    assert (stranger.status_code, owner.status_code) == (429, 303)


def test_messages_are_answered_the_same_at_the_owners_place(app: Flask, people: People) -> None:
    """P22: also when strangers have used up their share of the number."""
    post(at(app, OFFICE), "/sign-in", login=EMPLOYEE, password=PASSWORD)
    for login in (EMPLOYEE, UNKNOWN):
        for number in range(rules.CODE_NUMBER.most):
            by_phone_at(app, login, f"198.51.100.{number}")
        here = [by_phone_at(app, login, OFFICE) for _ in range(rules.CODE_HERE.most + 1)]
        assert here == [303] * rules.CODE_HERE.most + [429]


def by_phone_at(app: Flask, login: str, place: str) -> int:
    return post(at(app, place), "/sign-in/phone", mobile=login).status_code


class _Elsewhere:
    """The application from an address for each turn and number, so that limits stay out of it."""

    def __init__(self, app: Flask, turn: int, login: str) -> None:
        self.app, self.place = app, f"203.0.113.{2 * turn + (login == EMPLOYEE)}"

    def test_client(self) -> FlaskClient:
        return at(self.app, self.place)
