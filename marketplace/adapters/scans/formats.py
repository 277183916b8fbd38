"""Which format bytes are, by what they begin with: names and media types of browsers lie."""

from __future__ import annotations

import io
import zipfile

from catalog_import.archive import check_archive
from catalog_import.refusal import CellRefused

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
PDF, HEIC, OFD = "application/pdf", "image/heic", "application/ofd"
_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_MARKS = (b"<script", b"<html", b"<!doctype", b"<?php", b"<svg", b"PK\x03\x04", b"PK\x05\x06")
# what people send by mistake or by design; the names are shown
_OTHERS = (
    (b"GIF8", "GIF"), (b"II*\0", "TIFF"), (b"MM\0*", "TIFF"), (b"BM", "BMP"), (b"8BPS", "PSD"),
    (b"%!PS", "EPS"), (b"\xc5\xd0\xd3\xc6", "EPS"), (b"SIMPLE  =", "FITS"), (b"\0\0\1\0", "ICO"),
    (b"\xd0\xcf\x11\xe0", "Office"), (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7z"), (b"\x1f\x8b", "gzip"),
    (b"MZ", "EXE"), (b"\x7fELF", "ELF"), (b"AT&TFORM", "DjVu"), (b"{\\rtf", "RTF"),
)  # fmt: skip


def format_of(data: bytes) -> str | None:
    """The media type, if it is one that we take."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data.startswith(b"%PDF-"):
        return PDF
    if data[4:8] == b"ftyp" and data[8:12] in _BRANDS:
        return HEIC
    return OFD if data.startswith(b"PK\x03\x04") and _is_ofd(data) else None


def name_of(data: bytes) -> str:
    """What it is instead, in a word that people know; empty when nobody knows."""
    for beginning, name in _OTHERS:
        if data.startswith(beginning):
            return name
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        return "AVIF"
    if data[4:8] == b"ftyp":
        return "MP4"
    if data.startswith(b"PK"):
        return "ZIP"
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in head:
        return "SVG"
    return "HTML" if head.startswith((b"<html", b"<!doctype", b"<script", b"<?xml")) else ""


def is_mixed(data: bytes, kind: str) -> bool:
    """Whether a second file, or a page with scripts, hangs behind the picture."""
    tail = data[_end_of(data, kind) :]
    if kind == JPEG:  # telephones write short films and maps of depth behind the picture
        return any(mark in tail[:65536].lower() for mark in map(bytes.lower, _MARKS)) or (
            b"PK\x05\x06" in tail[-65557:]
        )
    return bool(tail.strip(b"\0\r\n\t "))


def _end_of(data: bytes, kind: str) -> int:
    """Where the picture itself ends."""
    if kind == WEBP:
        return 8 + int.from_bytes(data[4:8], "little")
    if kind == PNG:
        place = 8
        while place + 12 <= len(data):
            length = int.from_bytes(data[place : place + 4], "big")
            if data[place + 4 : place + 8] == b"IEND":
                return place + 12 + length
            place += 12 + length
        return len(data)
    found = data.rfind(b"\xff\xd9")
    return found + 2 if found >= 0 else len(data)


def _is_ofd(data: bytes) -> bool:
    """An archive whose root says OFD.xml and whose entries may be looked at."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_archive(archive, len(data))
            return "OFD.xml" in archive.namelist()
    except (CellRefused, zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
