"""Rows to bytes: sheets that open in a spreadsheet with their characters, and without surprises."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from catalog_import.safety import safe_cell
from catalog_import.synonyms import Kind, heading_table

Cell = str | int | Decimal | None

# Nothing we store holds these; should it happen, an export is damaged in one letter, not refused.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with byte order mark, CRLF; text quoted and made safe, numbers left as numbers.

    Raises ValueError for a number that is none (NaN, infinity) and for a row of another width.
    """
    lines = [csv_line(headings)]
    for row in rows:
        if len(row) != len(headings):
            raise ValueError(f"{len(row)} cells under {len(headings)} headings")
        lines.append(csv_line(row))
    return "".join(lines).encode("utf-8-sig")


def template_csv(kind: Kind = "listing") -> bytes:
    """The empty sheet that we hand out: our own headings and one example row."""
    fields = heading_table().fields(kind).values()
    return write_csv([words.zh for words in fields], [[words.example for words in fields]])


def csv_line(cells: Sequence[Cell]) -> str:
    """One row with its line end."""
    return ",".join(_cell(cell) for cell in cells) + "\r\n"


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = safe_cell(UNWRITABLE.sub("\ufffd", cell))
        return '"' + text.replace('"', '""') + '"'
    if isinstance(cell, Decimal) and not cell.is_finite():
        raise ValueError(f"{cell} is not a number a sheet can hold")
    return format(cell, "f") if isinstance(cell, Decimal) else str(int(cell))
