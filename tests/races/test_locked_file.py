"""Another process sits on the one lock of an embedded database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from marketplace.kernel.errors import Busy
from marketplace.orders.models import BasketLine
from tests.databases import Place
from tests.fixtures import People, post
from tests.makers.catalog import a_listing
from tests.makers.suppliers import an_approved_supplier
from tests.races.storm import all_is_well

pytestmark = pytest.mark.sqlite_only  # a server locks rows, not files: see test_connections.py


def be_impatient(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA busy_timeout=50")


@pytest.fixture
def impatient(people: People) -> Iterator[People]:
    """Waits a twentieth of a second, not ten."""
    engine = people.runtime.engine
    engine.dispose()
    event.listen(engine, "connect", be_impatient)
    yield people
    event.remove(engine, "connect", be_impatient)


def test_a_lock_that_nobody_gives_back_is_busy_and_reading_goes_on(
    impatient: People, place: Place, client_as: Callable[[str], FlaskClient]
) -> None:
    """P32: 503 within the patience that is set, nothing half done; afterwards all works."""
    people = impatient
    an_approved_supplier(people)
    melon = a_listing(people)
    buyer, page = client_as("employee"), f"/listings/{melon.id}"
    file = place.folder / "marketplace.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert post(buyer, f"/basket/{melon.id}", on=page, quantity="1").status_code == 503
        assert buyer.get(page).status_code == 200
        with pytest.raises(Busy), people.runtime.work() as w:
            w.session.execute(select(1))
        other.execute("ROLLBACK")
    with people.runtime.reading() as session:
        assert session.scalar(select(func.count(BasketLine.id))) == 0
    assert post(buyer, f"/basket/{melon.id}", on=page, quantity="1").status_code == 303
    all_is_well(people)
