"""The zip file of a workbook, looked at before anything in it is unpacked."""

import stat
import unicodedata
import zipfile
from itertools import pairwise
from typing import BinaryIO

from catalog_import.refusal import CellRefused, refuse

MAX_ENTRIES = 1_000
MAX_UNPACKED = 128 * 1024 * 1024
MAX_RATIO = 100  # real workbooks reach about 10; a bomb has 1,000
SMALL = 8 * 1024 * 1024  # unpacked: so much may shrink as far as it likes
LOCAL_HEADER = 30  # bytes that stand at least before an entry's own

END = b"PK\x05\x06"  # begins the record behind the directory

MANIFEST = "[Content_Types].xml"


def open_archive(file: BinaryIO, size: int) -> zipfile.ZipFile:
    """The archive of an .xlsx file, whose every entry may be read. Raises CellRefused."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as broken:
        raise refuse("workbook_damaged") from broken
    check_archive(archive, size)
    names = set(archive.namelist())
    if MANIFEST not in names:
        raise refuse("file_is_workbook")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refuse("workbook_macros")
    return archive


def check_archive(archive: zipfile.ZipFile, size: int) -> None:
    """How many entries, under which names, how large, none over another's bytes, and one directory
    that every reader finds.

    Raises CellRefused.
    """
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise refuse("workbook_parts", count=len(entries), limit=MAX_ENTRIES)
    _check_names(entries)
    _check_sizes(entries, size)
    _check_places(entries, archive.start_dir)
    _check_end(entries, archive)


def has_links(archive: zipfile.ZipFile) -> bool:
    """Whether the workbook points to other files; nothing ever follows them."""
    return any("externallinks/" in name.lower() for name in archive.namelist())


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for entry in entries:
        name = entry.orig_filename  # the other one ends at a NUL
        same = unicodedata.normalize("NFC", name).casefold()
        is_odd = name.startswith("/") or ".." in name.split("/") or not {*name}.isdisjoint("\\:\0")
        is_link = stat.S_ISLNK(entry.external_attr >> 16)
        if is_odd or is_link or same in seen:
            raise _suspicious("names")
        seen.add(same)


def _check_sizes(entries: list[zipfile.ZipInfo], size: int) -> None:
    for entry in entries:
        if entry.flag_bits & 1:
            raise refuse("workbook_locked")
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise _suspicious("method")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED or unpacked > max(SMALL, size * MAX_RATIO):
        raise refuse("workbook_bomb", size=unpacked // 2**20)


def _check_places(entries: list[zipfile.ZipInfo], end: int) -> None:
    """No two entries share bytes: one block of bytes must not be unpacked many times."""
    spans = sorted(
        (entry.header_offset, entry.header_offset + LOCAL_HEADER + entry.compress_size)
        for entry in entries
    )
    if any(one[1] > other[0] for one, other in pairwise(spans)) or (spans and spans[-1][1] > end):
        raise _suspicious("overlap")
    if spans and spans[0][0] > 0:
        raise _suspicious("prefix")


def _check_end(entries: list[zipfile.ZipInfo], archive: zipfile.ZipFile) -> None:
    """Of two directories one reader takes the first and another the last."""
    if archive.fp is None:
        return
    archive.fp.seek(
        max((one.header_offset + LOCAL_HEADER + one.compress_size for one in entries), default=0)
    )
    if archive.fp.read().count(END) != 1:
        raise _suspicious("directories")


def _suspicious(what: str) -> CellRefused:
    return refuse("workbook_suspicious", what=what)
