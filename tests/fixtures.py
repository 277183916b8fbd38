"""What tests stand on: a fresh SQLite file with the region facts, a clock, people, makers.

Everything is made through the services; nothing can exist here that could not exist in the shop.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts import queries as accounts_queries
from marketplace.accounts import service as accounts
from marketplace.accounts.models import OrganisationKind
from marketplace.config import Config
from marketplace.extension import tools
from marketplace.kernel.actor import SYSTEM, Actor, Role
from marketplace.kernel.clock import SetClock
from marketplace.regions import service as regions
from marketplace.standalone import create_app
from marketplace.wiring import AFTER, WITHIN
from marketplace.work import Runtime, Work

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # a Monday, 12:00 in Shanghai
PASSWORD = "correct-horse-battery"  # of invented people


@dataclass(frozen=True)
class People:
    """One person for each role, by the name of the role; `actor("reviewer")` acts today."""

    runtime: Runtime
    ids: dict[str, str]

    def actor(self, name: str) -> Actor:
        with self.runtime.reading() as session:
            found = accounts_queries.actor_of(session, self.ids[name], self.runtime.clock.now())
        assert found is not None
        return found

    def both(self, one: str, other: str) -> Actor:
        """The first person, holding the roles of both: two hats on one head."""
        first, second = self.actor(one), self.actor(other)
        return Actor(first.person_id, first.name, first.grants | second.grants)


@dataclass(frozen=True)
class Seed:
    """A data folder to copy, and who is in it."""

    folder: Path
    ids: dict[str, str]


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seed:
    """A database file with tables, region facts and people; copied for each test."""
    folder = tmp_path_factory.mktemp("seeded")
    runtime = Runtime(tools(Config(data=folder)), clock=SetClock(NOON))
    runtime.create_tables()
    with runtime.work() as w:
        regions.load_facts(w)
    with runtime.work() as w:
        ids = settle(w)
    runtime.engine.dispose()
    return Seed(folder, ids)


@pytest.fixture
def data(seeded: Seed, tmp_path: Path) -> Path:
    """The data folder of this test alone."""
    folder = tmp_path / "data"
    shutil.copytree(seeded.folder, folder)
    return folder


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
def app(data: Path, clock: SetClock) -> Iterator[Flask]:
    """The standalone application on this test's data."""
    made = create_app(
        {
            "MARKETPLACE_DATA": data,
            "MARKETPLACE_DEMO": True,
            "SECRET_KEY": "a" * 32,
            "TESTING": True,
        },
        clock=clock,
    )
    yield made
    made.extensions["marketplace"].runtime.engine.dispose()


@pytest.fixture
def runtime(app: Flask) -> Runtime:
    found: Runtime = app.extensions["marketplace"].runtime
    return found


@pytest.fixture
def bare_runtime(data: Path, clock: SetClock) -> Iterator[Runtime]:
    """Services without the web."""
    made = Runtime(tools(Config(data=data)), within=WITHIN, after=AFTER, clock=clock)
    yield made
    made.engine.dispose()


@pytest.fixture
def work(runtime: Runtime) -> Callable[..., AbstractContextManager[Work]]:
    """`with work(actor) as w:`; without an actor the system works."""

    def opened(actor: Actor = SYSTEM) -> AbstractContextManager[Work]:
        return runtime.work(actor)

    return opened


def settle(w: Work) -> dict[str, str]:
    """Organisations and one person per role; answers person ids by the name of the role."""
    group = accounts.add_organisation(w, "示例银行", OrganisationKind.GROUP)
    operator = accounts.add_organisation(w, "直通车运营部", OrganisationKind.OPERATOR)
    union = accounts.add_organisation(
        w,
        "示例银行工会",
        OrganisationKind.UNION,
        parent_id=group.id,
        credit_code="81440000MCL468545M",
    )
    first = accounts.add_organisation(w, "示例合作社甲", OrganisationKind.SUPPLIER)
    second = accounts.add_organisation(w, "示例公司乙", OrganisationKind.SUPPLIER)
    places = {
        "employee": (group, Role.EMPLOYEE),
        "second_employee": (group, Role.EMPLOYEE),
        "reviewer": (operator, Role.REVIEWER),
        "second_reviewer": (operator, Role.REVIEWER),
        "auditor": (operator, Role.AUDITOR),
        "manager": (operator, Role.MANAGER),
        "union_buyer": (union, Role.UNION_BUYER),
        "union_approver": (union, Role.UNION_APPROVER),
        "union_treasurer": (union, Role.UNION_TREASURER),
        "supplier": (first, Role.SUPPLIER_STAFF),
        "second_supplier": (second, Role.SUPPLIER_STAFF),
        "second_manager": (operator, Role.MANAGER),
    }
    ids = {}
    for place, (name, (organisation, role)) in enumerate(places.items()):
        person = accounts.add_person(
            w, name, PASSWORD, mobile=f"1350000{place:04d}", employee_number=f"E{place:04d}"
        )
        accounts.grant(w, person.id, organisation.id, role)
        ids[name] = str(person.id)
    return ids


@pytest.fixture
def people(runtime: Runtime, seeded: Seed) -> People:
    """Persons by role name: employee, second_employee, reviewer, second_reviewer, auditor, manager,
    union_buyer, union_approver, union_treasurer, supplier, second_supplier, second_manager."""
    return People(runtime, seeded.ids)


@pytest.fixture
def client_as(app: Flask, people: People) -> Callable[[str], FlaskClient]:
    """A browser in which the person with this role name is signed in, through the real form."""

    def signed_in(name: str) -> FlaskClient:
        return sign_in(app, f"1350000{list(people.ids).index(name):04d}")

    return signed_in


def sign_in(app: Flask, login: str, password: str = PASSWORD) -> FlaskClient:
    """A browser in which the person with this mobile number is signed in, through the form."""
    client = app.test_client()
    answer = post(client, "/sign-in", login=login, password=password)
    assert answer.status_code == 303, answer.get_data(as_text=True)  # see other
    return client


def post(client: FlaskClient, path: str, *, on: str | None = None, **fields: object):  # type: ignore[no-untyped-def]  # werkzeug's TestResponse is not exported
    """Post a form as a browser does: load the page `on` (or the path) for its token first."""
    source = client.get(on or path, follow_redirects=True).get_data(as_text=True)
    return client.post(
        path,
        data={**tokens(source), **fields},
        content_type="multipart/form-data",
        headers={"Sec-Fetch-Site": "same-origin"},
    )


def tokens(page: str) -> dict[str, str]:
    """The form tokens of a page by their field names: ours, and in a mounting host also its own."""
    return dict(re.findall(r'name="((?:mp_)?csrf_token)" type="hidden" value="([^"]*)"', page))
