"""Private files and the rows that name them: what is missing is told, what nobody names is put
aside."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from marketplace import wiring
from marketplace.catalog import queries, service
from marketplace.catalog.models import CatalogImport
from marketplace.catalog.queries import Upload
from marketplace.catalog.service import sweeping
from marketplace.catalog.service.filing import aside_key
from marketplace.commands import main
from marketplace.commands.verifying import check_all
from marketplace.kernel.clock import SetClock
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.models import Paper, Supplier
from marketplace.suppliers.states import PaperKind
from marketplace.work.models import TrailEntry
from marketplace.work.sweeps import sweep
from tests.catalog.killed_upload import killed
from tests.databases import Place
from tests.fixtures import People
from tests.makers.archives import an_archive
from tests.makers.catalog import a_draft_listing, a_sheet
from tests.makers.photos import a_photo
from tests.makers.suppliers import a_paper, an_approved_supplier

DAILY = next(one for one in wiring.SWEEPS if one.outside is service.sweep_files)


@pytest.fixture
def supplier(people: People) -> Supplier:
    return an_approved_supplier(people)


@pytest.fixture
def aged(data: Path, clock: SetClock) -> Callable[[int], None]:
    """Everything that lies there now was put there so many days ago, by the clock of the test."""

    def make_old(days: int) -> None:
        when = (clock.at - timedelta(days=days)).timestamp()
        for path in (data / "papers").rglob("*"):
            if path.is_file():
                os.utime(path, (when, when))

    return make_old


def keys(people: People) -> set[str]:
    """Of what lies in its place."""
    return {one for one in all_keys(people) if not one.startswith("aside/")}


def all_keys(people: People) -> set[str]:
    return {one.key for one in people.runtime.tools.storage.listed()}


def told(people: People) -> list[str]:
    runtime = people.runtime
    with runtime.reading() as session:
        at = runtime.clock.now()
        return check_all(session, at, storage=runtime.tools.storage)[
            "files and rows name each other"
        ]


def swept(people: People, verb: str = "sweep") -> set[str]:
    """The keys that the trail tells of."""
    asked = select(TrailEntry).where(TrailEntry.subject_kind == "StoredFile")
    with people.runtime.reading() as session:
        rows = session.scalars(asked.where(TrailEntry.verb == verb))
        return {key for row in rows for key in (row.data or {})["keys"]}


def test_whoever_is_killed_between_file_and_row_leaves_nothing_for_ever(
    people: People, supplier: Supplier, place: Place, aged: Callable[[int], None], clock: SetClock
) -> None:
    before = keys(people)
    assert killed(place, people.ids["supplier"], supplier.id) == -9
    (left, preview) = sorted(keys(people) - before)
    assert preview == f"{left}-preview"
    aged(0)
    assert told(people) == []  # it may be named yet
    aged(2)
    assert [one.split(":")[0] for one in told(people)] == [f"file {left}", f"file {preview}"]
    assert sweep(people.runtime, DAILY)
    assert (keys(people), told(people)) == (before, [])
    assert swept(people) == {left, preview}
    people.runtime.tools.storage.put(f"scans/{uuid.uuid4()}", b"x")
    aged(2)
    assert not sweep(people.runtime, DAILY)  # until tomorrow
    clock.advance(days=1)
    assert sweep(people.runtime, DAILY)
    assert keys(people) == before
    assert {aside_key(left), aside_key(preview)} < all_keys(people)
    aged(29)
    assert (service.sweep_files(people.runtime), swept(people, "drop")) == (0, set())
    clock.advance(days=1)
    assert service.sweep_files(people.runtime) == 0
    assert all_keys(people) == before
    assert {aside_key(left), aside_key(preview)} < swept(people, "drop")


def test_what_a_row_names_after_all_comes_back_as_it_was(
    people: People, supplier: Supplier, aged: Callable[[int], None]
) -> None:
    """As after a database that was older than its files, or a clock that went ahead."""
    storage = people.runtime.tools.storage
    with people.runtime.reading() as session:
        key = session.scalars(select(Paper.scan_key)).first()
    assert key is not None
    was = storage.get(key)
    storage.put(aside_key(key), was)
    storage.drop(key)
    aged(40)
    assert told(people) == [
        f"file {key}: a row names it and it lies aside: marketplace sweep brings it back"
    ]
    assert service.sweep_files(people.runtime) == 0
    assert (storage.get(key), told(people), swept(people, "put_back")) == (was, [], {key})
    assert aside_key(key) not in all_keys(people)


def test_a_row_that_came_while_the_sweep_looked_keeps_its_file(
    people: People, supplier: Supplier, aged: Callable[[int], None]
) -> None:
    """A clock a day ahead makes what is just being handed in old."""
    runtime = people.runtime
    given = suppliers.received(runtime.tools.storage, a_paper(PaperKind.FOOD_PRODUCTION))
    aged(2)
    with runtime.reading() as session:
        found = service.compare_files(session, runtime.tools.storage, runtime.clock.now())
    assert given.key in found.orphaned
    with runtime.work(people.actor("supplier")) as w:
        suppliers.hand_in(w, supplier.id, given)
    assert sweeping._put_aside(runtime, found.orphaned) == 0
    assert (swept(people), told(people)) == (set(), [])


def test_a_sheet_that_ended_while_no_worker_ran_keeps_what_is_marked_from_it(
    people: People, supplier: Supplier, aged: Callable[[int], None], clock: SetClock
) -> None:
    storage, runtime = people.runtime.tools.storage, people.runtime
    upload = Upload(a_sheet({"货号": "L-1"}), "商品.csv")
    with runtime.reading() as session:
        checked = queries.check_sheet(session, supplier.id, upload, clock.at)
        seen = checked, queries.foretell(session, supplier.id, checked, clock.at)
    shelf = service.shelved(storage, seen, upload.data)
    with runtime.work(people.actor("supplier")) as w:
        taken = service.look(w, supplier.id, *seen, shelf)
        service.confirm(w, taken.id)
    with runtime.reading() as session:
        assert session.get_one(CatalogImport, taken.id).ended_at is not None
    clock.advance(days=6)
    aged(6)
    assert set(shelf.keys) <= keys(people)
    assert service.sweep_files(runtime) == 0
    assert set(shelf.keys) <= keys(people)


def test_what_rows_name_and_what_sheets_need_stays_however_old(
    people: People, supplier: Supplier, aged: Callable[[int], None]
) -> None:
    """Scans and previews, pictures of registers, photographs, and those of a sheet that waits."""
    storage, runtime = people.runtime.tools.storage, people.runtime
    listing = a_draft_listing(people)
    given = suppliers.received(storage, a_paper(PaperKind.FOOD_PRODUCTION))
    photo = service.receive(storage, [("a.jpg", a_photo())])
    archive = an_archive({"L-1.jpg": a_photo()})
    upload = Upload(a_sheet({"货号": "L-1"}), "商品.csv", archive=archive)
    with runtime.work(people.actor("supplier")) as w:
        suppliers.hand_in(w, supplier.id, given)
        service.show_photos(w, listing.id, service.Chosen(), photo)
        checked = queries.check_sheet(w.session, supplier.id, upload, w.now)
        checked = service.with_archive(checked, archive, {}, storage)
        seen = checked, queries.foretell(w.session, supplier.id, checked, w.now)
    shelf = service.shelved(storage, seen, upload.data, archive)
    with runtime.work(people.actor("supplier")) as w:
        taken = service.look(w, supplier.id, *seen, shelf)
    service.keep_marked(storage, supplier.id, b"marked")
    aged(2)
    there = keys(people)
    assert {one.split("/")[0] for one in there} >= {"scans", "photos", "imports"}
    assert (service.sweep_files(runtime), told(people)) == (0, [])
    assert keys(people) == there
    with runtime.work(people.actor("supplier")) as w:
        service.confirm(w, taken.id)
    while runtime.deliver():
        pass
    aged(2)
    assert (service.sweep_files(runtime), told(people)) == (0, [])
    assert len([one for one in keys(people) if one.startswith("photos/")]) == 2 * 3


def test_a_file_that_is_gone_is_named(people: People, supplier: Supplier) -> None:
    with people.runtime.reading() as session:
        key = session.scalars(select(Paper.scan_key)).first()
    assert key is not None
    people.runtime.tools.storage.drop(key)
    assert told(people) == [f"file {key}: a row names it and it is not there"]


def test_files_of_others_are_left_alone_and_so_is_another_databases_folder(
    people: People, supplier: Supplier, aged: Callable[[int], None], place: Place
) -> None:
    storage = people.runtime.tools.storage
    others = {"somebody-elses/file", "photos/2026/summer", "imports/july", "scans/0001"}
    for key in others:
        storage.put(key, b"x")
    for n in range(sweeping.FEW + 1):
        storage.put(f"photos/{uuid.uuid4()}-{n}", b"x")
    aged(2)
    there = keys(people)
    assert service.sweep_files(people.runtime) == 0
    assert (all_keys(people), swept(people)) == (there, set())
    assert len(told(people)) == sweeping.FEW + 1
    environment = {"MARKETPLACE_DATABASE_URL": place.url}
    typed = [str(one) for one in ("sweep", "--data", place.folder)]
    assert CliRunner().invoke(main, typed, env=environment).output.startswith("0 个文件")
    typed.append("--many")
    assert CliRunner().invoke(main, typed, env=environment).output.startswith("21 个文件")
    assert not [key for key in keys(people) - others if key.startswith("photos/")]
    assert others < keys(people)


def test_where_no_row_names_anything_nothing_is_swept(
    people: People, aged: Callable[[int], None]
) -> None:
    """A new database on the folder of an old one."""
    storage = people.runtime.tools.storage
    storage.put(f"scans/{uuid.uuid4()}", b"x")
    aged(2)
    assert len(told(people)) == 1
    assert (service.sweep_files(people.runtime), swept(people)) == (0, set())


def test_a_folder_that_cannot_be_written_loses_nothing_and_stops_no_round(
    people: People, supplier: Supplier, aged: Callable[[int], None], place: Place
) -> None:
    """As on a disk that is full."""
    key = f"scans/{uuid.uuid4()}"
    people.runtime.tools.storage.put(key, b"x")
    (place.folder / "papers" / "aside").write_bytes(b"in the way")
    aged(2)
    assert sweep(people.runtime, DAILY)
    assert key in keys(people)
    typed = [str(one) for one in ("sweep", "--data", place.folder)]
    told = CliRunner().invoke(main, typed, env={"MARKETPLACE_DATABASE_URL": place.url})
    assert told.exit_code == 1
    assert "文件存储不能写" in told.output
    assert key in keys(people)
