"""Makers of archives of pictures: honest ones, and the bits that are bent afterwards."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping


def an_archive(files: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def in_gbk(name: str, data: bytes) -> bytes:
    """As archives come from older Chinese systems: the name in GBK, no flag that says so."""
    raw = name.encode("gb18030")
    stand_in = "x" * len(raw)
    return an_archive({stand_in: data}).replace(stand_in.encode(), raw)


def bent(data: bytes, offset: int, value: int, form: str = "<H") -> bytes:
    """The last entry of the directory with one of its numbers changed."""
    place = data.rfind(b"PK\x01\x02") + offset
    return data[:place] + struct.pack(form, value) + data[place + struct.calcsize(form) :]
