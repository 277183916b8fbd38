"""Flask-Security behind our pages: what it is asked, and what it is not let do."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from argon2 import PasswordHasher
from flask import Flask
from flask_security import hash_password
from flask_security.forms import LoginForm

from marketplace.accounts import rules
from marketplace.accounts.models import Person
from marketplace.standalone import create_app
from marketplace.standalone.security import Account, checker
from tests.fixtures import PASSWORD, People, post
from tests.makers.doors import EMPLOYEE, is_in, letters


def test_its_hashes_and_ours_are_the_same_kind(app: Flask) -> None:
    with app.app_context():
        made = hash_password(PASSWORD)
    assert rules.opens(made, PASSWORD)
    assert not rules.is_weak(made)
    assert made.split("$")[3] == rules.hashed(PASSWORD).split("$")[3] == "m=19456,t=2,p=1"


def test_a_weaker_hash_is_replaced_at_sign_in(app: Flask, people: People) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    person = UUID(people.ids["employee"])
    with people.runtime.work() as w:
        w.session.get_one(Person, person).password_hash = weak
    client = app.test_client()
    post(client, "/sign-in", login=EMPLOYEE, password=PASSWORD)
    assert is_in(client)
    with people.runtime.reading() as session:
        kept = session.get_one(Person, person).password_hash
    assert rules.is_weak(weak)
    assert not rules.is_weak(kept)
    assert rules.opens(kept, PASSWORD)


def test_a_locked_account_says_so_in_words(app: Flask, people: People) -> None:
    """A lock without words would be taken for a success by Flask-Security's own forms."""
    with app.test_request_context("/sign-in", environ_base={"REMOTE_ADDR": "203.0.113.7"}):
        account = checker().datastore.find_user(login=EMPLOYEE)
        assert account is not None
        words: list[str] = []
        found = [account.is_locked(words) for _ in range(rules.SIGN_IN_HERE.most + 1)]
    assert found == [False] * rules.SIGN_IN_HERE.most + [True]
    assert len(words) == 1
    assert "10 分钟" in words[0]
    assert LoginForm  # the form whose validate() asks the same


def test_somebody_unknown_is_an_account_that_nothing_opens(app: Flask, people: People) -> None:
    with app.test_request_context("/sign-in"):
        nobody = checker().datastore.find_user(login="13999999999")
        assert isinstance(nobody, Account)
        assert not nobody.opened_by(PASSWORD)
        assert nobody.person_id is None


def test_whatever_it_mails_leaves_by_our_outbox(app: Flask, people: People) -> None:
    with app.test_request_context("/"):
        checker()._mail_util.send_mail("any", "题目", "li@bank.example", "us", "正文", None)
    assert letters(people.runtime) == ["正文"]


def test_whatever_asks_it_about_a_password_hears_our_rules(app: Flask, people: People) -> None:
    with app.test_request_context("/"):
        refused, _kept = checker()._password_util.validate("iloveyou5201314", False)
        taken, _kept = checker()._password_util.validate("tea-mountain-road", False)
    assert refused
    assert "太常见" in refused[0]
    assert taken is None


def test_none_of_its_pages_is_served(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert not any(endpoint.startswith("security.") for endpoint in endpoints)


def test_a_stylesheet_asks_nobody_who_is_there(app: Flask) -> None:
    answer = app.test_client().get("/static/marketplace/css/base.css")
    assert "Cookie" not in answer.headers.get("Vary", "")
    answer.close()


def test_a_secret_sealed_under_an_earlier_key_still_opens(tmp_path: Path) -> None:
    def made(**settings: str) -> Flask:
        return create_app({"MARKETPLACE_DATA": tmp_path, "MARKETPLACE_DEMO": True, **settings})

    before = made(SECRET_KEY="a" * 32)
    after = made(SECRET_KEY="b" * 32, SECRET_KEY_FALLBACKS="a" * 32)
    with before.app_context():
        totp = checker().totp_factory
        secret = totp.generate_totp_secret()
        expected = totp.generate_totp_password(secret)
    with after.app_context():
        found = checker().totp_factory.verify_totp(expected, secret, Account("x", None), 30)
    assert found
    for app in (before, after):
        app.extensions["marketplace"].runtime.engine.dispose()
