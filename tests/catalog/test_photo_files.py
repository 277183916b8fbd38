"""What a photograph must be: looked at in a child, by content, before anything is decoded."""

from __future__ import annotations

import io
import os
import signal
import struct
from pathlib import Path

import pytest
from PIL import Image

from marketplace.adapters import photos
from marketplace.kernel.errors import Invalid
from tests.makers.photos import a_photo
from tests.suppliers.test_scans import a_bomb, a_png

CHILDREN = Path("/proc/thread-self/children")  # of this thread


def refused(data: bytes) -> str:
    with pytest.raises(Invalid) as refusal:
        photos.draw(data, "瓜.jpg")
    assert refusal.value.data["name"] == "瓜.jpg"
    return refusal.value.code


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_photographs_are_known_by_their_content(form: str) -> None:
    seen = photos.draw(a_photo(form=form))
    assert (seen.type, seen.width, seen.height) == (f"image/{form.lower()}", 300, 240)
    with Image.open(io.BytesIO(seen.drawn["small"])) as small:
        assert (small.format, small.size) == ("WEBP", (300, 240))  # never made larger


def test_a_photograph_stands_upright_and_tells_no_place() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "secret place"
    seen = photos.draw(a_photo(size=(1600, 1200), exif=exif))
    assert (seen.width, seen.height) == (1200, 1600)
    with Image.open(io.BytesIO(seen.drawn["large"])) as large:
        assert large.size == (960, 1280)
        assert not large.getexif()
    assert b"secret" not in b"".join(seen.drawn.values())


@pytest.mark.parametrize(
    "beginning",
    [
        b"SIMPLE  =                    T",  # FITS
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"8BPS\x00\x01" + bytes(20),
        b"II*\x00\x08\x00\x00\x00",
        b"%PDF-1.7\n",
        b"<svg/onload=alert(1)>",
    ],
)
def test_failure_36_another_format_with_the_name_of_a_photograph_is_refused(
    beginning: bytes,
) -> None:
    assert refused(beginning) == "photo_format"


@pytest.mark.parametrize("side", [6400, 20_000])
def test_f14_a_bomb_of_pixels_is_refused_by_its_header(side: int) -> None:
    """41 and 400 million pixels in a file of some thousand bytes."""
    assert refused(a_bomb(side, side)) == "photo_too_many_pixels"


def test_f14_as_many_pixels_as_are_taken_are_decoded_within_the_bounds() -> None:
    seen = photos.draw(a_bomb(6000, 6000))
    assert seen.width == 6000


def test_f14_a_moving_picture_of_ten_thousand_frames_is_refused() -> None:
    assert refused(_animated(10_000)) == "photo_animated"


def test_what_is_not_whole_too_small_too_large_or_hides_a_file_is_refused() -> None:
    whole = a_photo()
    assert refused(whole[: len(whole) // 2]) == "photo_unreadable"
    assert refused(a_png(400, 400)) == "photo_unreadable"
    assert refused(a_photo(size=(199, 400))) == "photo_too_small"
    assert refused(whole + b"<script>alert(1)</script>") == "photo_mixed"
    assert refused(whole + bytes(photos.MOST_BYTES)) == "photo_too_large"


def test_a_bad_photograph_among_many_refuses_only_itself() -> None:
    good = a_photo()
    alone = photos.draw(good)
    with photos.Drawing() as opened:
        for bad in (good[: len(good) // 2], b"%PDF-1.7\n", a_bomb(6400, 6400), a_png(400, 400)):
            assert opened.draw(good).drawn == alone.drawn
            with pytest.raises(Invalid):
                opened.draw(bad)
        assert opened.draw(good).drawn == alone.drawn


@pytest.mark.skipif(not CHILDREN.exists(), reason="this system does not list children of threads")
def test_a_child_that_is_gone_costs_the_next_photograph_nothing() -> None:
    """A fresh child tells whether it was the photograph."""
    good, others = a_photo(), _children()
    with photos.Drawing() as opened:
        alone = opened.draw(good)
        (pid,) = _children() - others
        os.kill(pid, signal.SIGTERM)
        assert opened.draw(good).drawn == alone.drawn


def _children() -> set[int]:
    return {int(pid) for pid in CHILDREN.read_text("ascii").split()}


def _animated(frames: int) -> bytes:
    """A WebP with so many frames, each of one small picture."""
    still = a_photo(size=(200, 200), form="WEBP", lossless=True)[12:]
    size = (199).to_bytes(3, "little") * 2
    frame = bytes(6) + size + (1).to_bytes(3, "little") + b"\x00" + still
    one = b"ANMF" + struct.pack("<I", len(frame)) + frame + bytes(len(frame) % 2)
    head = b"VP8X" + struct.pack("<I", 10) + b"\x02\x00\x00\x00" + size
    body = b"WEBP" + head + b"ANIM" + struct.pack("<I", 6) + bytes(6) + one * frames
    return b"RIFF" + struct.pack("<I", len(body)) + body
