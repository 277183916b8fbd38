"""A plain workbook, read by calamine: many times faster than openpyxl, for most of them.

Runs in the child (workbook_child.py) after the archive was looked at. It answers None for whatever
is not plain (formulas, merged or hidden cells, odd formats, declarations, far corners): then the
careful way reads it, and says what is wrong. So nothing is judged in two ways.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import IO, Any

from catalog_import.outline import MAX_CELLS
from catalog_import.safety import original
from catalog_import.showing import GENERAL, show_number

MOST_ROWS = 50_000
MOST_CELLS = 2 * MAX_CELLS
SMALL_PART = 4 * 2**20  # bytes of a part that lists sheets or styles

# What is left to the careful way, anywhere in the sheet.
ODD_SHEET = re.compile(
    rb"<!DOCTYPE|<!ENTITY|<f[ />]|hidden=|<mergeCell|t=\"[ed]\"|[a-z]='|<\w+:(?:row|c)[ >]"
    rb"|r=\"[A-Z]{3}|r=\"[A-Z]+[0-9]{6}"
)
# The same in patterns that begin with a word: they pass over 50 MB in a quarter of its time, and
# only where one of them finds something is it asked.
HINTS = tuple(
    re.compile(hint)
    for hint in (
        rb"<!(?:DOCTYPE|ENTITY)", rb"<f[ />]", rb"hidden=", rb"<mergeCell", rb"t=\"[ed]\"", rb"='",
        rb":(?:row|c)[ >]", rb"r=\"[A-Z]{3}", rb"r=\"[A-Z]+[0-9]{6}",
    )
)  # fmt: skip  # a table
ODD_TEXTS = re.compile(rb"<!DOCTYPE|<!ENTITY|<rPh|_x[0-9A-Fa-f]{4}_|[a-z]='")
ODD_PART = re.compile(rb"<!DOCTYPE|<!ENTITY|[a-z]='")
OTHER_ENCODING = re.compile(rb"^(?:\xff\xfe|\xfe\xff|<\?xml[^>]*encoding=\"(?!(?:utf|UTF)-8\"))")
ROW = re.compile(rb"<row\b[^>]*?\br=\"([0-9]+)\"")
FORMAT = re.compile(rb"<numFmt\b[^>]*?\bnumFmtId=\"([0-9]+)\"[^>]*?\bformatCode=\"([^\"]*)\"")
FORMATS = re.compile(rb"<cellXfs\b.*?</cellXfs>", re.DOTALL)
STYLE = re.compile(rb"<xf\b[^>]*?\bnumFmtId=\"([0-9]+)\"")
USED = re.compile(rb"s=\"([0-9]+)\"")  # of cells, and of what else ends so: more is asked then
PLAIN_IDS = frozenset({0, 1, 2, 3, 4, 49})  # General, 0, 0.00, with thousands, text
PLAIN_CODES = frozenset({b"General", b"@", b"0", b"0.00", b"#,##0", b"#,##0.00"})
SHEETS = re.compile(rb"<sheet\b([^>]*)/?>")
TARGETS = re.compile(rb"<Relationship\b([^>]*)/?>")
DECLARED = re.compile(rb"<!DOCTYPE|<!ENTITY")
TEXTS = "xl/sharedStrings.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
ATTRIBUTE = re.compile(rb"([\w:]+)=\"([^\"]*)\"")


def read_quickly(
    archive: zipfile.ZipFile, file: IO[bytes], *, rows: int, columns: int, cell: int
) -> tuple[str, str] | None:
    """Title of the one visible sheet, and its rows as CSV with their numbers; None when it is not
    plain. Bounded before: every byte that calamine unpacks was counted by the archive."""
    calamine: Any = import_module("python_calamine") if find_spec("python_calamine") else None
    path = _only_sheet(archive)
    if calamine is None or path is None or not _is_plain(archive, path, rows, columns):
        return None
    file.seek(0)
    book = calamine.CalamineWorkbook.from_filelike(file)
    sheet = book.get_sheet_by_index(0)
    said = _as_csv(sheet.to_python(skip_empty_area=False), cell)
    return None if said is None else (sheet.name, said)


def rows_of(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The numbers and cells of such a CSV. Raises ValueError when it is cut off."""
    for record in csv.reader(io.StringIO(text, newline="")):
        if record == ["end"]:
            return
        yield int(record[0]), tuple(record[1:])
    raise ValueError("cut off")


