"""A forgotten password: by SMS, by mail, once, and for nobody else."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask

from marketplace.accounts import rules, service
from marketplace.accounts.models import Person
from marketplace.adapters.offline_post import OfflineMail
from marketplace.kernel.clock import SetClock
from tests.fixtures import PASSWORD, People, post
from tests.makers.doors import EMPLOYEE, NEW_PASSWORD, digits, is_in, letters, link

NEW = {"password": NEW_PASSWORD, "again": NEW_PASSWORD}


@pytest.fixture
def with_mail(people: People) -> People:
    """The employee has left a mail address."""
    with people.runtime.work() as w:
        w.session.get_one(Person, UUID(people.ids["employee"])).email = "li@bank.example"
    return people


def test_by_sms_with_the_employee_number(app: Flask, people: People) -> None:
    old = app.test_client()
    post(old, "/sign-in", login=EMPLOYEE, password=PASSWORD)
    client = app.test_client()
    asked = post(client, "/reset", login="e0000", way="sms")
    assert asked.headers["Location"] == "/reset/code"
    done = post(client, "/reset/code", code=digits(people.runtime, EMPLOYEE), **NEW)
    assert done.headers["Location"] == "/sign-in"
    assert not is_in(old)  # P20
    assert post(client, "/sign-in", login=EMPLOYEE, password=PASSWORD).status_code == 422
    assert post(client, "/sign-in", login=EMPLOYEE, password=NEW_PASSWORD).status_code == 303


def test_by_mail_in_text_and_html(app: Flask, with_mail: People) -> None:
    client = app.test_client()
    asked = post(client, "/reset", login=EMPLOYEE, way="mail")
    assert asked.headers["Location"] == "/reset/sent"
    path = link(with_mail.runtime)
    mailer = with_mail.runtime.tools.mail
    assert isinstance(mailer, OfflineMail)
    (letter,) = mailer.sent()
    assert letter.to == "li@bank.example"
    assert path in letter.html
    assert client.get(path).status_code == 200
    assert post(client, path, **NEW).headers["Location"] == "/sign-in"
    assert post(client, "/sign-in", login=EMPLOYEE, password=NEW_PASSWORD).status_code == 303


def test_a_link_works_once_and_looking_at_it_uses_nothing_up(app: Flask, with_mail: People) -> None:
    post(app.test_client(), "/reset", login=EMPLOYEE, way="mail")
    path = link(with_mail.runtime)
    for _ in range(3):
        assert app.test_client().get(path).status_code == 200
    assert post(app.test_client(), path, **NEW).status_code == 303
    again = post(app.test_client(), path, password="river-stone-bridge", again="river-stone-bridge")
    assert again.status_code == 422
    assert "已经用过" in again.text


def test_after_half_an_hour_a_link_opens_nothing(
    app: Flask, with_mail: People, clock: SetClock
) -> None:
    post(app.test_client(), "/reset", login=EMPLOYEE, way="mail")
    path = link(with_mail.runtime)
    clock.advance(minutes=30)
    assert post(app.test_client(), path, **NEW).status_code == 422


@pytest.mark.parametrize("token", ["none", "0" * 32, "0" * 32 + "guess", "%2e%2e"])
def test_a_link_that_is_not_ours_opens_nothing(app: Flask, people: People, token: str) -> None:
    assert post(app.test_client(), f"/reset/link/{token}", **NEW).status_code == 422


def test_a_weak_password_costs_neither_code_nor_link(app: Flask, people: People) -> None:
    client = app.test_client()
    post(client, "/reset", login=EMPLOYEE, way="sms")
    code = digits(people.runtime, EMPLOYEE)
    weak = post(client, "/reset/code", code=code, password="Passw0rd2024", again="Passw0rd2024")
    assert weak.status_code == 422
    assert "太常见" in weak.text
    assert post(client, "/reset/code", code=code, **NEW).status_code == 303


def test_a_locked_out_owner_comes_back_by_the_phone(app: Flask, people: People) -> None:
    """P22: a lock-out is never for good."""
    client = app.test_client()
    for _ in range(rules.SIGN_IN_HERE.most):
        post(client, "/sign-in", login=EMPLOYEE, password="guess-guess-guess")
    assert post(client, "/sign-in", login=EMPLOYEE, password=PASSWORD).status_code == 429
    post(client, "/reset", login=EMPLOYEE, way="sms")
    post(client, "/reset/code", code=digits(people.runtime, EMPLOYEE), **NEW)
    assert post(client, "/sign-in", login=EMPLOYEE, password=NEW_PASSWORD).status_code == 303


def test_whoever_has_no_mail_gets_the_same_answer_and_no_letter(app: Flask, people: People) -> None:
    """P22"""
    asked = post(app.test_client(), "/reset", login=EMPLOYEE, way="mail")
    assert asked.headers["Location"] == "/reset/sent"
    assert letters(people.runtime) == []


def test_leaving_in_between_closes_the_way_back(app: Flask, people: People) -> None:
    """P20"""
    client = app.test_client()
    post(client, "/reset", login=EMPLOYEE, way="sms")
    code = digits(people.runtime, EMPLOYEE)
    with people.runtime.work() as w:
        service.leave(w, UUID(people.ids["employee"]))
    post(client, "/reset/code", code=code, **NEW)
    assert post(client, "/sign-in", login=EMPLOYEE, password=NEW_PASSWORD).status_code == 422


def test_the_letter_is_english_for_an_english_reader(app: Flask, with_mail: People) -> None:
    client = app.test_client()
    client.set_cookie("mp_language", "en")
    post(client, "/reset", login=EMPLOYEE, way="mail")
    assert letters(with_mail.runtime)[0].startswith("Hello,")
