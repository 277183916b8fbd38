"""An archive of pictures named by SKU: looked at whole before anything in it is unpacked.

`SKU.jpg` is the first picture of a good, `SKU_2.jpg` its second; or all of them lie in a folder
`SKU/`. Folders above do not matter.
"""

import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath
from typing import NamedTuple

from catalog_import.problems import unreadable

MAX_BYTES = 64 * 1024 * 1024
MAX_ENTRIES = 1_000
MAX_UNPACKED = 256 * 1024 * 1024
MAX_RATIO = 20  # pictures hardly shrink; a bomb has 1,000
SMALL = 8 * 1024 * 1024  # unpacked: so much may shrink as far as it likes
LONGEST = 240  # signs of a name

_LOCAL = struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")
_DESCRIPTOR = 24  # bytes that may stand behind an entry: its sizes, told once more
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NUMBERED = re.compile(r"(.+)_([0-9]{1,2})", re.ASCII)
_ARCHIVES = frozenset({".zip", ".rar", ".7z", ".gz", ".tar", ".bz2", ".xz", ".xlsx", ".jar"})
_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
_LITTER = frozenset({".ds_store", "thumbs.db", "desktop.ini"})  # systems leave these in folders


class Entry(NamedTuple):
    """A picture of an archive under its readable name."""

    name: str
    info: zipfile.ZipInfo


@dataclass(frozen=True, slots=True)
class Matched:
    """Pictures by SKU in their order; names without a good, and goods without a picture."""

    by_sku: dict[str, list[Entry]]
    without_row: tuple[str, ...]
    without_picture: tuple[str, ...]


