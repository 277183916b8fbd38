"""What an uploaded scan really is: looked at in a child, by content, whatever its name says."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace

import pypdf
import pytest
from flask.testing import FlaskClient
from PIL import Image
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from sqlalchemy import select

from marketplace.adapters import scans
from marketplace.kernel.errors import Invalid, Missing
from marketplace.suppliers import queries, service
from marketplace.suppliers.models import Paper
from marketplace.suppliers.service import ChecksFailed
from marketplace.work.models import TrailEntry
from tests.fixtures import People, post
from tests.makers.suppliers import SCAN, a_credit_code, a_draft_supplier, a_paper

SCRIPT = b"<script>alert(1)</script>"


def picture(form: str = "JPEG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 60, 40)).save(out, form, **options)
    return out.getvalue()


def photograph() -> bytes:
    """Lying on its side, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "secret place"
    exif.get_ifd(0x8825)[2] = (39.0, 54.0, 0.0)
    return picture(size=(3000, 2000), exif=exif)


def a_png(width: int, height: int, *, scanlines: bytes | None = None) -> bytes:
    """A PNG of one bit per pixel, as small as can be; without scanlines its pixels are missing."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = scanlines if scanlines is not None else zlib.compress(b"")
    chunks = ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def a_bomb(width: int, height: int) -> bytes:
    """Whole and honest: every pixel is there, all of them zero."""
    packer = zlib.compressobj(9)
    line = bytes(1 + (width + 7) // 8)
    parts = [packer.compress(line) for _row in range(height)]
    return a_png(width, height, scanlines=b"".join(parts) + packer.flush())


def a_pdf(pages: int = 1, *, password: str = "", script: str = "") -> bytes:
    writer = pypdf.PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(200, 200)
    if script:
        action = DictionaryObject()
        action[NameObject("/S")] = NameObject("/JavaScript")
        action[NameObject("/JS")] = TextStringObject(script)
        writer.root_object[NameObject("/OpenAction")] = action
        writer.add_attachment("a.exe", b"MZ")
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def an_archive(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("_", "."), data)
    return out.getvalue()


def refused(data: bytes) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        scans.look(data)
    assert refusal.value.data["field"] == "scan"
    return refusal.value


@pytest.mark.parametrize(
    ("form", "type_"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
def test_pictures_are_known_by_their_content_and_get_a_preview(form: str, type_: str) -> None:
    data = picture(form)
    seen = scans.look(data)
    assert (seen.type, seen.sha256) == (type_, hashlib.sha256(data).hexdigest())
    with Image.open(io.BytesIO(seen.preview)) as preview:
        assert (preview.format, preview.size) == ("JPEG", (60, 40))


def test_a_preview_stands_upright_is_small_and_tells_no_place() -> None:
    seen = scans.look(photograph())
    with Image.open(io.BytesIO(seen.preview)) as preview:
        assert preview.size == (1067, 1600)
        assert not preview.getexif()
    assert b"secret" not in seen.preview
    assert b"Exif" not in seen.preview


def test_a_preview_of_something_transparent_is_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(scans.look(out.getvalue()).preview)) as preview:
        assert preview.getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("beginning", "name"),
    [
        (b"SIMPLE  =                    T", "FITS"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "EPS"),
        (b"8BPS\x00\x01" + bytes(20), "PSD"),
        (b"II*\x00\x08\x00\x00\x00", "TIFF"),
        (b"GIF89a\x01\x00\x01\x00", "GIF"),
        (b"BM" + bytes(40), "BMP"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"<svg/onload=alert(1)>", "SVG"),
        (b"<!doctype html><script>alert(1)</script>", "HTML"),
        (b"MZ\x90\x00", "EXE"),
        (b"\x00\x00\x00\x1cftypavif", "AVIF"),
        (b"\x00\x00\x00\x1cftypisom", "MP4"),
        (b"PK\x03\x04" + bytes(30), "ZIP"),
        (b"\xd0\xcf\x11\xe0", "Office"),
        (b"nothing at all", "?"),
        (b"", "?"),
    ],
)
def test_other_formats_are_refused_by_name_whatever_the_file_is_called(
    beginning: bytes, name: str
) -> None:
    """Failure 36: FITS, EPS, PSD, TIFF named .jpg never reach a decoder."""
    fault = refused(beginning)
    assert (fault.code, fault.data["name"]) == ("scan_format", name)


@pytest.mark.parametrize(("width", "height"), [(9_000, 9_000), (13_000, 13_000), (20_000, 20_000)])
def test_a_picture_that_unpacks_to_hundreds_of_megabytes_is_refused_by_its_header(
    width: int, height: int
) -> None:
    """P25: Failure 36: 81, 169 and 400 megapixels in some kilobytes."""
    assert refused(a_png(width, height)).code == "scan_too_many_pixels"


def test_a_picture_at_the_limit_is_decoded_within_the_bounds() -> None:
    """P25: 40 megapixels of one bit, whole."""
    bomb = a_bomb(8_000, 5_000)
    assert len(bomb) < 100_000
    with Image.open(io.BytesIO(scans.look(bomb).preview)) as preview:
        assert preview.size == (1600, 1000)


@pytest.mark.parametrize("form", ["WEBP", "PNG"])
def test_a_picture_that_moves_is_refused(form: str) -> None:
    frames = [Image.new("RGB", (8, 8), (shade, 0, 0)) for shade in (0, 90, 180)]
    out = io.BytesIO()
    frames[0].save(out, form, save_all=True, append_images=frames[1:])
    assert refused(out.getvalue()).code == "scan_animated"


@pytest.mark.parametrize(
    "data",
    [
        picture("PNG") + an_archive(evil_jar=b"x"),
        picture("PNG") + SCRIPT,
        picture("WEBP") + SCRIPT,
        picture() + b"<?php system($_GET[0]);",
        picture() + an_archive(evil_jar=b"x"),
        picture() + b"\0" * 80_000 + an_archive(evil_jar=b"x"),
    ],
    ids=["png-jar", "png-html", "webp-html", "jpeg-php", "jpeg-jar", "jpeg-far-jar"],
)
def test_a_picture_that_is_something_else_too_is_refused(data: bytes) -> None:
    """Failure 32: polyglots of a picture with a script or an archive."""
    assert refused(data).code == "scan_mixed"


def test_what_hides_inside_a_picture_is_not_in_its_preview() -> None:
    """Failure 32: only pixels are carried over."""
    seen = scans.look(picture(comment=SCRIPT))
    assert SCRIPT not in seen.preview


def test_a_telephones_film_behind_its_photograph_is_no_harm() -> None:
    assert scans.look(picture() + bytes(5_000)).type == "image/jpeg"


def test_half_a_picture_is_refused() -> None:
    noise = Image.effect_noise((400, 400), 80)
    out = io.BytesIO()
    noise.save(out, "JPEG")
    assert refused(out.getvalue()[:-9000]).code == "scan_unreadable"


def test_a_document_is_opened_and_kept_without_preview() -> None:
    """F16: script and attachment in it change nothing: it is only ever downloaded."""
    for data in (a_pdf(), a_pdf(3, script="app.alert(1)")):
        seen = scans.look(data)
        assert (seen.type, seen.preview) == ("application/pdf", b"")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (a_pdf(password="x"), "scan_encrypted"),
        (a_pdf(301), "scan_pages"),
        (a_pdf(0), "scan_unreadable"),
        (b"%PDF-1.7\nnothing", "scan_unreadable"),
        (b"%PDF-" + bytes(100_000), "scan_unreadable"),
    ],
    ids=["locked", "too-long", "empty", "not-one", "zeros"],
)
def test_a_document_that_nobody_can_read_is_refused(data: bytes, code: str) -> None:
    assert refused(data).code == code


def test_a_photograph_of_an_apple_telephone_is_accepted_without_preview() -> None:
    seen = scans.look(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64))
    assert (seen.type, seen.preview) == ("image/heic", b"")


def test_a_document_of_the_national_format_is_accepted_and_another_archive_is_not() -> None:
    seen = scans.look(an_archive(OFD_xml=b"<ofd/>", Doc_0_xml=b"<d/>"))
    assert (seen.type, seen.preview) == ("application/ofd", b"")
    assert refused(an_archive(word_xml=b"<w/>")).data["name"] == "ZIP"


def test_an_archive_bomb_is_no_document() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("OFD.xml", bytes(200_000_000))
    assert refused(out.getvalue()).code == "scan_format"


def handed_in(client: FlaskClient, people: People, data: bytes, name: str):  # type: ignore[no-untyped-def]  # a test answer
    draft = a_draft_supplier(people)
    said = {
        "kind": "licence", "number": a_credit_code(1), "holder": draft.legal_name,
        "issuer": "示例机关", "valid_from": "2025-04-01", "scan": (io.BytesIO(data), name),
    }  # fmt: skip
    here = f"/suppliers/{draft.id}/papers"
    return draft, post(client, here, on=f"{here}/new?kind=licence", **said)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"GIF89a" + bytes(20), "GIF"),
        (a_pdf(password="x"), "PDF 有密码"),
        (a_png(20_000, 20_000), "图片太大"),
        (picture() + SCRIPT, "藏着别的文件"),
    ],
    ids=["gif", "locked", "bomb", "mixed"],
)
def test_a_bad_file_is_told_beside_its_field_and_leaves_nothing(
    people: People, client_as: Callable[[str], FlaskClient], data: bytes, told: str
) -> None:
    """P24: no row, no file."""
    draft, answer = handed_in(client_as("supplier"), people, data, "执照.jpg")
    assert answer.status_code == 422
    (said,) = answer.text.split('id="scan-error"')[1:]
    assert told in said
    with people.runtime.reading() as session:
        assert queries.papers(session, draft.id) == ()
    assert not list((people.runtime.tools.config.data / "papers").glob("*/*"))


def test_the_original_is_kept_to_the_byte_and_its_preview_beside_it(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    data = photograph()
    _draft, answer = handed_in(client_as("supplier"), people, data, "执照.jpg")
    assert answer.status_code == 303
    with people.runtime.reading() as session:
        paper = session.scalars(select(Paper)).one()
    client = client_as("reviewer")
    assert client.get(f"/suppliers/papers/{paper.id}/scan").data == data
    preview = client.get(f"/suppliers/papers/{paper.id}/preview").data
    assert preview == people.runtime.tools.storage.get(paper.preview_key)
    assert len(preview) < len(data)
    assert (
        f"/suppliers/papers/{paper.id}/preview" in client.get(f"/suppliers/papers/{paper.id}").text
    )


@pytest.mark.parametrize("what", ["scan", "preview"])
def test_scans_and_previews_are_downloads_that_nobody_keeps_and_each_reading_is_written(
    people: People, client_as: Callable[[str], FlaskClient], what: str
) -> None:
    """P17: Failure 32: attachment, sandboxed, never cached, in the trail; not for strangers."""
    handed_in(client_as("supplier"), people, SCAN, "执照.png")
    with people.runtime.reading() as session:
        paper = session.scalars(select(Paper)).one()
    address = f"/suppliers/papers/{paper.id}/{what}"
    answer = client_as("reviewer").get(address)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    for name, status in (("second_supplier", 404), ("auditor", 403), ("employee", 403)):
        assert client_as(name).get(address).status_code == status
    with people.runtime.reading() as session:
        readings = select(TrailEntry).where(TrailEntry.verb == f"read_{what}")
        assert [entry.subject_id for entry in session.scalars(readings)] == [paper.id]


def test_no_folder_that_is_served_holds_a_scan(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    """P17: there is no static address of a scan."""
    handed_in(client_as("supplier"), people, SCAN, "执照.png")
    with people.runtime.reading() as session:
        paper = session.scalars(select(Paper)).one()
    for address in (f"/papers/{paper.scan_key}", f"/static/{paper.scan_key}",
                    f"/marketplace/static/papers/{paper.scan_key}"):  # fmt: skip
        assert client_as("supplier").get(address).status_code == 404


def test_a_scan_that_was_put_by_is_taken_away_when_its_paper_is_refused(people: People) -> None:
    """P24: the file waits outside the unit of work and goes with it."""
    draft = a_draft_supplier(people)
    storage = people.runtime.tools.storage
    given = service.received(storage, a_paper(holder="别的公司", scan=SCAN))
    assert storage.get(given.key) == SCAN
    with pytest.raises(ChecksFailed), people.runtime.work(people.actor("supplier")) as w:
        service.hand_in(w, draft.id, given)
    for key in (given.key, f"{given.key}-preview"):
        with pytest.raises(Missing):
            storage.get(key)


def test_a_look_at_other_bytes_is_not_believed(people: People) -> None:
    draft = a_draft_supplier(people)
    paper = replace(a_paper(), scan=b"GIF89a")
    assert paper.look is not None
    with (
        pytest.raises(Invalid, match="scan_format"),
        people.runtime.work(people.actor("supplier")) as w,
    ):
        service.hand_in(w, draft.id, paper)
