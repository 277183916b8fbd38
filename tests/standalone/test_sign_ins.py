"""Where one is signed in: seen, ended, and ended for one when something changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts import queries, rules, service
from marketplace.accounts.models import SignIn
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import SetClock
from tests.fixtures import PASSWORD, People, post
from tests.makers.doors import EMPLOYEE, NEW_PASSWORD, SECOND, is_in, note, secret_of, with_app

ClientAs = Callable[[str], FlaskClient]
PHONE = ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 "
         "(KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1")  # fmt: skip


def test_the_page_names_each_browser_and_its_place(app: Flask, client_as: ClientAs) -> None:
    phone = app.test_client()
    phone.environ_base.update({"HTTP_USER_AGENT": PHONE, "REMOTE_ADDR": "203.0.113.7"})
    post(phone, "/sign-in", login=EMPLOYEE, password=PASSWORD)
    page = client_as("employee").get("/security").text
    assert "Safari · iPhone" in page
    assert "203.0.113.7" in page
    assert page.count("2026-11-23 12:00") >= 2


def test_one_of_them_is_ended_at_once(app: Flask, client_as: ClientAs) -> None:
    """P20: the very next request of the other browser is a stranger's."""
    lost, here = client_as("employee"), client_as("employee")
    assert is_in(lost)
    (address,) = re.findall(r'action="(/security/sign-ins/[0-9a-f-]+/end)"',
                            here.get("/security").text)  # fmt: skip
    assert post(here, address, on="/security").status_code == 303
    assert not is_in(lost)
    assert is_in(here)


def test_all_others_are_ended_and_this_one_stays(app: Flask, client_as: ClientAs) -> None:
    """P20"""
    others = [client_as("employee") for _ in range(3)]
    here, colleague = client_as("employee"), client_as("second_employee")
    post(here, "/security/sign-ins/end-others", on="/security")
    assert [is_in(client) for client in others] == [False] * 3
    assert is_in(here)
    assert is_in(colleague)


def test_a_changed_password_ends_all_others_and_renews_this_one(
    app: Flask, client_as: ClientAs
) -> None:
    """P20, P21"""
    other, here = client_as("employee"), client_as("employee")
    before = secret_of(here)
    answer = post(here, "/security/password", on="/security", current=PASSWORD,
                  password=NEW_PASSWORD, again=NEW_PASSWORD)  # fmt: skip
    assert answer.status_code == 303
    assert not is_in(other)
    assert is_in(here)
    assert secret_of(here) != before
    copy = app.test_client()
    copy.set_cookie("mp_sign_in", before)
    assert not is_in(copy)
    assert post(app.test_client(), "/sign-in", login=EMPLOYEE, password=PASSWORD).status_code == 422
    again = post(app.test_client(), "/sign-in", login=EMPLOYEE, password=NEW_PASSWORD)
    assert again.status_code == 303


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"current": "not-the-password"}, "密码不对"),
        ({"again": "something-else-entirely"}, "两遍不一样"),
        ({"password": "iloveyou5201314", "again": "iloveyou5201314"}, "太常见"),
        ({"password": f"{EMPLOYEE}!!", "again": f"{EMPLOYEE}!!"}, "太常见"),
        ({"password": "short", "again": "short"}, "太短"),
    ],
)
def test_a_refused_change_says_why_and_changes_nothing(
    client_as: ClientAs, people: People, fields: dict[str, str], told: str
) -> None:
    client = client_as("employee")
    given = {"current": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD} | fields
    answer = post(client, "/security/password", on="/security", **given)
    assert answer.status_code == 422
    assert told in answer.text
    assert is_in(client)


def test_the_old_password_is_not_guessed_in_an_open_browser(client_as: ClientAs) -> None:
    """P22"""
    client = client_as("employee")
    given = {"current": "guess-guess-guess", "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    for _ in range(rules.SIGN_IN_HERE.most):
        assert post(client, "/security/password", on="/security", **given).status_code == 422
    stopped = post(client, "/security/password", on="/security", **given | {"current": PASSWORD})
    assert stopped.status_code == 429
    assert "分钟" in note(stopped.text)


def test_a_new_role_comes_with_a_new_secret(
    app: Flask, people: People, client_as: ClientAs
) -> None:
    """P21: an id from before does not carry what was added."""
    client = client_as("employee")
    planted = secret_of(client)
    (grant,) = people.actor("union_buyer").grants
    with people.runtime.work() as w:
        service.grant(w, UUID(people.ids["employee"]), grant.organisation_id, Role.UNION_BUYER)
    assert client.get("/plans").status_code == 200
    assert secret_of(client) != planted
    thief = app.test_client()
    thief.set_cookie("mp_sign_in", planted)
    assert not is_in(thief)
    assert is_in(client)


def test_a_role_of_staff_given_to_somebody_signed_in_asks_for_the_second_factor(
    shop: Flask, people: People
) -> None:
    """P20, P21"""
    client = shop.test_client()
    post(client, "/sign-in", login=EMPLOYEE, password=PASSWORD)
    assert is_in(client)
    (grant,) = people.actor("reviewer").grants
    with people.runtime.work() as w:
        service.grant(w, UUID(people.ids["employee"]), grant.organisation_id, Role.REVIEWER)
    assert client.get("/desk").headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize(("name", "login", "minutes"),
                         [("employee", EMPLOYEE, 30), ("reviewer", "13500000002", 15)])  # fmt: skip
def test_a_forgotten_browser_closes_sooner_for_staff(
    shop: Flask, people: People, clock: SetClock, name: str, login: str, minutes: int
) -> None:
    if name == "employee":
        client = shop.test_client()
        post(client, "/sign-in", login=login, password=PASSWORD)
    else:
        client, _codes = with_app(shop, people, name, login)
    clock.advance(minutes=minutes, seconds=-1)
    assert is_in(client)
    clock.advance(minutes=minutes)
    assert not is_in(client)


def test_staff_signs_in_anew_after_eight_hours_of_work(
    shop: Flask, people: People, clock: SetClock
) -> None:
    client, _codes = with_app(shop, people, "reviewer", "13500000002")
    for _ in range(47):
        clock.advance(minutes=10)
        assert is_in(client)
    clock.advance(minutes=10)
    assert not is_in(client)


def test_of_two_requests_that_renew_at_once_one_gets_the_secret(people: People) -> None:
    with people.runtime.work() as w:
        secret = service.admit(w, UUID(people.ids["employee"]))
        found = queries.open_sign_in(w.session, secret, w.now)
        assert found is not None
    with people.runtime.work() as w:
        renewed = service.renew(w, found.id)
    with people.runtime.reading() as session:
        at = people.runtime.clock.now()
        assert queries.open_sign_in(session, secret, at) is None
        assert queries.open_sign_in(session, renewed, at) is not None


def test_browsers_of_others_are_neither_shown_nor_ended(
    people: People, client_as: ClientAs
) -> None:
    """P18"""
    client_as("employee")
    stranger = client_as("second_employee")
    with people.runtime.reading() as session:
        theirs = session.query(SignIn).filter_by(person_id=UUID(people.ids["employee"])).one()
    answer = post(stranger, f"/security/sign-ins/{theirs.id}/end", on="/security")
    assert answer.status_code == 404
    assert str(theirs.id) not in stranger.get("/security").text
    assert SECOND


def test_in_english_too(client_as: ClientAs) -> None:
    page = client_as("employee").get("/security", headers={"Accept-Language": "en"}).text
    assert "Where you are signed in" in page
    assert "Second factor" in page