class PictureArchive:
    """A ZIP file whose every entry may be read."""

    def __init__(self, data: bytes) -> None:
        """Raises UnreadableFile (archive_…)."""
        if len(data) > MAX_BYTES:
            raise unreadable("archive_large", size=len(data), limit=MAX_BYTES // 2**20)
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as broken:
            raise unreadable("archive_damaged") from broken
        infos = self._archive.infolist()
        if len(infos) > MAX_ENTRIES:
            raise unreadable("archive_entries", count=len(infos), limit=MAX_ENTRIES)
        names = [_name_of(info) for info in infos]
        _check_names(names)
        for name, info in zip(names, infos, strict=True):
            _check_kind(name, info)
        _check_sizes(infos, len(data))
        _check_places(data, infos, self._archive.start_dir)
        told = [Entry(name, info) for name, info in zip(names, infos, strict=True)]
        kept = [one for one in told if not one.info.is_dir() and not _is_litter(one.name)]
        self.entries = [one for one in kept if _suffix(one.name) in _PICTURES]
        self.others = [one.name for one in kept if _suffix(one.name) not in _PICTURES]

    def read(self, entry: Entry) -> bytes:
        """The bytes of one picture, never more than it said. Raises UnreadableFile."""
        try:
            with self._archive.open(entry.info) as file:
                data = file.read(entry.info.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError) as broken:
            raise unreadable("archive_damaged") from broken
        if len(data) != entry.info.file_size:
            raise unreadable("archive_damaged")
        return data

    def match(self, skus: Collection[str]) -> Matched:
        """Which pictures are of which good. Raises UnreadableFile for a name that differs from
        several stock numbers in case alone, and is none of them."""
        known = _Names(skus)
        found: dict[str, list[tuple[int, str, Entry]]] = {}
        without_row = list(self.others)
        for entry in self.entries:
            sku, number = _place(entry.name, known)
            if sku is None:
                without_row.append(entry.name)
            else:
                found.setdefault(sku, []).append((number, entry.name, entry))
        by_sku = {sku: [one[2] for one in sorted(some)] for sku, some in found.items()}
        lacking = tuple(sku for sku in skus if sku not in by_sku)
        return Matched(by_sku, tuple(sorted(without_row)), lacking)


def _name_of(info: zipfile.ZipInfo) -> str:
    """As it was meant: UTF-8 by its flag, else strict UTF-8, else strict GB18030."""
    name = info.orig_filename
    if info.flag_bits & 0x800:
        return name
    raw = name.encode("cp437")
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    raise unreadable("archive_name", name=name)


def _check_names(names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        is_odd = name.startswith("/") or "\\" in name or ":" in name or len(name) > LONGEST
        parts = name.removesuffix("/").split("/")
        if is_odd or _CONTROL.search(name) or any(part in {"", ".", ".."} for part in parts):
            raise unreadable("archive_name", name=_CONTROL.sub("?", name))
        same = _plain(name.removesuffix("/"))
        if same in seen:
            raise unreadable("archive_twice", name=name)
        seen.add(same)


def _check_kind(name: str, info: zipfile.ZipInfo) -> None:
    """A plain file or a folder, packed as everybody packs, and no archive itself."""
    if info.flag_bits & 0x41:
        raise unreadable("archive_locked")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise unreadable("archive_suspicious", what="method")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise unreadable("archive_suspicious", what="link")
    if _suffix(name) in _ARCHIVES:
        raise unreadable("archive_nested", name=name)


def _check_sizes(infos: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(info.file_size for info in infos)
    if unpacked > MAX_UNPACKED or unpacked > max(SMALL, size * MAX_RATIO):
        raise unreadable("archive_bomb", size=unpacked // 2**20)


def _check_places(data: bytes, infos: list[zipfile.ZipInfo], start: int) -> None:
    """Entry stands behind entry from the first byte on, then the one directory, then the end: no
    bytes are used twice, and nothing hides before, between or behind."""
    end = data.rfind(b"PK\x05\x06")
    told = _END.unpack_from(data, end) if end >= 0 and end + _END.size <= len(data) else None
    if told is None or end + _END.size + told[7] != len(data):
        raise unreadable("archive_suspicious", what="end")
    if told[6] != start or told[6] + told[5] != end or told[4] != len(infos):
        raise unreadable("archive_suspicious", what="directory")
    spans = sorted(_span(data, info) for info in infos)
    edges = [(0, 0), *spans, (start, start)]
    if spans and spans[0][0] != 0:
        raise unreadable("archive_suspicious", what="start")
    for before, after in pairwise(edges):
        if not 0 <= after[0] - before[1] <= _DESCRIPTOR:
            raise unreadable("archive_suspicious", what="overlap")


def _span(data: bytes, info: zipfile.ZipInfo) -> tuple[int, int]:
    """From its own header to the end of its bytes; the header says what the directory says."""
    place = info.header_offset
    if not 0 <= place <= len(data) - _LOCAL.size:
        raise unreadable("archive_damaged")
    head = _LOCAL.unpack_from(data, place)
    begin = place + _LOCAL.size
    raw = info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")
    if head[0] != b"PK\x03\x04" or data[begin : begin + head[9]] != raw:
        raise unreadable("archive_suspicious", what="header")
    return place, begin + head[9] + head[10] + info.compress_size


class _Names:
    """Stock numbers as names of files: letter by letter first, then whatever the case."""

    def __init__(self, skus: Collection[str]) -> None:
        self._exact = {_composed(sku): sku for sku in skus}
        self._plain: dict[str, list[str]] = {}
        for sku in skus:
            self._plain.setdefault(_plain(sku), []).append(sku)

    def find(self, said: str, name: str) -> str | None:
        """Raises UnreadableFile (archive_unclear) for what may be several."""
        if (sku := self._exact.get(_composed(said))) is not None:
            return sku
        found = self._plain.get(_plain(said), [])
        if len(found) > 1:
            raise unreadable("archive_unclear", name=name, skus="、".join(sorted(found)))
        return found[0] if found else None


def _place(name: str, known: _Names) -> tuple[str | None, int]:
    """Of which good a picture is, and its number; names of folders before names of files."""
    path = PurePosixPath(name)
    if sku := known.find(path.parent.name, name):
        digits = re.search(r"[0-9]{1,6}$", path.stem, re.ASCII)
        return sku, int(digits[0]) if digits else 0
    if sku := known.find(path.stem, name):
        return sku, 1
    numbered = _NUMBERED.fullmatch(path.stem)
    if numbered and (sku := known.find(numbered[1], name)):
        return sku, int(numbered[2])
    return None, 0


def _is_litter(name: str) -> bool:
    last = PurePosixPath(name).name.lower()
    return name.startswith("__MACOSX/") or last.startswith("._") or last in _LITTER


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _plain(name: str) -> str:
    """As names are compared."""
    return _composed(name).casefold()


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)
