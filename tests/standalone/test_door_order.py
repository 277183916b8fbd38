"""What the door does in which order: renewing a secret loses no form, a stranger's file is not
read, and a cookie goes as it came."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from marketplace.accounts import queries, service
from marketplace.accounts.models import Person, SignIn
from marketplace.kernel.errors import Refused
from marketplace.standalone import create_app
from tests.fixtures import PASSWORD, People, tokens
from tests.makers.doors import is_in

ClientAs = Callable[[str], FlaskClient]


def test_a_form_sent_right_after_a_new_role_is_not_lost(
    people: People, client_as: ClientAs
) -> None:
    """The limits ask who it is, and the door asks once more: both find the same person."""
    client = client_as("employee")
    form = tokens(client.get("/addresses").text)
    with people.runtime.work() as w:
        w.session.query(SignIn).update({SignIn.renew: True})
    answer = client.post("/checkout", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert not answer.headers.get("Location", "").startswith("/sign-in")
    assert is_in(client)


def test_a_new_password_right_after_a_new_role_keeps_this_browser(
    people: People, client_as: ClientAs
) -> None:
    client = client_as("employee")
    form = tokens(client.get("/security").text)
    with people.runtime.work() as w:
        w.session.query(SignIn).update({SignIn.renew: True})
    new = {"current": PASSWORD, "password": "tea-mountain-road", "again": "tea-mountain-road"}
    answer = client.post("/security/password", data={**form, **new})
    assert answer.status_code == 303
    assert is_in(client)


@pytest.mark.own_app
def test_a_strangers_upload_is_not_even_read(app: Flask, people: People) -> None:
    parsed: list[bool] = []

    @app.after_request
    def look(answer):  # type: ignore[no-untyped-def]  # Flask's own kind
        parsed.append("form" in request.__dict__)
        return answer

    file = b"x" * 9_000_000
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    answer = app.test_client().post(
        "/supplier/import",
        data=head + file + b"\r\n--b--\r\n",
        content_type="multipart/form-data; boundary=b",
    )
    assert answer.headers["Location"].startswith("/sign-in")
    assert parsed == [False]


def test_signing_out_drops_the_prefixed_cookie_also_behind_an_unnamed_proxy(
    app: Flask, people: People
) -> None:
    same = {key: value for key, value in app.config.items() if key.startswith("MARKETPLACE_")}
    shop = create_app({**same, "SECRET_KEY": "a" * 32, "SESSION_COOKIE_SECURE": True})
    with shop.test_client() as client:
        form = tokens(client.get("/sign-in", base_url="https://localhost").text)
        headers = {"Sec-Fetch-Site": "same-origin"}
        session = client.get_cookie("__Host-mp_session")
        assert session is not None
        client.set_cookie("__Host-mp_session", session.value, secure=False)
        answer = client.post("/sign-out", data=form, headers=headers)
    shop.extensions["marketplace"].runtime.engine.dispose()
    dropped = [one for one in answer.headers.getlist("Set-Cookie") if "__Host-mp_sign_in=" in one]
    assert answer.status_code == 303
    assert len(dropped) == 1
    assert "Secure" in dropped[0]


def test_a_password_that_was_changed_meanwhile_opens_nothing(people: People) -> None:
    person_id = UUID(people.ids["employee"])
    with people.runtime.reading() as session:
        seen = session.get_one(Person, person_id).password_hash
    new = service.checked_password(people.runtime.tools.config, "tea-mountain-road")
    with people.runtime.work() as w:
        service.same_password(w, person_id, seen)
        service.set_password(w, person_id, new)
    with pytest.raises(queries.BadSignIn), people.runtime.work() as w:
        service.same_password(w, person_id, seen)


def test_a_confirmed_app_is_not_replaced_whatever_was_read_before(people: People) -> None:
    person_id = UUID(people.ids["reviewer"])
    with people.runtime.work() as w:
        service.begin_second(w, person_id, "first")
        service.begin_second(w, person_id, "second")
        service.confirm_second(w, person_id)
    with pytest.raises(Refused), people.runtime.work() as w:
        service.begin_second(w, person_id, "theirs")
    with people.runtime.reading() as session:
        kept = queries.second_factor(session, person_id)
    assert kept is not None
    assert kept.secret == "second"
