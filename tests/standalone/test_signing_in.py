"""Signing in by the page: the way in, the way back, and the same words for every stranger."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts import rules, service
from marketplace.accounts.models import Membership, SignIn, Tally
from marketplace.kernel.clock import SetClock
from marketplace.standalone import DEMO_PASSWORD
from marketplace.standalone.identity import COOKIE
from tests.fixtures import PASSWORD, People, post

EMPLOYEE = "13500000000"
ClientAs = Callable[[str], FlaskClient]


def test_a_mobile_number_and_its_password_open_the_shop(app: Flask, people: People) -> None:
    client = app.test_client()
    answer = post(client, "/sign-in", login=EMPLOYEE, password=PASSWORD)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"
    assert _is_in(client)


def test_an_employee_number_opens_it_too(app: Flask, people: People) -> None:
    client = app.test_client()
    assert post(client, "/sign-in", login="e0000", password=PASSWORD).status_code == 303
    assert _is_in(client)


def test_unknown_and_wrong_answer_in_the_same_words(app: Flask, people: People) -> None:
    wrong = post(app.test_client(), "/sign-in", login=EMPLOYEE, password="not-the-password")
    unknown = post(app.test_client(), "/sign-in", login="13999999999", password=PASSWORD)
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert _note(wrong.text) == _note(unknown.text) != ""


def test_the_password_never_comes_back_in_the_page(app: Flask, people: People) -> None:
    answer = post(app.test_client(), "/sign-in", login=EMPLOYEE, password="not-the-password")
    assert "not-the-password" not in answer.text


@pytest.mark.parametrize("fields", [{}, {"login": EMPLOYEE}, {"password": PASSWORD}])
def test_an_empty_field_is_named(app: Flask, people: People, fields: dict[str, str]) -> None:
    answer = post(app.test_client(), "/sign-in", **fields)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


def test_a_page_that_lay_open_too_long_says_so(app: Flask, people: People) -> None:
    answer = app.test_client().post(
        "/sign-in", data={"login": EMPLOYEE, "password": PASSWORD, "csrf_token": "old"}
    )
    assert answer.status_code == 422
    assert "CSRF" not in answer.text
    assert _note(answer.text)


def test_signing_in_leads_back_to_where_one_was(app: Flask, people: People) -> None:
    answer = post(
        app.test_client(), "/sign-in", login=EMPLOYEE, password=PASSWORD, next="/basket?a=1"
    )
    assert answer.headers["Location"] == "/basket?a=1"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/x"],
)
def test_nobody_is_led_to_another_site(app: Flask, people: People, target: str) -> None:
    answer = post(app.test_client(), "/sign-in", login=EMPLOYEE, password=PASSWORD, next=target)
    assert answer.headers["Location"] == "/"


def test_a_page_for_members_leads_to_the_sign_in_and_back(app: Flask, people: People) -> None:
    client = app.test_client()
    refused = client.get("/suppliers/")
    assert refused.status_code == 303
    page = client.get(refused.headers["Location"])
    assert 'name="next" value="/suppliers/"' in page.text


def test_signing_in_changes_the_secret_and_ends_the_old_one(app: Flask, people: People) -> None:
    client = app.test_client()
    client.set_cookie(COOKIE, "planted-by-somebody")
    post(client, "/sign-in", login=EMPLOYEE, password=PASSWORD)
    first = _secret(client)
    post(client, "/sign-in", login="13500000001", password=PASSWORD, on="/sign-in?next=/")
    second = _secret(client)
    assert len({first, second, "planted-by-somebody"}) == 3
    with people.runtime.reading() as session:
        ended = {row.secret_hash: row.ended_at for row in session.query(SignIn)}
    assert ended[rules.digest(first)] is not None
    assert ended[rules.digest(second)] is None


def test_the_form_tokens_from_before_open_nothing_afterwards(app: Flask, people: People) -> None:
    client = app.test_client()
    token = _token(client.get("/sign-in").text)
    post(client, "/sign-in", login=EMPLOYEE, password=PASSWORD)
    answer = client.post("/sign-out", data={"csrf_token": token})
    assert answer.status_code == 400
    assert _is_in(client)


def test_signing_out_ends_it_also_for_a_copy_of_the_cookie(app: Flask, client_as: ClientAs) -> None:
    client, thief = client_as("employee"), app.test_client()
    thief.set_cookie(COOKIE, _secret(client))
    assert _is_in(thief)
    assert post(client, "/sign-out", on="/").status_code == 303
    assert not _is_in(client)
    assert not _is_in(thief)


def test_leaving_holds_at_the_very_next_request(people: People, client_as: ClientAs) -> None:
    client = client_as("reviewer")
    assert client.get("/suppliers/").status_code == 200
    with people.runtime.work() as w:
        service.leave(w, UUID(people.ids["reviewer"]))
    assert client.get("/suppliers/").status_code == 303


def test_a_withdrawn_role_holds_at_the_very_next_request(
    people: People, client_as: ClientAs
) -> None:
    client = client_as("reviewer")
    assert client.get("/suppliers/").status_code == 200
    with people.runtime.work() as w:
        for held in w.session.query(Membership).filter_by(person_id=UUID(people.ids["reviewer"])):
            service.revoke(w, held.id)
    assert client.get("/suppliers/").status_code == 403


def test_a_browser_in_use_stays_in_and_a_forgotten_one_does_not(
    clock: SetClock, client_as: ClientAs
) -> None:
    client = client_as("employee")
    for _ in range(3):
        clock.advance(minutes=119)
        assert _is_in(client)
    clock.advance(hours=2)
    assert not _is_in(client)


def test_after_twelve_hours_everybody_signs_in_anew(clock: SetClock, client_as: ClientAs) -> None:
    client = client_as("employee")
    for _ in range(11):
        clock.advance(hours=1)
        assert _is_in(client)
    clock.advance(hours=1)
    assert not _is_in(client)


def test_a_guesser_is_stopped_with_the_time_to_wait_and_the_owner_is_not(
    app: Flask, people: People
) -> None:
    guesser = app.test_client()
    for _ in range(rules.SIGN_IN_HERE.most):
        assert post(guesser, "/sign-in", login=EMPLOYEE, password="guess-guess").status_code == 422
    stopped = post(guesser, "/sign-in", login=EMPLOYEE, password=PASSWORD)
    assert stopped.status_code == 429
    assert stopped.headers["Retry-After"] == "600"
    assert "10" in _note(stopped.text)
    owner = app.test_client()
    owner.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    assert post(owner, "/sign-in", login=EMPLOYEE, password=PASSWORD).status_code == 303


def test_a_right_password_leaves_no_failed_try(people: People, client_as: ClientAs) -> None:
    client_as("employee")
    with people.runtime.reading() as session:
        assert sum(tally.count for tally in session.query(Tally)) == 0


def test_in_the_demonstration_one_press_signs_in(app: Flask, people: People) -> None:
    with people.runtime.work() as w:
        service.add_person(w, "示例新人", DEMO_PASSWORD, mobile="13700000001")
    client = app.test_client()
    page = client.get("/sign-in").text
    assert DEMO_PASSWORD in page
    assert 'name="login" value="13500000002"' in page
    assert post(client, "/sign-in", login="13700000001", password=DEMO_PASSWORD).status_code == 303


def test_the_pages_words_are_english_too(app: Flask, people: People) -> None:
    page = app.test_client().get("/sign-in", headers={"Accept-Language": "en"}).text
    main = page[page.index("<main") : page.index("</main>")]
    assert "Mobile or employee number" in main
    assert "Sign in as" in main


def _is_in(client: FlaskClient) -> bool:
    return 'action="/sign-out"' in client.get("/").text


def _secret(client: FlaskClient) -> str:
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value


def _token(page: str) -> str:
    return page.split('name="csrf_token" type="hidden" value="', 1)[1].split('"', 1)[0]


def _note(page: str) -> str:
    """The words of the refusal above the form, title and advice."""
    return page.split('role="alert"', 1)[1].split("</div>", 1)[0]
