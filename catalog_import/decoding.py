"""Bytes to text: by byte order mark, strict UTF-8, strict GB18030, otherwise refused."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from catalog_import.problems import unreadable

MAX_BYTES = 32 * 1024 * 1024

Encoding = Literal["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "gb18030", "xlsx"]

MARKS: tuple[tuple[bytes, Encoding], ...] = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods are zip files, .xls is OLE
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # tab, CR and LF are allowed
LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text without its byte order mark, and how it was read."""

    text: str
    encoding: Encoding


def decode(data: bytes, *, max_bytes: int = MAX_BYTES) -> Decoded:
    """The text of a file.

    GB18030 accepts nearly every sequence of bytes, so whoever shows the result names the encoding
    and lets a person confirm it. Raises UnreadableFile.
    """
    if len(data) > max_bytes:
        raise unreadable("file_too_large", limit=max_bytes, size=len(data))
    if data.startswith(WORKBOOKS):
        raise unreadable("file_is_workbook")
    text, encoding = _read(data)
    if not text or text.isspace():
        raise unreadable("file_empty")
    if found := CONTROL.search(text):
        line = line_at(text, found.start())
        raise unreadable("control_character", line=line, character=f"U+{ord(found[0]):04X}")
    return Decoded(text, encoding)


def lines(data: bytes, encoding: Encoding) -> Iterator[str]:
    """The lines of bytes that `decode` has read so, ends included: a few in memory at a time."""
    # like utf-8-sig this takes the byte order mark away by itself
    codec = "utf-16" if encoding in {"utf-16-le", "utf-16-be"} else encoding
    return io.TextIOWrapper(io.BytesIO(data), codec, newline="")


def line_at(text: str, index: int) -> int:
    """The line, counted from 1, in which the character at `index` stands."""
    return len(LINE_END.findall(text, 0, index)) + 1


def _read(data: bytes) -> tuple[str, Encoding]:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            codec = "utf-8" if encoding == "utf-8-sig" else encoding
            return _strictly(data[len(mark) :], codec), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as broken:
        _refuse_damaged_utf8(data, broken.start)
    return _strictly(data, "gb18030"), "gb18030"


def _strictly(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as broken:
        before = data[: broken.start].decode(codec, "replace")
        line = line_at(before, len(before))
        raise unreadable("encoding_unknown", line=line, position=broken.start + 1) from broken


def _refuse_damaged_utf8(data: bytes, start: int) -> None:
    """A UTF-8 file with a broken place would pass as GB18030 and be stored as nonsense.

    In real GB18030 text hardly anything happens to look like a three-byte UTF-8 character; in a
    damaged UTF-8 file nearly everything does.
    """
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if sum(letter > "\u07ff" for letter in text) - broken > broken:
        line = line_at(text, text.index("\ufffd"))
        raise unreadable("encoding_damaged", line=line, position=start + 1)
