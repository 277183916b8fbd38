"""Pictures in an archive beside a sheet: told before anything is written, whole or not at all."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalog import queries, service
from marketplace.catalog.models import CatalogImport, ChangeSet, Listing, ListingPhoto
from marketplace.catalog.queries import Checked, Foretold, Upload
from marketplace.catalog.rules import RowFault
from marketplace.catalog.states import ImportState
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Invalid
from marketplace.work import trail
from marketplace.work.outbox import LEASE
from tests.catalog.killed_worker import killed
from tests.databases import Place
from tests.fixtures import People, post
from tests.makers.archives import an_archive
from tests.makers.catalog import a_sheet
from tests.makers.photos import a_photo
from tests.makers.suppliers import an_approved_supplier
from tests.suppliers.test_scans import a_bomb

Clients = Callable[[str], FlaskClient]
RED, BLUE, GREEN = a_photo(), a_photo((20, 40, 200)), a_photo((20, 160, 60))
GOODS = ({"品名": "示例 伽师瓜"}, {"品名": "示例 西梅"}, {"品名": "示例 无花果"})
SHEET, MORE = a_sheet(*GOODS[:2]), a_sheet(*GOODS)
BOMB = a_bomb(7000, 7000)
ARCHIVE = an_archive({"SL-0001.jpg": RED, "SL-0001_2.jpg": BLUE, "nobody.jpg": GREEN})


@pytest.fixture
def shop(people: People) -> Shop:
    return Shop(people, an_approved_supplier(people).id)


@dataclass(frozen=True)
class Shop:
    """One supplier that hands sheets and archives in."""

    people: People
    supplier_id: uuid.UUID

    def looked(self, archive: bytes, sheet: bytes = SHEET) -> tuple[Checked, Foretold]:
        runtime = self.people.runtime
        at, upload = runtime.clock.now(), Upload(sheet, "商品.csv", archive=archive)
        with runtime.reading() as session:
            checked = queries.check_sheet(session, self.supplier_id, upload, at)
            same = service.same_photos(session, self.supplier_id, checked)
        checked = service.with_archive(checked, archive, same, runtime.tools.storage)
        with runtime.reading() as session:
            return checked, queries.foretell(session, self.supplier_id, checked, at)

    def imported(self, archive: bytes, sheet: bytes = SHEET) -> CatalogImport:
        clock = self.people.runtime.clock
        assert isinstance(clock, SetClock)
        clock.advance(minutes=1)  # the last one is the last by its time
        seen = self.looked(archive, sheet)
        with self.people.runtime.work(self.people.actor("supplier")) as w:
            taken = service.look(w, self.supplier_id, *seen)
            service.confirm(w, taken.id)
        self.people.runtime.deliver(limit=100)
        with self.people.runtime.reading() as session:
            return session.get_one(CatalogImport, taken.id)

    def shown(self, sku: str = "SL-0001") -> list[str]:
        """What the good shows, by the sums of the originals."""
        with self.people.runtime.reading() as session:
            found = session.scalars(select(Listing).where(Listing.sku == sku)).one()
            known = {str(one.id): one.sha256 for one in session.scalars(select(ListingPhoto))}
        return [known[one] for one in found.photos]

    def counts(self, taken: CatalogImport) -> tuple[int, int, int, int]:
        return taken.created, taken.updated, taken.unchanged, taken.refused


def sums(*files: bytes) -> list[str]:
    return [hashlib.sha256(one).hexdigest() for one in files]


def kept(data: Path) -> list[str]:
    """What lies in the storage of photographs and of sheets."""
    folder = data / "papers"
    return sorted(one.name for name in ("photos", "imports") for one in folder.glob(f"{name}/*"))


def test_an_archive_brings_pictures_and_the_same_one_again_changes_nothing(
    shop: Shop, data: Path
) -> None:
    """P23: told first, with what has no good and what has no picture."""
    checked, told = shop.looked(ARCHIVE)
    assert checked.pictures is not None
    assert (checked.pictures.new, checked.pictures.same) == (2, 0)
    assert checked.pictures.without_row == ("nobody.jpg",)
    assert checked.pictures.without_picture == ("SL-0002",)
    assert told.report.created == 2
    service.let_go(shop.people.runtime.tools.storage, checked)
    assert shop.counts(shop.imported(ARCHIVE)) == (2, 0, 0, 0)
    assert shop.shown() == sums(RED, BLUE)
    assert shop.shown("SL-0002") == []
    assert len(kept(data)) == 2 * 3
    assert shop.counts(shop.imported(ARCHIVE)) == (0, 0, 2, 0)
    assert shop.counts(shop.imported(an_archive({}))) == (0, 0, 2, 0)
    assert len(kept(data)) == 2 * 3
    other = an_archive({"SL-0001.jpg": GREEN, "SL-0001_2.jpg": RED})
    assert shop.counts(shop.imported(other)) == (0, 1, 1, 0)
    assert shop.shown() == sums(GREEN, RED)


def test_pictures_of_a_good_on_sale_wait_for_a_reviewer(shop: Shop) -> None:
    people = shop.people
    shop.imported(an_archive({"SL-0001.jpg": RED}))
    with people.runtime.work(people.actor("supplier")) as w:
        service.submit_all(w)
    with people.runtime.work(people.actor("reviewer")) as w:
        for one in w.session.scalars(select(Listing)).all():
            service.approve(w, one.id, one.fingerprint)
    taken = shop.imported(an_archive({"SL-0001.jpg": BLUE, "SL-0002.jpg": GREEN}))
    assert shop.counts(taken) == (0, 2, 0, 0)
    assert shop.shown() == sums(RED)  # the one on sale stands
    with people.runtime.reading() as session:
        waiting = list(session.scalars(select(ChangeSet)))
    assert [one.fields for one in waiting] == [["photos"], ["photos"]]
    assert shop.counts(shop.imported(an_archive({"SL-0001.jpg": BLUE}))) == (0, 0, 2, 0)


def test_an_undone_archive_leaves_no_picture(shop: Shop, data: Path) -> None:
    people = shop.people
    shop.imported(an_archive({"SL-0001.jpg": RED}))
    before = kept(data)
    taken = shop.imported(an_archive({"SL-0001.jpg": BLUE, "SL-0003.jpg": GREEN}), MORE)
    assert shop.shown() == sums(BLUE)
    assert shop.shown("SL-0003") == sums(GREEN)
    with people.runtime.work(people.actor("supplier")) as w:
        service.undo(w, taken.id)
    people.runtime.deliver(limit=100)
    assert shop.shown() == sums(RED)
    assert shop.shown("SL-0003") == []
    assert kept(data) == before
    assert shop.counts(shop.imported(an_archive({"SL-0003.jpg": GREEN}), MORE)) == (0, 1, 2, 0)
    assert shop.shown("SL-0003") == sums(GREEN)


def test_failures_36_and_37_a_refused_archive_leaves_no_row_and_no_file(
    shop: Shop, data: Path
) -> None:
    """P24: whatever is wrong, with the archive as a whole or with one picture of it."""
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    wrong = {
        "archive_name": an_archive({"../SL-0001.jpg": RED}),
        "archive_damaged": ARCHIVE[:-9],
        "photo_format": an_archive({"SL-0001.jpg": RED, "SL-0002.jpg": svg}),
        "photo_too_many_pixels": an_archive({"SL-0001.jpg": RED, "SL-0002.png": BOMB}),
        "photos_too_many": an_archive({f"SL-0001_{n}.jpg": RED for n in range(10)}),
    }
    for code, archive in wrong.items():
        checked, told = shop.looked(archive)
        (problem,) = told.report.problems
        found = problem.fault.code if isinstance(problem, RowFault) else problem.code
        assert found == code
        assert told.report.rows_read == told.report.created + told.report.refused
        with (
            pytest.raises(Invalid, match="sheet_refused"),
            shop.people.runtime.work(shop.people.actor("supplier")) as w,
        ):
            service.look(w, shop.supplier_id, checked, told)
        assert kept(data) == []
    with shop.people.runtime.reading() as session:
        assert session.scalars(select(ListingPhoto)).all() == []
        assert session.scalars(select(Listing)).all() == []


def test_a_sheet_that_is_given_up_takes_its_pictures_along(shop: Shop, data: Path) -> None:
    people = shop.people
    seen = shop.looked(ARCHIVE)
    with people.runtime.work(people.actor("supplier")) as w:
        shelf = service.shelved(w.tools.storage, seen, archive=ARCHIVE)
        taken = service.look(w, shop.supplier_id, *seen, shelf)
    assert len(kept(data)) == 2 * 3 + 2
    with people.runtime.work(people.actor("supplier")) as w:
        service.stop(w, taken.id)
    people.runtime.deliver(limit=100)
    assert kept(data) == []


KILLS = (  # the process dies before it runs this statement
    "INSERT INTO mp_listing_photo",  # between the goods and their pictures
    "INSERT INTO mp_trail",  # between the pictures and what is told of them
    "UPDATE mp_trail_head",  # all is written, nothing committed
)


def test_failure_38_an_archive_is_taken_in_whole_wherever_the_worker_is_killed(
    shop: Shop, place: Place, clock: SetClock, data: Path
) -> None:
    """P23: kill -9 at any time: what was confirmed survives with all its pictures, once."""
    people = shop.people
    sheet = a_sheet(*({"货号": f"L-{n:04d}"} for n in range(service.SMALL + 1)))
    seen = shop.looked(an_archive({"L-0000.jpg": RED, "L-0500.jpg": BLUE}), sheet)
    with people.runtime.work(people.actor("supplier")) as w:
        taken = service.look(w, shop.supplier_id, *seen)
        service.confirm(w, taken.id)
    waiting, lease = kept(data), int(LEASE.total_seconds())
    for number, words in enumerate(KILLS):
        worker = killed(place, words, 1, later=number * lease)
        assert worker.returncode == -9, (words, worker.stderr.decode())
        with people.runtime.reading() as session:
            for table in (Listing, ListingPhoto):
                assert session.scalars(select(table)).all() == [], words
        assert kept(data) == waiting, words
    clock.advance(seconds=len(KILLS) * lease)
    while people.runtime.deliver():
        pass
    assert (shop.shown("L-0000"), shop.shown("L-0500")) == (sums(RED), sums(BLUE))
    with people.runtime.reading() as session:
        done = session.get_one(CatalogImport, taken.id)
        brought = session.scalars(select(ListingPhoto)).all()
        assert list(trail.faults(session)) == []
    assert (done.state, shop.counts(done)) == (ImportState.DONE, (service.SMALL + 1, 0, 0, 0))
    assert len(kept(data)) == 2 * 3  # the rows that waited are gone, the pictures are not
    assert {one.key for one in brought} == set(seen[0].pictures.keys if seen[0].pictures else ())


def test_the_page_takes_both_tells_what_they_do_and_writes_it(
    shop: Shop, client_as: Clients, data: Path
) -> None:
    owner = client_as("supplier")
    bad = [(io.BytesIO(SHEET), "商品.csv"), (io.BytesIO(ARCHIVE[:-9]), "图.zip")]
    answer = post(owner, "/supplier/import", sheet=bad[0], pictures=bad[1])
    assert answer.status_code == 422
    assert "压缩包打不开或已损坏" in answer.text
    good = [(io.BytesIO(SHEET), "商品.csv"), (io.BytesIO(ARCHIVE), "图.zip")]
    answer = post(owner, "/supplier/import", sheet=good[0], pictures=good[1])
    assert answer.status_code == 303
    page = owner.get(answer.location).text
    assert "图片：新的 2 张，已有的 0 张。" in page
    assert "表格里没有这些图片的商品：nobody.jpg" in page
    assert "这些商品没有图片，保持不变：SL-0002" in page
    post(owner, f"{answer.location}/confirm", on=answer.location, absent="leave")
    assert shop.shown() == sums(RED, BLUE)
    assert "图片：新的 2 张" in owner.get(answer.location).text
