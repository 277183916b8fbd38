"""P25: whatever a workbook was made to do, it is refused in words, soon, and in little memory."""

from __future__ import annotations

import io
import random
import struct
import time
import zipfile

import pytest

from catalog_import import Problem, UnreadableFile, read_listings, workbooks
from tests.catalog_import.books import MAIN, a_book, by_hand, repacked, rows_xml, zipped
from tests.catalog_import.sheets import GOOD

HEAD = [list(GOOD), list(GOOD.values())]
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:9/x">]>'
SOON = 2 * workbooks.SECONDS  # on a busy machine; alone each takes a second or two


FIRST = '<c t="s"><v>0</v></c>'  # a cell that says the first shared string


def shared(text: str) -> str:
    return f'<sst xmlns="{MAIN}"><si><t>{text}</t></si></sst>'


def refusal(data: bytes) -> Problem:
    began = time.monotonic()
    with pytest.raises(UnreadableFile) as refused:
        read_listings(data)
    assert time.monotonic() - began < SOON
    return refused.value.problem


def test_a_bomb_is_refused_by_what_it_says_it_unpacks_to() -> None:
    """P25"""
    bomb = by_hand(rows_xml(HEAD), xl__media__x=b"0" * 150_000_000)
    assert len(bomb) < 200_000
    assert refusal(bomb).code == "workbook_bomb"
    ballast = random.Random(7).randbytes(2_000_000)  # noqa: S311  # so that its ratio tells nothing
    bomb = by_hand(rows_xml(HEAD), xl__media__x=b"0" * 140_000_000, xl__media__y=ballast)
    assert refusal(bomb).code == "workbook_bomb"


def test_a_short_bomb_is_refused_by_its_ratio() -> None:
    """P25"""
    assert refusal(by_hand(rows_xml(HEAD), xl__media__x=b"0" * 20_000_000)).code == "workbook_bomb"


def test_two_entries_over_the_same_bytes_are_refused() -> None:
    """P25: one block of bytes unpacked again and again."""
    data = by_hand(rows_xml(HEAD))
    assert refusal(twice(data)).data["what"] == "overlap"


