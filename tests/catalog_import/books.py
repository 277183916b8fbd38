"""Workbooks for these tests: honest ones by openpyxl, hostile ones by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl

from tests.catalog_import.sheets import GOOD

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PART = "xl/worksheets/sheet1.xml"


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def a_book(*rows: dict[str, Any], change: Callable[[Any], None] | None = None) -> bytes:
    """One sheet of these rows; `change` gets the sheet before it is saved."""
    book = openpyxl.Workbook()
    fill(book.active, *rows)
    if change:
        change(book.active)
    return saved(book)


def fill(sheet: Any, *rows: dict[str, Any]) -> None:
    full = [GOOD | {"货号": f"SL-{n}"} | row for n, row in enumerate(rows or ({},), 1)]
    columns = list(dict.fromkeys(heading for row in full for heading in row))
    sheet.append(columns)
    for row in full:
        sheet.append([row.get(column, "") for column in columns])


def by_hand(sheet: str, *, strings: str = "", **more: bytes | str) -> bytes:
    """A workbook whose parts are written as they are given; `more`: a part's name → content, with
    `__` for `/`."""
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": _types(bool(strings)),
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>'
        '<sheet name="商品" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
        PART: sheet,
    }
    if strings:
        parts["xl/sharedStrings.xml"] = strings
    parts |= {name.replace("__", "/"): content for name, content in more.items()}
    return zipped(parts)


def zipped(parts: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def repacked(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The same workbook with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    return zipped(dict(parts))


def rows_xml(rows: Sequence[Sequence[str]], *, before: str = "") -> str:
    """A sheet of inline texts."""
    lines = "".join(
        f'<row r="{number}">' + "".join(map(_inline, row)) + "</row>"
        for number, row in enumerate(rows, 1)
    )
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{lines}</sheetData></worksheet>'


def _inline(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def _types(strings: bool) -> str:
    shared = (
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{TYPES}.sharedStrings+xml"/>'
        if strings
        else ""
    )
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/{PART}" ContentType="{TYPES}.worksheet+xml"/>{shared}</Types>'
    )


def _relations(*targets: tuple[str, str]) -> str:
    inside = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATED}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{package}">{inside}</Relationships>'
