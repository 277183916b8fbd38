"""Photographs of goods: an edit like any other, and seen as long as their good is."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from marketplace.catalog import queries, rules, service
from marketplace.catalog.models import ChangeSet, Listing, ListingPhoto
from marketplace.catalog.states import ChangeState, ListingState
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Invalid, Refused
from marketplace.kernel.money import Money
from marketplace.work.models import TrailEntry
from tests.fixtures import People, post
from tests.makers.catalog import a_draft_listing, a_sheet, some_goods
from tests.makers.photos import a_photo, photographed
from tests.makers.suppliers import an_approved_supplier

Clients = Callable[[str], FlaskClient]
RED, BLUE, GREEN = a_photo(), a_photo((20, 40, 200)), a_photo((20, 160, 60))


@pytest.fixture
def melon(people: People) -> Listing:
    """A draft without photographs."""
    an_approved_supplier(people)
    return a_draft_listing(people)


def now(people: People, listing: Listing) -> Listing:
    with people.runtime.reading() as session:
        return session.get_one(Listing, listing.id)


def shas(people: People, ids: list[str]) -> list[str]:
    with people.runtime.reading() as session:
        known = {str(one.id): one.sha256 for one in session.scalars(select(ListingPhoto))}
    return [known[one] for one in ids]


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def kept(data: Path) -> list[str]:
    """Files of photographs that lie in the storage."""
    return sorted(one.name for one in (data / "papers").glob("photos/*"))


def on_sale(people: People, listing: Listing) -> None:
    with people.runtime.work(people.actor("supplier")) as w:
        service.submit(w, listing.id)
    with people.runtime.work(people.actor("reviewer")) as w:
        service.approve(w, listing.id, now(people, listing).fingerprint)


def address(listing: Listing, photo_id: str, size: str = "small") -> str:
    return f"/supplier/listings/{listing.id}/photos/{photo_id}-{size}.webp"


def test_a_draft_shows_at_once_what_was_handed_in_and_keeps_the_original_bytes(
    people: People, melon: Listing, data: Path
) -> None:
    assert photographed(people, melon, RED, BLUE, RED) is None
    found = now(people, melon)
    assert shas(people, found.photos) == [sha(RED), sha(BLUE)]  # the same bytes are one photograph
    assert found.fingerprint != melon.fingerprint  # what is approved is what was shown
    with people.runtime.reading() as session:
        assert rules.fingerprint_of(queries.content(session, found)) == found.fingerprint
        first = session.scalars(select(ListingPhoto).where(ListingPhoto.sha256 == sha(RED))).one()
        verbs = session.scalars(
            select(TrailEntry.verb).where(TrailEntry.subject_kind == "ListingPhoto")
        ).all()
    assert verbs == ["add", "add"]
    assert people.runtime.tools.storage.get(first.key) == RED
    assert len(kept(data)) == 2 * 3
    photographed(people, melon, GREEN, keep=1)  # the second one goes, with all its files
    people.runtime.deliver(limit=100)
    assert shas(people, now(people, melon).photos) == [sha(RED), sha(GREEN)]
    assert len(kept(data)) == 2 * 3


def test_other_photographs_of_a_good_on_sale_wait_for_a_reviewer(
    people: People, melon: Listing
) -> None:
    photographed(people, melon, RED)
    on_sale(people, melon)
    change = photographed(people, melon, BLUE, keep=0)
    assert change is not None
    assert (change.state, change.fields) == (ChangeState.PROPOSED, ["photos"])
    assert shas(people, now(people, melon).photos) == [sha(RED)]
    with people.runtime.work(people.actor("supplier")) as w:  # a cut counts at once all the same
        cut = service.reprice(w, melon.id, Money(45_00), Money(50_00))
    assert cut is not None
    assert cut.state is ChangeState.APPROVED
    with people.runtime.work(people.actor("supplier")) as w:  # other words: one proposal for both
        both = service.revise(w, melon.id, some_goods(title="示例 大瓜", sale_price=Money(50_00)))
    assert both is not None
    assert both.fields == ["title", "photos"]
    with people.runtime.work(people.actor("reviewer")) as w:
        service.approve_change(w, both.id, rules.seen_of(both.base, both.fingerprint))
    found = now(people, melon)
    assert (found.title, found.sale_price) == ("示例 大瓜", Money(50_00))
    assert shas(people, found.photos) == [sha(BLUE)]


def test_an_order_of_photographs_is_an_edit_and_the_old_order_takes_it_back(
    people: People, melon: Listing
) -> None:
    photographed(people, melon, RED, BLUE)
    on_sale(people, melon)
    ids = now(people, melon).photos

    def shown(order: list[str]) -> ChangeSet | None:
        with people.runtime.work(people.actor("supplier")) as w:
            return service.show_photos(w, melon.id, service.Chosen(order, frozenset(ids)))

    change = shown(ids[::-1])
    assert change is not None
    assert change.content["photos"] == ids[::-1]
    assert shown(ids) is None
    with people.runtime.reading() as session:
        assert session.get_one(ChangeSet, change.id).state is ChangeState.WITHDRAWN
        assert queries.open_change(session, melon.id) is None


def test_a_sheet_leaves_photographs_and_those_that_wait_as_they_are(
    people: People, melon: Listing
) -> None:
    photographed(people, melon, RED)
    on_sale(people, melon)
    photographed(people, melon, BLUE, keep=0)
    row = {"品名": "示例 伽师瓜 2 个装", "原产县": "伽师县", "加工程度": "原样", "包装方式": "散装"}

    def imported(**words: str) -> service.ImportReport:
        with people.runtime.work(people.actor("supplier")) as w:
            sheet = a_sheet({**row, "净含量": "", **words})
            return service.import_sheet(w, now(people, melon).supplier_id, sheet, "a.csv")

    assert imported().unchanged == 1
    assert imported(售价="50.00").updated == 1  # at once
    assert imported(售价="50.00", 品名="示例 小瓜").updated == 1  # waits, with the photographs
    with people.runtime.reading() as session:
        waiting = queries.open_change(session, melon.id)
    assert waiting is not None
    assert waiting.fields == ["title", "photos"]
    assert imported(售价="50.00", 品名="示例 小瓜").unchanged == 1
    found = now(people, melon)
    assert (found.state, found.sale_price) == (ListingState.ON_SALE, Money(50_00))
    assert shas(people, found.photos) == [sha(RED)]


def test_what_is_refused_leaves_no_file_and_no_row(
    people: People, melon: Listing, data: Path
) -> None:
    """P24: also when the unit of work fails after the files were put by."""
    storage = people.runtime.tools.storage
    with pytest.raises(Invalid):
        service.receive(storage, [("1.jpg", RED), ("2.jpg", b"GIF89a" + bytes(60))])
    with pytest.raises(Invalid):
        service.receive(storage, [(f"{n}.jpg", RED) for n in range(10)])
    added = service.receive(storage, [("1.jpg", RED)])
    stale = service.Chosen((), frozenset({"somebody was quicker"}))
    with pytest.raises(Refused), people.runtime.work(people.actor("supplier")) as w:
        service.show_photos(w, melon.id, stale, added)
    assert (now(people, melon).photos, kept(data)) == ([], [])


def test_more_photographs_than_a_good_may_have_are_refused_together_with_those_it_has(
    people: People, melon: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Failure 36: one here; each form counts only what it brings."""
    photographed(people, melon, RED)
    ids = now(people, melon).photos
    monkeypatch.setattr("marketplace.catalog.service.photos.MOST_PHOTOS", 1)
    with pytest.raises(Invalid, match="photos_too_many"):
        photographed(people, melon, BLUE)
    assert now(people, melon).photos == ids


