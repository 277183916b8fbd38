"""Archives of pictures: what they hold is known, and refused, before anything is unpacked."""

from __future__ import annotations

import io
import stat
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_import import PictureArchive, UnreadableFile
from tests.makers.archives import an_archive, bent, in_gbk

ONE = {"SL-1.jpg": b"first"}
FLAGS, LENGTH, ATTRIBUTES, OFFSET = 8, 24, 38, 42  # places in an entry of the directory


def refused(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as refusal:
        PictureArchive(data)
    assert refusal.value.problem.say("zh")
    return refusal.value.problem.code


def matched(data: bytes, *skus: str) -> dict[str, list[bytes]]:
    archive = PictureArchive(data)
    found = archive.match(skus).by_sku
    return {sku: [archive.read(one) for one in some] for sku, some in found.items()}


def test_pictures_are_named_by_sku_number_or_folder() -> None:
    files = {
        "SL-1_2.jpg": b"second",
        "SL-1.JPG": b"first",
        "图片/SL-2/10.png": b"b",
        "图片/SL-2/9.png": b"a",
        "A_2.webp": b"own",  # a stock number that ends like a number
        "a_2_3.jpg": b"third",
        "nobody.jpg": b"?",
        "说明.txt": b"?",
        "__MACOSX/._SL-1.jpg": b"litter",
        "Thumbs.db": b"litter",
    }
    archive = PictureArchive(an_archive(files))
    told = archive.match(["SL-1", "SL-2", "A_2", "SL-9"])
    read = {sku: [archive.read(one) for one in some] for sku, some in told.by_sku.items()}
    assert read == {"SL-1": [b"first", b"second"], "SL-2": [b"a", b"b"], "A_2": [b"own", b"third"]}
    assert told.without_row == ("nobody.jpg", "说明.txt")
    assert told.without_picture == ("SL-9",)


def test_where_goods_are_numbered_like_pictures_the_folder_says_whose_they_are() -> None:
    archive = an_archive({"1/1.jpg": b"a", "1/2.jpg": b"b", "图片/2/1.jpg": b"c", "3.jpg": b"d"})
    assert matched(archive, "1", "2", "3") == {"1": [b"a", b"b"], "2": [b"c"], "3": [b"d"]}


def test_goods_whose_numbers_differ_in_case_alone_have_their_own_pictures() -> None:
    files = {"AB-1.jpg": b"large", "ab-1_2.jpg": b"small", "图片/aB-2/1.jpg": b"other"}
    found = matched(an_archive(files), "AB-1", "ab-1", "AB-2")
    assert found == {"AB-1": [b"large"], "ab-1": [b"small"], "AB-2": [b"other"]}


@pytest.mark.parametrize("name", ["Ab-1.jpg", "Ab-1_2.jpg", "Ab-1/1.jpg"])
def test_a_picture_that_may_be_of_several_goods_is_refused_with_their_numbers(name: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        PictureArchive(an_archive({name: b"?"})).match(["AB-1", "ab-1"])
    problem = refusal.value.problem
    assert problem.code == "archive_unclear"
    assert "AB-1、ab-1" in problem.say("zh")


def test_chinese_names_are_read_in_utf_8_and_in_gbk_without_its_flag() -> None:
    assert matched(an_archive({"伽师瓜-1.jpg": b"a"}), "伽师瓜-1") == {"伽师瓜-1": [b"a"]}
    assert matched(in_gbk("伽师瓜-1.jpg", b"a"), "伽师瓜-1") == {"伽师瓜-1": [b"a"]}
    assert refused(in_gbk("x.jpg", b"a").replace(b"x.jpg", b"\xff.jpg")) == "archive_name"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../SL-1.jpg", "archive_name"),
        ("a/../../SL-1.jpg", "archive_name"),
        ("/SL-1.jpg", "archive_name"),
        ("C:SL-1.jpg", "archive_name"),
        ("..\\SL-1.jpg", "archive_name"),
        ("SL-1\n.jpg", "archive_name"),
        ("SL-1.zip", "archive_nested"),
    ],
)
def test_failure_37_names_that_lead_out_or_hide_are_refused(name: str, code: str) -> None:
    assert refused(an_archive({name: b"x"})) == code


def test_failure_37_a_nul_in_a_name_is_refused() -> None:
    data = an_archive({"SL-1.jpg?.exe": b"x"}).replace(b"?.exe", b"\x00.exe")
    assert refused(data) == "archive_name"


