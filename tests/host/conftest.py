"""Malls of tests: alone, and with the marketplace at /aid."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.extension import Marketplace, Mounted
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import SetClock
from marketplace.work import Runtime
from tests.databases import NOON, Databases
from tests.fixtures import People, post
from tests.host.hostile import MallIdentity, User, make_host

PREFIX = "/aid"
# a host's ids are its own affair: blanks, quotes, markup, slashes, other scripts
IDS = {
    "employee": """u:1/"o'brien" <b>&amp; 张%41 ?#""",
    "second_employee": "u:2",
    "supplier": "供应商 甲@mall",
    "second_supplier": "u:4",
    "reviewer": "../../reviewer",
    "second_reviewer": "u:11",
    "manager": "{{ 7*7 }} manager",
    "auditor": "u:7",
    "union_buyer": "u:8",
    "union_approver": "u:9",
    "union_treasurer": "u:10",
}


@dataclass(frozen=True)
class MallPeople:
    """The mall's users where makers expect people."""

    runtime: Runtime
    users: dict[str, User]

    def actor(self, name: str) -> Actor:
        user = self.users[IDS[name]]
        return Actor(user.id, user.name, user.grants)


@pytest.fixture
def users(
    database: str, databases: Databases, data: Path, bare_runtime: Runtime
) -> dict[str, User]:
    """By id; with the rights that people of the same role have at home."""
    home = People(bare_runtime, databases.ids(database))
    return {id_: User(id_, f"商城 {name}", home.actor(name).grants) for name, id_ in IDS.items()}


@pytest.fixture
def host(users: dict[str, User]) -> Flask:
    """The mall alone."""
    return make_host(users)


def mount(host: Flask, users: dict[str, User], data: Path, **more: object) -> Mounted:
    ours = {"DATA": data, "LAYOUT": "mall.html", "LAYOUT_BLOCK": "main", **more}
    ours.setdefault("COLLECTION_BASIS", "示例协议 1 号")
    host.config.update({f"MARKETPLACE_{name}": value for name, value in ours.items()})
    market = Marketplace(identity=MallIdentity(users), clock=SetClock(NOON))
    return market.init_app(host, url_prefix=PREFIX)


@pytest.fixture
def mounted(users: dict[str, User], data: Path) -> Iterator[Flask]:
    """The mall with us at /aid."""
    app = make_host(users)
    made = mount(app, users, data)
    yield app
    made.runtime.engine.dispose()


@pytest.fixture
def mall_people(mounted: Flask, users: dict[str, User]) -> MallPeople:
    return MallPeople(mounted.extensions["marketplace"].runtime, users)


@pytest.fixture
def enter(mounted: Flask) -> Callable[[str], FlaskClient]:
    """A browser in which that user has signed in to the mall."""
    return lambda name: sign_in_to_mall(mounted, name)


def sign_in_to_mall(app: Flask, name: str) -> FlaskClient:
    client = app.test_client()
    assert post(client, "/login", login=IDS[name]).status_code == 302  # found
    return client


def copied(data: Path, name: str) -> Path:
    """Another data folder that begins the same."""
    other = data.parent / name
    shutil.copytree(data, other)
    return other
