"""Workbooks, read by a child with little memory and time; what it says is checked line by line."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from catalog_import.bounded import Bounds, NoRoom, run
from catalog_import.decoding import CONTROL
from catalog_import.problems import Problem, UnreadableFile, unreadable
from catalog_import.quick import MOST_ROWS, rows_of
from catalog_import.synonyms import Kind
from catalog_import.table import Limits, OpenTable, Score, TableRow, open_records
from catalog_import.wanted import Wanted
from catalog_import.words import WORDS
from catalog_import.workbook_child import NOT_INSTALLED, TEMPLATE_VERSION, Order, few

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0"  # .xls, and a workbook with a password
LOCKED = "EncryptedPackage".encode("utf-16-le")

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
SECONDS = 30  # of the processor; twice as many on the clock, the machine may be busy
MEMORY = 512 * 1024 * 1024
OUTPUT = 64 * 1024 * 1024


# what is said of a sheet beside its rows; of a plain one there is nothing to say
PLAIN: dict[str, Any] = {
    "others": (), "hidden": (), "hidden_rows": "", "hidden_columns": "", "merged": (),
    "links": False, "version": None,
}  # fmt: skip  # a table


def is_workbook(data: bytes) -> bool:
    """Whether this is no text at all."""
    return data.startswith((ZIP, OLE))


def open_workbook(data: bytes, wanted: Wanted, limits: Limits, score: Score) -> OpenTable:
    """One sheet of a workbook with its headings, its rows to come. Raises UnreadableFile."""
    if data.startswith(OLE):
        raise unreadable("workbook_locked" if LOCKED in data else "workbook_old")
    most = min(MAX_BYTES, limits.size)
    if len(data) > most:
        raise unreadable("workbook_large", limit=most // 2**20, size=len(data))
    order = _order(len(data), wanted, limits)
    said = _run(data, order)
    lines = _lines(said)
    about = next(lines, None)
    if not isinstance(about, dict):
        raise unreadable("workbook_damaged")
    records = _records(lines)
    if about.get("csv"):
        about, records = PLAIN, _quick_records(said)
    table = open_records(
        records,
        limits,
        encoding="xlsx",
        separator="",
        sha256=hashlib.sha256(data).hexdigest(),
        notices=tuple(_notices(about, wanted.kind)),
        score=score,
    )
    table.problems += _unseen(about, table.heading, wanted.kind)
    return table


def _order(size: int, wanted: Wanted, limits: Limits) -> Order:
    return Order(
        size=size,
        kind=wanted.kind,
        headings=sorted(wanted.mapping.by_heading()) if wanted.mapping else [],
        sheet=wanted.sheet,
        rows=min(limits.rows, MAX_ROWS),
        quick_rows=min(limits.rows, MOST_ROWS),
        columns=limits.columns,
        cell=limits.cell,
        seconds=SECONDS,
        memory=MEMORY,
        output=OUTPUT,
    )


def _run(data: bytes, order: Order) -> bytes:
    """What the child said. Raises UnreadableFile when it took too long."""
    bounds = Bounds(order.seconds, order.memory, order.output)
    try:
        child = run("catalog_import.workbook_child", json.dumps(asdict(order)), data, bounds)
    except NoRoom as busy:
        raise unreadable("workbook_busy") from busy
    if not child.in_time:
        raise unreadable("workbook_slow", seconds=order.seconds)
    if child.code == NOT_INSTALLED:
        raise RuntimeError("openpyxl and defusedxml must be installed to read workbooks")
    return child.said


def _lines(said_by_child: bytes) -> Iterator[Any]:
    """What the child said, without its last word. Raises UnreadableFile when it has none."""
    for line in io.BytesIO(said_by_child):
        try:
            said = json.loads(line)
        except ValueError:
            break  # cut off in the middle
        if isinstance(said, dict) and "refused" in said:
            raise _refused(said["refused"])
        if isinstance(said, dict) and "end" in said:
            return
        yield said
    raise unreadable("workbook_memory")


def _refused(said: dict[str, Any]) -> UnreadableFile:
    code, data = said["code"], dict(said["data"])
    row = data.pop("row", None)
    return unreadable(code if code in WORDS else "workbook_damaged", row, **data)


def _records(lines: Iterator[Any]) -> Iterator[TableRow]:
    for number, cells, marks in lines:
        for cell in cells:
            if found := CONTROL.search(cell):
                raise unreadable("control_character", number, character=f"U+{ord(found[0]):04X}")
        placed = {int(index): mark for index, mark in marks.items()}
        yield TableRow(number, number, tuple(cells), placed)


def _quick_records(said_by_child: bytes) -> Iterator[TableRow]:
    """The rows of a plain workbook, which the child said as CSV. Raises UnreadableFile."""
    text = said_by_child.partition(b"\n")[2].decode("utf-8", "replace")
    del said_by_child
    is_odd = CONTROL.search(text) is not None
    try:
        for number, cells in rows_of(text):
            if is_odd and (found := CONTROL.search("".join(cells))):
                raise unreadable("control_character", number, character=f"U+{ord(found[0]):04X}")
            yield TableRow(number, number, cells)
    except (ValueError, csv.Error) as cut:
        raise unreadable("workbook_memory") from cut


def _notices(about: dict[str, Any], kind: Kind) -> Iterator[Problem]:
    if about["others"]:
        data = {"sheet": about["sheet"], "others": "、".join(about["others"])}
        yield Problem("sheet_read", data=data, kind=kind)
    if about["hidden"]:
        yield Problem("sheets_hidden", data={"sheets": "、".join(about["hidden"])}, kind=kind)
    if about["version"] not in (None, TEMPLATE_VERSION):
        data = {"version": int(about["version"]), "current": TEMPLATE_VERSION}
        yield Problem("template_version", data=data, kind=kind)
    if about["links"]:
        yield Problem("links_ignored", kind=kind)


def _unseen(about: dict[str, Any], heading: TableRow, kind: Kind) -> Iterator[Problem]:
    """What people do not see is not taken in, and a merged cell says one thing for many rows."""
    for code, name in (("rows_hidden", "hidden_rows"), ("columns_hidden", "hidden_columns")):
        if about[name]:
            yield Problem(code, row=heading.row, data={"places": about[name]}, kind=kind)
    merged = [ref for last, ref in about["merged"] if last >= heading.row]  # a title may be
    if any(last == heading.row for last, _ref in about["merged"]):
        yield Problem("heading_merged", row=heading.row, data={"places": few(merged)}, kind=kind)
    elif merged:
        yield Problem("cells_merged", row=heading.row, data={"places": few(merged)}, kind=kind)