@pytest.mark.parametrize(
    "names", [("a.jpg", "A.JPG"), ("caf\u00e9.jpg", "cafe\u0301.jpg"), ("a/1.jpg", "a/1.JPG")]
)
def test_failure_37_names_that_are_the_same_after_all_are_refused(names: tuple[str, str]) -> None:
    assert refused(an_archive(dict.fromkeys(names, b"x"))) == "archive_twice"


def test_failure_37_links_passwords_and_strange_methods_are_refused() -> None:
    whole = an_archive(ONE)
    link = bent(whole, ATTRIBUTES, (stat.S_IFLNK | 0o777) << 16, "<L")
    assert refused(link) == "archive_suspicious"
    assert refused(bent(whole, FLAGS, 1)) == "archive_locked"
    assert refused(an_archive(ONE, zipfile.ZIP_BZIP2)) == "archive_suspicious"


def test_f13_bombs_are_refused_by_what_they_say_and_cannot_say_less() -> None:
    bomb = an_archive({"SL-1.jpg": bytes(20 * 1024 * 1024)}, zipfile.ZIP_DEFLATED)
    assert refused(bomb) == "archive_bomb"
    small = an_archive({"SL-1.jpg": bytes(900)}, zipfile.ZIP_DEFLATED)
    for liar in (bent(bomb, LENGTH, 1000, "<L"), bent(small, LENGTH, 1000, "<L")):
        archive = PictureArchive(liar)
        with pytest.raises(UnreadableFile) as refusal:
            archive.read(archive.entries[0])
        assert refusal.value.problem.code == "archive_damaged"
    assert refused(an_archive({f"{n}.jpg": b"" for n in range(1001)})) == "archive_entries"


def test_f13_entries_that_share_their_bytes_are_refused() -> None:
    """An overlap bomb: one block of bytes, many times in the directory."""
    whole = an_archive({"b.jpg": b"x" * 40})
    inside = whole[: whole.find(b"PK\x01\x02")]  # a picture with its header, within another one
    two = an_archive({"a.jpg": inside, "b.jpg": b"x" * 40})
    place, start = two.find(inside), two.find(b"PK\x01\x02")
    once = bent(two, OFFSET, place, "<L")
    once = once[: start - len(inside)] + once[start:]  # its own bytes are gone
    end = once.rfind(b"PK\x05\x06") + 16
    once = once[:end] + (start - len(inside)).to_bytes(4, "little") + once[end + 4 :]
    with zipfile.ZipFile(io.BytesIO(once)) as archive:  # others read it
        assert archive.read("b.jpg") == b"x" * 40
    assert refused(once) == "archive_suspicious"


def test_failure_37_bytes_between_the_entries_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.jpg", b"a")
        out.seek(archive.start_dir)
        out.write(bytes(100))
        archive.start_dir += 100
        archive.writestr("b.jpg", b"b")
    assert refused(out.getvalue()) == "archive_suspicious"


def test_failure_37_what_hides_before_between_or_behind_is_refused() -> None:
    whole, other = an_archive(ONE), an_archive({"evil.jpg": b"evil"})
    assert refused(b"GIF89a" + whole) == "archive_suspicious"
    assert refused(whole + other) == "archive_suspicious"  # two directories, two ends
    assert refused(whole + b"behind") == "archive_suspicious"
    comment = whole[:-2] + len(other).to_bytes(2, "little") + other
    assert refused(comment) == "archive_suspicious"  # the second one poses as its comment
    out = io.BytesIO(whole)
    with zipfile.ZipFile(out, "a") as archive:  # a directory of its own for the same two names
        archive.writestr("SL-2.jpg", b"second")
    twice = out.getvalue().replace(b"SL-2.jpg", b"SL-3.jpg", 1)
    assert refused(twice) == "archive_suspicious"  # a name in the header, another in the directory


def test_what_is_no_archive_is_refused() -> None:
    whole = an_archive(ONE)
    for data in (b"", b"PK\x03\x04", whole[:-5], b"Rar!\x1a\x07" + bytes(40)):
        assert refused(data) == "archive_damaged"


@given(st.data())
def test_an_archive_with_any_byte_changed_is_read_or_refused(data: st.DataObject) -> None:
    """P25: nothing but a plain refusal comes out of any of them."""
    whole = bytearray(an_archive({**ONE, "SL-1_2.jpg": b"second"}))
    for _change in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(UnreadableFile):
        matched(bytes(whole), "SL-1")
