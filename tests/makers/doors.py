"""What people at the doors hold in their hands: messages, links, authenticator apps, paper."""

from __future__ import annotations

import re
import uuid
from typing import cast

from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts import queries, service
from marketplace.adapters.offline_post import OfflineMail
from marketplace.kernel.actor import Role
from marketplace.standalone.identity import COOKIE
from marketplace.standalone.security import checker
from marketplace.work import Runtime
from tests.fixtures import PASSWORD, People, post

EMPLOYEE, SECOND, REVIEWER = "13500000000", "13500000001", "13500000002"
NEW_PASSWORD = "tea-mountain-road"  # of invented people
OFFICE, THIEF = "203.0.113.7", "198.51.100.9"


def message(runtime: Runtime, mobile: str) -> str:
    """The newest SMS on this phone, after the worker has been round; empty for none."""
    runtime.deliver()
    found = runtime.tools.sms.recent(mobile)
    return found[0] if found else ""


def digits(runtime: Runtime, mobile: str) -> str:
    """The code in it."""
    found = re.search(r"\d{6}", message(runtime, mobile))
    assert found is not None
    return found[0]


def letters(runtime: Runtime) -> list[str]:
    """The texts of all mails, newest first."""
    runtime.deliver()
    return [letter.text for letter in cast(OfflineMail, runtime.tools.mail).sent()]


def link(runtime: Runtime) -> str:
    """The path of the link in the newest mail."""
    found = re.search(r"http://localhost(/reset/link/\S+)", letters(runtime)[0])
    assert found is not None
    return found[1]


def app_digits(app: Flask, people: People, name: str) -> str:
    """What the authenticator app of this person shows now."""
    with people.runtime.reading() as session:
        factor = queries.second_factor(session, uuid.UUID(people.ids[name]))
    assert factor is not None
    with app.app_context():
        return checker().totp_factory.generate_totp_password(factor.secret)


def with_app(app: Flask, people: People, name: str, login: str) -> tuple[FlaskClient, list[str]]:
    """Somebody signed in with a new authenticator app, and their recovery codes."""
    client = app.test_client()
    answer = post(client, "/sign-in", login=login, password=PASSWORD)
    assert answer.headers["Location"].startswith("/sign-in/second")
    page = post(client, "/sign-in/second", code=app_digits(app, people, name))
    assert page.status_code == 200
    return client, paper_codes(page.text)


def paper_codes(page: str) -> list[str]:
    """Codes like 7KQM-2X9C-HN4T-WPDE, in the order of the page."""
    return re.findall(r">((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})<", page)


def an_invitation(people: People, role: Role = Role.EMPLOYEE, of: str = "employee") -> str:
    """A sheet of paper, from the operator's manager, for that person's organisation."""
    (grant,) = people.actor(of).grants
    with people.runtime.work(people.actor("manager")) as w:
        _batch, codes = service.invite(w, grant.organisation_id, role, pieces=1, days=7)
    return codes[0]


def is_in(client: FlaskClient) -> bool:
    return 'action="/sign-out"' in client.get("/").text


def secret_of(client: FlaskClient) -> str:
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    return cookie.value


def note(page: str) -> str:
    """The words of the refusal above the form, title and advice."""
    return page.split('role="alert"', 1)[1].split("</div>", 1)[0]


def at(app: Flask, address: str) -> FlaskClient:
    """A browser at this address."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client