def twice(data: bytes) -> bytes:
    """The first entry stands in the directory a second time, under another name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        at, count = archive.start_dir, len(archive.infolist())
    name_length, extra, comment = struct.unpack("<HHH", data[at + 28 : at + 34])
    entry = bytearray(data[at : at + 46 + name_length + extra + comment])
    entry[46] ^= 1  # another first letter
    end = data.rindex(b"PK\x05\x06")
    tail = bytearray(data[end:])
    size = struct.unpack("<I", tail[12:16])[0] + len(entry)
    tail[8:16] = struct.pack("<HHI", count + 1, count + 1, size)
    return data[:end] + bytes(entry) + bytes(tail)


def test_a_size_that_lies_is_found() -> None:
    """P25: the directory says eight bytes, the sheet has more."""
    data = by_hand(rows_xml(HEAD))
    name = b"xl/worksheets/sheet1.xml"
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(name))
    lying = data[: at + 24] + struct.pack("<I", 8) + data[at + 28 :]
    assert refusal(lying).code == "workbook_damaged"


@pytest.mark.parametrize(
    "name", ["../evil.xml", "/etc/evil.xml", "C:\\evil.xml", "xl\\evil.xml", "XL/WORKBOOK.XML"]
)
def test_a_name_that_leads_elsewhere_or_stands_twice_is_refused(name: str) -> None:
    """P25"""

    def added(parts: dict[str, bytes]) -> None:
        parts[name] = b"<x/>"

    assert refusal(repacked(a_book({}), added)).data["what"] == "names"


def entry(name: str, **said: object) -> bytes:
    """A workbook with one more entry of that name."""
    told = zipfile.ZipInfo(name)
    for field, value in said.items():
        setattr(told, field, value)
    out = io.BytesIO(a_book({}))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(told, b"<x/>")
    return out.getvalue()


def second_directory(*, in_comment: bool) -> bytes:
    """Two directories: one behind the other, or one in the comment of the other."""
    data = a_book({})
    end = data.rindex(b"PK\x05\x06")
    if in_comment:
        return data[:-2] + struct.pack("<H", 22) + data[end:]
    start = struct.unpack("<I", data[end + 16 : end + 20])[0]
    record = bytearray(data[end:])
    record[16:20] = struct.pack("<I", len(data))
    return data + data[start:end] + bytes(record)


def test_archives_that_two_readers_would_read_differently_are_refused() -> None:
    """P25: Failure 37: what a checker saw and what is read are the same bytes."""
    book = a_book({})
    with pytest.warns(UserWarning, match="Duplicate name"):
        doubled = entry("xl/workbook.xml")
    archives = {
        "overlap": twice(book),
        "names": doubled,
        "prefix": book + book,
        "directories": second_directory(in_comment=False),
    }
    for what, data in archives.items():
        assert refusal(data).data["what"] == what
    nul = entry("xl/worksheets/sheet9.xml#.png").replace(b"xml#.png", b"xml\0.png")
    link = entry("xl/link.xml", external_attr=0o120777 << 16, create_system=3)
    for data in (nul, link, entry("xl/../../x.xml"), entry("/x.xml")):
        assert refusal(data).data["what"] == "names"
    assert refusal(second_directory(in_comment=True)).code == "workbook_damaged"
    assert refusal(b"#!/bin/sh\n" + book).code != ""  # not even taken for a workbook


def test_an_archive_within_a_workbook_is_not_opened() -> None:
    """Failure 37: nested as deep as one likes, it stays a part that nobody reads."""
    bomb = zipped({"0.zip": zipped({"1": b"0" * 5_000_000})})
    assert len(read_listings(by_hand(rows_xml(HEAD), xl__media__x=bomb)).rows) == 1


def test_ten_thousand_sheets_are_refused_before_one_is_opened() -> None:
    """P25"""
    sheets = {f"xl__worksheets__sheet{n}.xml": "<worksheet/>" for n in range(2, 10_002)}
    told = refusal(by_hand(rows_xml(HEAD), **sheets))
    assert (told.code, told.data["limit"]) == ("workbook_parts", 1_000)


def test_an_encrypted_entry_is_told_as_a_password() -> None:
    """P25"""
    data = bytearray(by_hand(rows_xml(HEAD)))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(data)).code == "workbook_locked"


@pytest.mark.parametrize("declared", [LAUGHS, OUTSIDE])
@pytest.mark.parametrize("part", ["sheet", "strings", "workbook", "types"])
def test_entities_are_refused_in_every_part(declared: str, part: str) -> None:
    """P25: nothing is expanded and nothing outside is asked for."""
    sheet = rows_xml([list(GOOD), ["&i;" if "ENTITY i" in declared else "&a;"]])
    data = by_hand(
        f"{declared}{sheet}" if part == "sheet" else rows_xml(HEAD),
        strings=(declared if part == "strings" else "") + shared("x"),
    )

    def declare(parts: dict[str, bytes]) -> None:
        name = "xl/workbook.xml" if part == "workbook" else "[Content_Types].xml"
        parts[name] = declared.encode() + parts[name]

    if part in {"workbook", "types"}:
        data = repacked(data, declare)
    assert refusal(data).code == "workbook_doctype"


def test_a_sheet_that_declares_a_million_rows_is_read_by_what_it_holds() -> None:
    """P25"""
    for declared in ("A1:XFD1048576", "A1:A1"):
        before = f'<dimension ref="{declared}"/>'
        assert len(read_listings(by_hand(rows_xml(HEAD, before=before))).rows) == 1


def test_a_million_empty_rows_are_passed_over() -> None:
    """P25"""
    empty = "".join(f'<row r="{n}" s="1"/>' for n in range(4, 1_048_577))
    sheet = rows_xml([*HEAD]).replace("</sheetData>", f"{empty}</sheetData>")
    began = time.monotonic()
    assert len(read_listings(by_hand(sheet)).rows) == 1
    assert time.monotonic() - began < SOON


def test_one_cell_in_the_last_corner_is_refused_and_not_filled_up_to() -> None:
    """P25"""
    corner = '<row r="1048576"><c r="CZ1048576"><v>1</v></c></row>'
    sheet = rows_xml(HEAD).replace("</sheetData>", f"{corner}</sheetData>")
    assert refusal(by_hand(sheet)).code == "too_many_rows"
    wide = rows_xml(HEAD).replace("</row>", '<c r="XFD1"><v>1</v></c></row>', 1)
    assert refusal(by_hand(wide)).code == "too_many_columns"


def test_more_cells_than_the_limit_are_refused_while_they_are_counted() -> None:
    """P25"""
    row = f"<row>{'<c><v>1</v></c>' * 150}</row>"
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{row * 4_100}</sheetData></worksheet>'
    assert refusal(spaced(sheet)).code == "workbook_cells"


def spaced(sheet: str) -> bytes:
    """Stored, not deflated, so that no ratio stops it first."""
    out = io.BytesIO(by_hand("<worksheet/>"))
    with zipfile.ZipFile(out) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = sheet.encode()
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stored.getvalue()


def test_one_long_text_said_by_every_cell_does_not_fill_the_disk() -> None:
    """P25: shared strings within all bounds of the archive."""
    text = "".join(chr(0x4E00 + n * 7 % 20_000) for n in range(30_000))
    row = f"<row>{FIRST * 8}</row>"
    sheet = rows_xml(HEAD).replace("</sheetData>", f"{row * 2_000}</sheetData>")
    assert refusal(by_hand(sheet, strings=shared(text))).code == "workbook_memory"


def test_one_text_of_many_megabytes_is_refused() -> None:
    """P25"""
    sheet = rows_xml(HEAD).replace("</sheetData>", f"<row>{FIRST}</row></sheetData>")
    data = by_hand(sheet, strings=shared("0123456789" * 700_000))
    assert refusal(data).code == "cell_too_long"


@pytest.mark.parametrize("content", [b"", b"\x00" * 40, b"[]", "工作表".encode()])
def test_an_archive_of_nonsense_is_damaged(content: bytes) -> None:
    """P25"""
    parts: dict[str, bytes | str] = {"[Content_Types].xml": content, "xl/workbook.xml": content}
    assert refusal(zipped(parts)).code == "workbook_damaged"
    assert refusal(zipped(parts)[:-8]).code == "workbook_damaged"


@pytest.mark.parametrize(
    ("setting", "value", "code"),
    [("SECONDS", 0, "workbook_slow"), ("MEMORY", 24 * 2**20, "workbook_memory"),
     ("OUTPUT", 40, "workbook_memory")],
)  # fmt: skip  # a table
def test_a_child_over_its_limits_is_ended_and_told(
    monkeypatch: pytest.MonkeyPatch, setting: str, value: int, code: str
) -> None:
    """P25: a child without time, memory or room, and nothing of it is left."""
    monkeypatch.setattr(workbooks, setting, value)
    assert refusal(a_book({})).code == code
    monkeypatch.undo()
    assert len(read_listings(a_book({})).rows) == 1


def test_a_workbook_over_its_bytes_is_not_even_handed_on() -> None:
    """P25"""
    assert refusal(b"PK\x03\x04" + bytes(workbooks.MAX_BYTES)).code == "workbook_large"


@pytest.mark.parametrize("cut", range(0, 40, 4))
def test_a_workbook_cut_anywhere_is_refused_in_words(cut: int) -> None:
    """P25"""
    data = a_book({})
    assert refusal(data[: 4 + len(data) * cut // 40]).code in {
        "workbook_damaged",
        "file_is_workbook",
    }
