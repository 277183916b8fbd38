"""What tests stand on: a fresh database with the region facts, a clock, people, makers.

Everything is made through the services; nothing can exist here that could not exist in the shop.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts import queries as accounts_queries
from marketplace.accounts import service as accounts
from marketplace.accounts.models import OrganisationKind
from marketplace.accounts.service import Browser
from marketplace.extension import make_runtime
from marketplace.kernel.actor import SYSTEM, Actor, Role
from marketplace.kernel.clock import SetClock
from marketplace.standalone import create_app
from marketplace.standalone.identity import COOKIE
from marketplace.work import Runtime, Work
from tests.databases import KINDS, NOON, Databases, Place
from tests.standing import Standing

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


MEMORY, ROOM = Path("/dev/shm"), 2**30  # noqa: S108  # a folder of our own in it, by mkdtemp


@pytest.fixture(scope="session")
def quick_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """For files that are put back after every test: in memory, where a machine has room there. To
    take folders away from a disk costs more than to fill them."""
    is_there = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    if not is_there:
        yield tmp_path_factory.mktemp("databases")
        return
    made = Path(tempfile.mkdtemp(prefix="mp-tests-", dir=MEMORY))
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def databases(quick_folder: Path) -> Iterator[Databases]:
    """Prepared databases with tables, region facts and people, to be copied for each test."""

    def prepare(runtime: Runtime) -> dict[str, str]:
        with runtime.work() as w:
            return settle(w)

    made = Databases(quick_folder, prepare)
    yield made
    made.stop()


# folders whose tests ask nothing of the database that others do not ask on both
EMBEDDED = {
    "host": "whose application it is, not where its data lies",
    "journeys": "browsers are slow; one walk is marked both_databases",
    "look": "pages, not data",
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What touches a database runs on both, unless its folder or its mark says otherwise."""
    if "database" not in metafunc.fixturenames:
        return
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    alone = metafunc.definition.path.parent.name in EMBEDDED or "sqlite_only" in marks
    kinds = KINDS[:1] if alone and "both_databases" not in marks else KINDS
    metafunc.parametrize("database", kinds, indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database of this test: sqlite or postgresql."""
    return str(request.param)


@pytest.fixture
def place(database: str, databases: Databases) -> Place:
    """Folder and database as new; the same place for every test of this worker."""
    return databases.anew(database)


@pytest.fixture
def data(place: Place) -> Path:
    """The data folder of this test."""
    return place.folder


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture(scope="session")
def standing(databases: Databases) -> Iterator[Standing]:
    """Applications that outlive a test, yet not their databases."""
    made = Standing()
    yield made
    made.stop()


@pytest.fixture
def app(
    place: Place, clock: SetClock, standing: Standing, request: pytest.FixtureRequest
) -> Iterator[Flask]:
    """The standalone application on this test's data; `own_app` marks a test that changes it."""
    settings = {
        **place.settings,
        "MARKETPLACE_DEMO": True,
        "SECRET_KEY": "a" * 32,
        "TESTING": True,
    }
    own = request.node.get_closest_marker("own_app")
    made = create_app(settings, clock=clock) if own else standing.app(settings, clock)
    yield made
    if own or not place.url:  # connections to files that the next test does not find
        made.extensions["marketplace"].runtime.engine.dispose()


@pytest.fixture
def runtime(app: Flask) -> Runtime:
    found: Runtime = app.extensions["marketplace"].runtime
    return found


@pytest.fixture
def bare_runtime(place: Place, clock: SetClock) -> Iterator[Runtime]:
    """Services without the web."""
    made = make_runtime(place.config, clock=clock)
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
def people(runtime: Runtime, database: str, databases: Databases) -> People:
    """Persons by role name: employee, second_employee, reviewer, second_reviewer, auditor, manager,
    union_buyer, union_approver, union_treasurer, supplier, second_supplier, second_manager."""
    return People(runtime, dict(databases.ids(database)))


@pytest.fixture
def client_as(app: Flask, people: People) -> Callable[[str], FlaskClient]:
    """A browser in which the person with this role name is signed in, by the verb that the form
    ends with; the form itself is what `sign_in` fills in."""

    def signed_in(name: str) -> FlaskClient:
        with people.runtime.work(people.actor(name)) as w:
            secret = accounts.admit(w, UUID(people.ids[name]), Browser("127.0.0.1", "Werkzeug"))
        client = app.test_client()
        client.set_cookie(COOKIE, secret)
        return client

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
