"""P33: workers are killed in the middle of their work; nothing is lost or done twice."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from marketplace.catalog import service as catalog
from marketplace.events import ListingChanged, PurchaseLapsed, SupplierRestored
from marketplace.kernel.clock import SetClock
from marketplace.ports.mail import Mail
from marketplace.ports.search import Question
from marketplace.work import Runtime, trail
from marketplace.work.models import Parcel, TrailEntry
from tests.databases import Databases, Place
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.suppliers import an_approved_supplier
from tests.races.listening import a_host
from tests.races.nursery import Nursery, a_nursery

KILLS, NOTES, LETTERS = 20, 40, 15
STEP = 31  # seconds: the lease of whoever was killed has ended


@pytest.fixture
def host(place: Place, clock: SetClock) -> Iterator[Runtime]:
    made = a_host(place.config, clock)
    yield made
    made.engine.dispose()


@pytest.fixture
def people(host: Runtime, database: str, databases: Databases) -> People:
    return People(host, dict(databases.ids(database)))


@pytest.fixture
def nursery(place: Place, people: People, tmp_path: Path) -> Iterator[Nursery]:
    with a_nursery(place, tmp_path) as opened:
        yield opened


def much_is_owed(people: People) -> set[uuid.UUID]:
    """Forty things to note, fifteen letters, a supplier's goods to look at again."""
    supplier = an_approved_supplier(people)
    for n in range(5):
        a_listing(people, sku=f"SL-{n:04d}", title=f"示例 伽师瓜 {n}")
    told = {uuid.uuid4() for _ in range(NOTES)}
    with people.runtime.work() as w:
        for thing in sorted(told):
            w.announce(PurchaseLapsed(w.now, thing))
        for n in range(LETTERS):
            w.send(Mail(f"a{n}@example.org", "示例", "示例"))
        w.announce(SupplierRestored(w.now, supplier.id))
    return told


def heard(runtime: Runtime) -> list[uuid.UUID]:
    with runtime.reading() as session:
        asked = select(TrailEntry.subject_id).where(TrailEntry.verb == "heard")
        return list(session.scalars(asked))


def all_arrived_once(runtime: Runtime, told: set[uuid.UUID], folder: Path) -> None:
    assert sorted(heard(runtime)) == sorted(told)
    assert len(list((folder / "post" / "mail").glob("*.json"))) == LETTERS
    with runtime.reading() as session:
        assert list(session.scalars(select(Parcel).where(Parcel.delivered_at.is_(None)))) == []
        changed = select(func.count(Parcel.id)).where(Parcel.kind == ListingChanged.__name__)
        # five came on sale; then all five once for each of the supplier's two events
        assert session.scalar(changed) == 5 + 5 + 5
        assert list(trail.faults(session)) == []
    index = runtime.tools.search
    before = index.find(Question("伽师瓜"))
    assert before.total == 5
    catalog.rebuild_search(index, runtime.reading)
    assert index.find(Question("伽师瓜")) == before


def test_twenty_kills_of_a_worker_lose_and_double_nothing(
    people: People, place: Place, nursery: Nursery
) -> None:
    told = much_is_owed(people)
    people.runtime.engine.dispose()
    moments = random.Random(33)  # noqa: S311  # no secret
    for turn in range(KILLS):
        worker = nursery.child("worker", turn * STEP)
        statements = moments.randrange(3, 30)
        while statements:
            said = worker.said.read(statements)
            assert said, "it had nothing left to be killed at"
            statements -= len(said)
        worker.kill()
    nursery.child("worker", KILLS * STEP).ended()
    all_arrived_once(people.runtime, told, place.folder)


def test_two_workers_on_a_server_share_the_work_and_one_is_killed(
    databases: Databases, tmp_path: Path, clock: SetClock
) -> None:
    """Several at once, as PostgreSQL allows."""
    place = databases.copy("postgresql", tmp_path / "data")
    people = People(a_host(place.config, clock), dict(databases.ids("postgresql")))
    told = much_is_owed(people)
    with a_nursery(place, tmp_path) as nursery:
        workers = [nursery.child("worker", 0) for _ in range(3)]
        workers[0].said.read(25)
        workers[0].kill()
        for other in workers[1:]:
            other.ended()
        nursery.child("worker", STEP).ended()
    all_arrived_once(people.runtime, told, place.folder)
    people.runtime.engine.dispose()
    databases.drop(place)
