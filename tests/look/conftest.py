"""The filled demonstration, served; with two newcomers, and with every trouble at an address."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from marketplace.accounts import queries as accounts_queries
from marketplace.accounts import service as accounts
from marketplace.accounts.models import OrganisationKind
from marketplace.commands.demo import people
from marketplace.commands.demonstration import people_told
from marketplace.kernel.actor import Role
from marketplace.standalone import create_app
from marketplace.suppliers import service as suppliers
from marketplace.work import Runtime
from tests.browsing import serving
from tests.fixtures import PASSWORD, post
from tests.look.walking import Visit, fewest, survey
from tests.makers.suppliers import an_application

GUEST = "guest"
NEW = ("newcomer", "beginner")  # who has not registered a supplier yet, and who just did


@pytest.fixture(scope="session")
def shop(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application as `demo --serve` opens it."""
    folder = tmp_path_factory.mktemp("walked") / "demo"
    shutil.copytree(filled, folder)
    app = create_app({"MARKETPLACE_DATA": folder, "MARKETPLACE_DEMO": True})
    app.add_url_rule("/trouble/<int:code>", "trouble", abort)
    runtime = app.extensions["marketplace"].runtime
    _settle(runtime)
    yield app
    runtime.engine.dispose()


def _settle(runtime: Runtime) -> None:
    ids = {}
    with runtime.work() as w:
        for place, name in enumerate(NEW):
            firm = accounts.add_organisation(w, f"示例{name}", OrganisationKind.SUPPLIER)
            person = accounts.add_person(w, f"示例{name}", PASSWORD, mobile=f"1351111000{place}")
            accounts.grant(w, person.id, firm.id, Role.SUPPLIER_STAFF)
            ids[name] = (str(person.id), firm.id)
    person_id, firm_id = ids["beginner"]
    with runtime.reading() as session:
        actor = accounts_queries.actor_of(session, person_id, runtime.clock.now())
    assert actor is not None
    with runtime.work(actor) as w:
        suppliers.register(w, firm_id, an_application(7))


@pytest.fixture(scope="session")
def keys() -> dict[str, tuple[str, str]]:
    """With what each reader signs in."""
    told = zip(people().person, people_told(), strict=True)
    known = {person.key: (str(said["login"]), str(said["password"])) for person, said in told}
    return known | {name: (f"1351111000{place}", PASSWORD) for place, name in enumerate(NEW)}


@pytest.fixture(scope="session")
def client_of(shop: Flask, keys: dict[str, tuple[str, str]]) -> Callable[..., FlaskClient]:
    """`client_of("lin", "en")`: a browser without a window, signed in, in that language."""

    def opened(reader: str, language: str = "zh") -> FlaskClient:
        client = shop.test_client()
        client.set_cookie("mp_language", language)
        if reader != GUEST:
            login, password = keys[reader]
            answer = post(client, "/sign-in", login=login, password=password)
            assert answer.status_code == 303, reader
        return client

    return opened


@pytest.fixture(scope="session")
def visits(shop: Flask, client_of: Callable[..., FlaskClient]) -> list[Visit]:
    """Every page that the readers meet, in Chinese."""
    return survey(shop, client_of)


@pytest.fixture(scope="session")
def stops(visits: list[Visit]) -> list[Visit]:
    """The pages that the browser opens."""
    return fewest(visits)


@pytest.fixture(scope="session")
def site(shop: Flask) -> Iterator[str]:
    """The address of the served shop."""
    with serving(shop) as address:
        yield address
