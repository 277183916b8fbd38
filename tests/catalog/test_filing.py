"""Private files and the rows that name them: what is missing is told, what nobody names goes."""

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
from marketplace.catalog.queries import Upload
from marketplace.catalog.service import filing
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
def aged(data: Path, clock: SetClock) -> Callable[[], None]:
    """Everything that lies there now was put there two days ago, by the clock of the test."""

    def make_old() -> None:
        when = (clock.at - timedelta(days=2)).timestamp()
        for path in (data / "papers").rglob("*"):
            if path.is_file():
                os.utime(path, (when, when))

    return make_old


def keys(people: People) -> set[str]:
    return {one.key for one in people.runtime.tools.storage.listed()}


def told(people: People) -> list[str]:
    runtime = people.runtime
    with runtime.reading() as session:
        at = runtime.clock.now()
        return check_all(session, at, storage=runtime.tools.storage)[
            "files and rows name each other"
        ]


def swept(people: People) -> set[str]:
    """The keys that the trail tells of."""
    with people.runtime.reading() as session:
        rows = session.scalars(select(TrailEntry).where(TrailEntry.subject_kind == "StoredFile"))
        return {key for row in rows for key in (row.data or {})["keys"]}


def test_whoever_is_killed_between_file_and_row_leaves_nothing_for_ever(
    people: People, supplier: Supplier, place: Place, aged: Callable[[], None], clock: SetClock
) -> None:
    before = keys(people)
    assert killed(place, people.ids["supplier"], supplier.id) == -9
    (left, preview) = sorted(keys(people) - before)
    assert preview == f"{left}-preview"
    assert told(people) == []  # it may be named yet
    aged()
    assert [one.split(":")[0] for one in told(people)] == [f"file {left}", f"file {preview}"]
    assert sweep(people.runtime, DAILY)
    assert (keys(people), told(people)) == (before, [])
    assert swept(people) == {left, preview}
    people.runtime.tools.storage.put(f"scans/{uuid.uuid4()}", b"x")
    aged()
    assert not sweep(people.runtime, DAILY)  # until tomorrow
    clock.advance(days=1)
    assert sweep(people.runtime, DAILY)
    assert keys(people) == before


def test_what_rows_name_and_what_sheets_need_stays_however_old(
    people: People, supplier: Supplier, aged: Callable[[], None]
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
    aged()
    there = keys(people)
    assert {one.split("/")[0] for one in there} >= {"scans", "photos", "imports"}
    assert (service.sweep_files(runtime), told(people)) == (0, [])
    assert keys(people) == there
    with runtime.work(people.actor("supplier")) as w:
        service.confirm(w, taken.id)
    while runtime.deliver():
        pass
    aged()
    assert (service.sweep_files(runtime), told(people)) == (0, [])
    assert len([one for one in keys(people) if one.startswith("photos/")]) == 2 * 3


def test_a_file_that_is_gone_is_named(people: People, supplier: Supplier) -> None:
    with people.runtime.reading() as session:
        key = session.scalars(select(Paper.scan_key)).first()
    assert key is not None
    people.runtime.tools.storage.drop(key)
    assert told(people) == [f"file {key}: a row names it and it is not there"]


def test_files_of_others_are_left_alone_and_so_is_another_databases_folder(
    people: People, supplier: Supplier, aged: Callable[[], None], place: Place
) -> None:
    storage = people.runtime.tools.storage
    storage.put("somebody-elses/file", b"x")
    for n in range(filing.FEW + 1):
        storage.put(f"photos/{uuid.uuid4()}-{n}", b"x")
    aged()
    there = keys(people)
    assert service.sweep_files(people.runtime) == 0
    assert (keys(people), swept(people)) == (there, set())
    assert len(told(people)) == filing.FEW + 1
    for key in sorted(there):
        if key.startswith("photos/"):
            storage.drop(key)
            break
    environment = {"MARKETPLACE_DATABASE_URL": place.url}
    typed = [str(one) for one in ("sweep", "--data", place.folder)]
    assert CliRunner().invoke(main, typed, env=environment).output.startswith("100 个文件")
    assert not [key for key in keys(people) if key.startswith("photos/")]
    assert "somebody-elses/file" in keys(people)
