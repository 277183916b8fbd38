"""Opening a sheet by what it is: CSV as text here, a workbook in a process of its own."""

from dataclasses import dataclass

from catalog_import.mapping import Mapping
from catalog_import.synonyms import Kind
from catalog_import.table import LIMITS, Limits, OpenTable, Table, collect, open_csv
from catalog_import.workbooks import is_workbook, open_workbook


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the sheet should be: its kind, how its headings are read, and which sheet of a book."""

    kind: Kind = "listing"
    mapping: Mapping | None = None
    sheet: str = ""


def open_table(data: bytes, wanted: Wanted, *, limits: Limits = LIMITS) -> OpenTable:
    """The headings of a file, its rows to come. Raises UnreadableFile."""
    if is_workbook(data):
        return open_workbook(data, wanted.kind, wanted.mapping, wanted.sheet, limits)
    return open_csv(data, limits=limits)


def read_table(data: bytes, *, limits: Limits = LIMITS, wanted: Wanted | None = None) -> Table:
    """Headings and rows of a file; blank rows are counted but left out.

    Problems of headings and of ragged rows stand in the table. Raises UnreadableFile.
    """
    return collect(open_table(data, wanted or Wanted(), limits=limits))