def test_a_photograph_is_seen_as_long_as_its_good_is_and_no_copy_outlives_it(
    people: People, client_as: Clients, melon: Listing, clock: SetClock
) -> None:
    """P16: the same predicate as the page; a browser that kept it asks each time."""
    buyer, owner, reviewer = (client_as(one) for one in ("employee", "supplier", "reviewer"))
    stranger = client_as("second_supplier")
    photographed(people, melon, a_photo(exif=_exif(), size=(1500, 1000)))
    (first,) = now(people, melon).photos
    url = address(melon, first)
    assert [one.get(url).status_code for one in (buyer, stranger, owner, reviewer)] == [
        404, 404, 200, 200
    ]  # fmt: skip  # a draft
    on_sale(people, melon)
    seen = buyer.get(url)
    assert seen.headers["Content-Type"] == "image/webp"
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert seen.headers["Cache-Control"] == "private, no-cache"
    with Image.open(io.BytesIO(seen.data)) as drawn:
        assert (drawn.format, drawn.size, dict(drawn.getexif())) == ("WEBP", (480, 320), {})
    assert b"secret" not in seen.data
    large = buyer.get(address(melon, first, "large"))
    with Image.open(io.BytesIO(large.data)) as drawn:
        assert drawn.size == (1280, 853)
    again = {"If-None-Match": seen.headers["ETag"]}
    assert buyer.get(url, headers=again).status_code == 304
    photographed(people, melon, BLUE, keep=0)
    with people.runtime.reading() as session:
        waiting = queries.open_change(session, melon.id)
    assert waiting is not None
    (second,) = waiting.content["photos"]
    both = [one.get(address(melon, second)).status_code for one in (buyer, owner, reviewer)]
    assert both == [404, 200, 200]  # what waits is not seen yet
    assert buyer.get(address(melon, first, "huge")).status_code == 404
    clock.advance(days=4000)  # its papers ran out
    assert buyer.get(url, headers=again).status_code == 404
    assert client_as("supplier").get(url).status_code == 200


