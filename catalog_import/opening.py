"""Opening a sheet by what it is: CSV as text here, a workbook in a process of its own."""

from collections.abc import Sequence

from catalog_import.columns import known_headings
from catalog_import.table import LIMITS, Limits, OpenTable, Score, Table, collect, open_csv
from catalog_import.wanted import Wanted
from catalog_import.workbooks import is_workbook, open_workbook


def open_table(data: bytes, wanted: Wanted, *, limits: Limits = LIMITS) -> OpenTable:
    """The headings of a file, its rows to come. Raises UnreadableFile."""
    if is_workbook(data):
        return open_workbook(data, wanted, limits, _score(wanted))
    return open_csv(data, limits=limits, score=_score(wanted))


def _score(wanted: Wanted) -> Score:
    """How many headings of a row are known, also by the mapping."""
    more = frozenset(wanted.mapping.by_heading()) if wanted.mapping else frozenset()

    def score(cells: Sequence[str]) -> int:
        return known_headings(cells, wanted.kind, more)

    return score


def read_table(data: bytes, *, limits: Limits = LIMITS, wanted: Wanted | None = None) -> Table:
    """Headings and rows of a file; blank rows are counted but left out.

    Problems of headings and of ragged rows stand in the table. Raises UnreadableFile.
    """
    return collect(open_table(data, wanted or Wanted(), limits=limits))