def _as_csv(read: Iterable[list[Any]], cell: int) -> str | None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    try:
        for number, cells in enumerate(read, 1):
            texts = [one if type(one) is str and one[:1] != "'" else _shown(one) for one in cells]
            whole = "".join(texts)
            if whole and not whole.isspace():
                if len(whole) > cell:
                    return None
                writer.writerow([number, *texts])
    except _NotPlain:
        return None
    writer.writerow(["end"])
    return out.getvalue()


class _NotPlain(Exception):
    """A value whose look depends on its format."""


def _shown(value: object) -> str:
    if isinstance(value, str):
        return original(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float) and abs(value) < GENERAL:
        return show_number(value)
    raise _NotPlain


def _only_sheet(archive: zipfile.ZipFile) -> str | None:
    """Where the one visible sheet lies, if there is one and its parts are plain."""
    book, links = (_part(archive, name) for name in ("xl/workbook.xml", RELATIONS))
    if book is None or links is None:
        return None
    sheets = [dict(ATTRIBUTE.findall(one)) for one in SHEETS.findall(book)]
    if len(sheets) != 1 or sheets[0].get(b"state", b"visible") != b"visible":
        return None  # which one to read, and what is hidden, is told by the careful way
    targets = [dict(ATTRIBUTE.findall(one)) for one in TARGETS.findall(links)]
    wanted = sheets[0].get(b"r:id")
    found = [one[b"Target"] for one in targets if one.get(b"Id") == wanted and b"Target" in one]
    if len(found) != 1 or b"worksheet" not in found[0]:
        return None
    target = found[0].decode("ascii", "replace")
    path = target[1:] if target.startswith("/") else f"xl/{target}"
    return path if path in archive.namelist() else None


def _part(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """A small part without anything odd."""
    try:
        if archive.getinfo(name).file_size > SMALL_PART:
            return None
    except KeyError:
        return None
    data = archive.read(name)
    return None if ODD_PART.search(data) or OTHER_ENCODING.match(data) else data


def _is_plain(archive: zipfile.ZipFile, path: str, rows: int, columns: int) -> bool:
    data = archive.read(path)
    hinted = any(hint.search(data) for hint in HINTS)
    if OTHER_ENCODING.match(data) or (hinted and ODD_SHEET.search(data)):
        return False
    if data.count(b"<c ") > MOST_CELLS or _beyond(columns, data):
        return False
    numbers = [int(one) for one in ROW.findall(data)]
    if len(numbers) != data.count(b"<row") or numbers != sorted(set(numbers)):
        return False
    if numbers and numbers[-1] > rows + 1:
        return False
    others = [name for name in archive.namelist() if name not in {path, TEXTS}]
    declared = (
        DECLARED.search(archive.read(name)) for name in others if name.endswith((".xml", ".rels"))
    )
    if any(declared):
        return False
    return _texts_are_plain(archive) and _formats_are_plain(archive, data)


def _beyond(columns: int, data: bytes) -> bool:
    """Whether a cell may stand right of the last column that is read (of two letters at most)."""
    first, second = divmod(columns, 26)
    letters = bytes([64 + first]) if first else b"A"
    later = re.compile(rb"r=\"[" + bytes([letters[0] + 1]) + rb"-Z][A-Z][0-9]")
    exact = re.compile(rb"r=\"" + letters + rb"[" + bytes([65 + second]) + rb"-Z][0-9]")
    return bool(later.search(data) or exact.search(data))


def _texts_are_plain(archive: zipfile.ZipFile) -> bool:
    if TEXTS not in archive.namelist():
        return True
    data = archive.read(TEXTS)
    return not (OTHER_ENCODING.match(data) or ODD_TEXTS.search(data))


def _formats_are_plain(archive: zipfile.ZipFile, sheet: bytes) -> bool:
    """No cell has a format that changes what a number looks like, or makes it a date."""
    used = {int(one) for one in set(USED.findall(sheet))}
    if "xl/styles.xml" not in archive.namelist():
        return not used
    data = _part(archive, "xl/styles.xml")
    if data is None:
        return False
    codes = {int(number): code for number, code in FORMAT.findall(data)}
    table = FORMATS.search(data)
    styles = [int(one) for one in STYLE.findall(table[0])] if table else []
    return all(
        style < len(styles)
        and (styles[style] in PLAIN_IDS or codes.get(styles[style]) in PLAIN_CODES)
        for style in used
    )
