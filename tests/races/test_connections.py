"""The line to a server is cut: one request is told to come again, the next one works, and nothing
is half done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, make_url, select, text
from sqlalchemy.orm import Session

from marketplace.catalog.models import Listing
from marketplace.config import Config
from marketplace.extension import make_runtime
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Busy
from marketplace.orders.models import Purchase
from marketplace.standalone import create_app
from marketplace.work.database import keep_plans
from tests.databases import NOON, Databases, Place
from tests.fixtures import People, post, sign_in
from tests.makers.catalog import a_listing
from tests.makers.orders import an_address
from tests.makers.suppliers import an_approved_supplier
from tests.races.shoppers import hidden
from tests.races.storm import all_is_well, just_before


@pytest.fixture
def server(databases: Databases, tmp_path: Path) -> Iterator[Place]:
    made = databases.copy("postgresql", tmp_path / "data")
    yield made
    databases.drop(made)


@pytest.fixture
def app(server: Place) -> Iterator[Flask]:
    settings = {**server.settings, "MARKETPLACE_DEMO": True, "SECRET_KEY": "a" * 32}
    made = create_app(settings, clock=SetClock(NOON))
    yield made
    made.extensions["marketplace"].runtime.engine.dispose()


@pytest.fixture
def people(app: Flask, databases: Databases) -> People:
    return People(app.extensions["marketplace"].runtime, dict(databases.ids("postgresql")))


@pytest.fixture
def melon(people: People) -> Listing:
    an_approved_supplier(people)
    return a_listing(people)


@pytest.fixture
def buyer(app: Flask, people: People, melon: Listing) -> FlaskClient:
    """At the checkout, with two melons."""
    an_address(people)
    client = sign_in(app, "13500000000")
    put = post(client, f"/basket/{melon.id}", on=f"/listings/{melon.id}", quantity="2")
    assert put.status_code == 303
    return client


def cut(server: Place) -> None:
    """Every line to this database but our own, as when the server is restarted."""
    url = make_url(server.url)
    with psycopg.connect(
        host=url.query["host"], user="postgres", dbname=url.database, autocommit=True
    ) as line:
        line.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def purchases(people: People) -> int:
    with people.runtime.reading() as session:
        return session.scalar(select(func.count(Purchase.id))) or 0


WHERE = (
    "INSERT INTO mp_purchase",
    "UPDATE mp_listing",
    "INSERT INTO mp_payment",
    "UPDATE mp_trail_head",
)


@pytest.mark.parametrize("where", WHERE)
def test_a_checkout_whose_line_is_cut_is_busy_and_the_next_one_buys(
    server: Place, people: People, buyer: FlaskClient, where: str
) -> None:
    """P31, P32: 503, nothing kept; the same form again is one purchase."""
    page = buyer.get("/checkout").text
    form = {**hidden(page), "address": _first_address(page), "tender": "transfer", "no_return": "y"}
    with just_before(people.runtime, where, lambda: cut(server)):
        assert buyer.post("/checkout", data=form).status_code == 503
    assert purchases(people) == 0
    assert buyer.post("/checkout", data=form).status_code == 303
    assert buyer.post("/checkout", data=form).status_code == 303
    assert purchases(people) == 1
    all_is_well(people)


def _first_address(page: str) -> str:
    (found,) = re.findall(r'name="address"[^>]*value="([^"]+)"', page)
    return str(found)


def test_a_page_whose_line_is_cut_is_busy_and_the_next_one_is_shown(
    server: Place, people: People, buyer: FlaskClient
) -> None:
    """P32: reading, too."""
    with just_before(people.runtime, "FROM mp_basket_line", lambda: cut(server)):
        assert buyer.get("/basket").status_code == 503
    assert buyer.get("/basket").status_code == 200


def test_lines_cut_while_nobody_asks_are_noticed_by_nobody(
    server: Place, buyer: FlaskClient
) -> None:
    """P32: each line is tried before it is used."""
    for _ in range(5):
        cut(server)
        assert buyer.get("/basket").status_code == 200


def test_a_server_that_is_not_there_is_busy_not_broken(tmp_path: Path) -> None:
    """P32: money paths fail closed."""
    (tmp_path / "nobody").mkdir()
    url = f"postgresql+psycopg://postgres@/none?host={tmp_path / 'nobody'}"
    runtime = make_runtime(Config(data=tmp_path / "data", database_url=url))
    with pytest.raises(Busy), runtime.work() as w:
        w.session.execute(select(1))
    with pytest.raises(Busy), runtime.reading() as session:
        session.execute(select(1))
    runtime.engine.dispose()


def test_short_looks_keep_their_plans_and_transactions_plan_as_the_server_is_set(
    server: Place,
) -> None:
    url = make_url(server.url).update_query_dict({"options": "-c plan_cache_mode=auto"})
    runtime = make_runtime(
        Config(data=server.folder, database_url=url.render_as_string(), demo=True)
    )
    with runtime.looking() as session:
        assert _planned(session) == "force_generic_plan"
    with runtime.reading() as session:
        assert _planned(session) == "auto"
    with runtime.work() as w:
        assert _planned(w.session) == "auto"
        keep_plans(w.session)
        assert _planned(w.session) == "force_generic_plan"
    with runtime.reading() as session:
        assert _planned(session) == "auto"
    runtime.engine.dispose()


def _planned(session: Session) -> str:
    return str(session.scalar(text("SHOW plan_cache_mode")))