def test_photographs_are_handed_in_put_in_order_and_shown_by_pages(
    people: People, client_as: Clients, melon: Listing
) -> None:
    owner, reviewer, buyer = (client_as(one) for one in ("supplier", "reviewer", "employee"))
    page = f"/supplier/listings/{melon.id}"
    files = [(io.BytesIO(one), f"{n}.jpg") for n, one in enumerate((RED, BLUE))]
    answer = post(owner, f"{page}/photos", on=page, photos=files)
    assert answer.status_code == 303
    one, two = now(people, melon).photos
    form = {f"place-{one}": "2", f"place-{two}": "1"}
    assert post(owner, f"{page}/photos", on=page, **form).status_code == 303
    assert now(people, melon).photos == [two, one]
    on_sale(people, melon)
    assert address(melon, two) in buyer.get("/").text
    shown = buyer.get(f"/listings/{melon.id}").text
    assert shown.index(address(melon, two, "large")) < shown.index(address(melon, one, "large"))
    form = {f"place-{two}": "", f"place-{one}": "1"}
    post(owner, f"{page}/photos", on=page, **form, photos=[(io.BytesIO(GREEN), "g.png")])
    with people.runtime.reading() as session:
        waiting = queries.open_change(session, melon.id)
    assert waiting is not None
    beside = reviewer.get(f"/desk/changes/{waiting.id}").text
    assert beside.index(address(melon, two)) < beside.rindex(address(melon, one))
    assert address(melon, waiting.content["photos"][1]) in beside
    assert address(melon, two) in buyer.get("/").text


def test_what_is_no_photograph_is_refused_by_name_beside_its_field(
    people: People, client_as: Clients, melon: Listing, data: Path
) -> None:
    owner, page = client_as("supplier"), f"/supplier/listings/{melon.id}"
    for content, named in (
        (b"SIMPLE  =                    T", "FITS"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    ):
        answer = post(owner, f"{page}/photos", on=page, photos=[(io.BytesIO(content), "瓜.jpg")])
        assert answer.status_code == 422
        assert f"“瓜.jpg”是 {named} 文件" in answer.text
    bad = post(owner, f"{page}/photos", on=page, **{"place-x": "1"})
    assert bad.status_code == 409
    assert kept(data) == []


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    return exif
