"""The filled demonstration, served; with people in rare situations, and troubles at addresses."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from marketplace.accounts import queries as accounts_queries
from marketplace.accounts import service as accounts
from marketplace.accounts.models import OrganisationKind
from marketplace.catalog import service as catalog
from marketplace.commands.demo import people
from marketplace.commands.demonstration import people_told
from marketplace.kernel.actor import Role
from marketplace.standalone import create_app
from marketplace.suppliers import service as suppliers
from marketplace.work import Runtime, Work
from tests.browsing import serving
from tests.fixtures import PASSWORD, post
from tests.look.walking import Visit, fewest, survey
from tests.makers.catalog import some_goods
from tests.makers.suppliers import an_application

# whom the demonstration lacks: no supplier yet, a supplier just begun, an app for the second factor
NEW = {"newcomer": "13511110000", "beginner": "13511110001", "careful": "13511110002"}
INVITATIONS = 3
SHEETS = {
    "organisations": "单位代码,单位名称,单位类型\nB900,示例银行山城分行,用人单位\n",
    "people": "工号,姓名,单位代码\nSL900001,示例新人,B900\n",
}


@dataclass(frozen=True)
class Shop:
    """The application, who signs in with what, and what was prepared by hand."""

    app: Flask
    keys: dict[str, tuple[str, str]]
    invitation: str


@pytest.fixture(scope="session")
def shop(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The application as `demo --serve` opens it."""
    folder = tmp_path_factory.mktemp("walked") / "demo"
    shutil.copytree(filled, folder)
    app = create_app({"MARKETPLACE_DATA": folder, "MARKETPLACE_DEMO": True})
    app.add_url_rule("/trouble/<int:code>", "trouble", abort)
    runtime: Runtime = app.extensions["marketplace"].runtime
    told = zip(people().person, people_told(), strict=True)
    keys = {person.key: (str(said["login"]), str(said["password"])) for person, said in told}
    keys |= {name: (mobile, PASSWORD) for name, mobile in NEW.items()}
    yield Shop(app, keys, _settle(runtime))
    runtime.engine.dispose()


def _settle(runtime: Runtime) -> str:
    """The new people; answers an invitation to one of their firms."""
    with runtime.work() as w:
        firms = {name: _hire(name, mobile, w) for name, mobile in NEW.items()}
        _, codes = accounts.invite(
            w, firms["newcomer"][1], Role.SUPPLIER_STAFF, pieces=INVITATIONS, days=30
        )
        accounts.begin_second(w, firms["careful"][0], "never typed")
        accounts.confirm_second(w, firms["careful"][0])
    person_id, firm_id = firms["beginner"]
    with runtime.reading() as session:
        actor = accounts_queries.actor_of(session, str(person_id), runtime.clock.now())
    assert actor is not None
    with runtime.work(actor) as w:
        registered = suppliers.register(w, firm_id, an_application(7))
        catalog.draft(w, registered.id, some_goods(packaging="预包装"), 100)  # no papers yet
    return codes[0]


def _hire(name: str, mobile: str, w: Work) -> tuple[uuid.UUID, uuid.UUID]:
    firm = accounts.add_organisation(w, f"示例{name}", OrganisationKind.SUPPLIER)
    person = accounts.add_person(w, f"示例{name}", PASSWORD, mobile=mobile)
    accounts.grant(w, person.id, firm.id, Role.SUPPLIER_STAFF)
    return person.id, firm.id


@pytest.fixture(scope="session")
def client_of(shop: Shop) -> Callable[[str], FlaskClient]:
    """`client_of("lin")`: the one browser of a reader, signed in, or on the way to it."""
    opened: dict[str, FlaskClient] = {}

    def client(reader: str) -> FlaskClient:
        if reader not in opened:
            opened[reader] = shop.app.test_client()
            _come(opened[reader], reader, shop)
        return opened[reader]

    return client


def _come(client: FlaskClient, reader: str, shop: Shop) -> None:
    """What a reader does before the first page; the codes that are sent are never typed."""
    if reader in shop.keys:
        login, password = shop.keys[reader]
        assert post(client, "/sign-in", login=login, password=password).status_code == 303
    if reader == "newcomer":
        begun = post(client, "/security/second/begin", on="/security", proof=PASSWORD)
        assert begun.status_code == 303
    if reader == "by-phone":
        asked = post(client, "/sign-in/phone", mobile=NEW["beginner"])
        assert asked.status_code == 303
    if reader == "forgetful":
        asked = post(client, "/reset", login=NEW["beginner"], way="sms")
        assert asked.status_code == 303
    if reader == "invited":
        asked = post(client, "/register", invitation=shop.invitation, mobile="13511110009")
        assert asked.status_code == 303
    if reader == "manager":
        sheets = {name: (BytesIO(text.encode()), f"{name}.csv") for name, text in SHEETS.items()}
        assert post(client, "/people", whole_of="", **sheets).status_code == 303


@pytest.fixture(scope="session")
def visits(shop: Shop, client_of: Callable[[str], FlaskClient]) -> list[Visit]:
    """Every page that the readers meet, in Chinese."""
    return survey(shop.app, client_of)


@pytest.fixture(scope="session")
def stops(visits: list[Visit]) -> list[Visit]:
    """The pages that the browser opens."""
    return fewest(visits)


@pytest.fixture(scope="session")
def site(shop: Shop) -> Iterator[str]:
    """The address of the served shop."""
    with serving(shop.app) as address:
        yield address
