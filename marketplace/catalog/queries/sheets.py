"""A supplier's sheet, looked at row by row before anything is written, and what is known of it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog_import import (
    Column,
    ListingReading,
    ListingRow,
    Mapping,
    Problem,
    ReadRow,
    UnreadableFile,
    Wanted,
    columns_of,
    open_table,
    reading_of,
)
from catalog_import.synonyms import plain_heading
from marketplace.catalog.models import ColumnMemory, Listing
from marketplace.catalog.queries.grouping import Groups
from marketplace.catalog.queries.packing import PART, Entry, pack
from marketplace.catalog.queries.placing import Placing, Words
from marketplace.catalog.rules import (
    MAKE,
    Found,
    ImportReport,
    RowFault,
    content_of_row,
    terms_fault,
    variant_fault,
    words_of,
)
from marketplace.kernel.errors import Invalid, Refused

MOST_PROBLEMS = 20_000  # listed one by one; of more only the number is told


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was handed in; `sheet` names one of a workbook when there are several."""

    data: bytes
    name: str = ""
    mapping: Mapping | None = None
    sheet: str = ""
    archive: bytes = b""  # of pictures


@dataclass(frozen=True, slots=True)
class Pictures:
    """What an archive of pictures brings: how many are new and how many the goods have already,
    names without a good, and goods without a picture. `keys`: where the new ones were put by."""

    new: int = 0
    same: int = 0
    without_row: tuple[str, ...] = ()
    without_picture: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A sheet that was looked at. `parts` are its good rows, packed; they may be written only when
    there are no problems.

    `repeated` rows stand in the parts although they are refused: that was known at their end.
    `asks`: a person must say what some of its `columns` are. `remembered`: that was said before.
    """

    report: ImportReport
    name: str
    sha256: str
    parts: tuple[bytes, ...]
    repeated: frozenset[int] = frozenset()
    columns: tuple[Column, ...] = ()
    asks: bool = False
    remembered: bool = False
    sheet: str = ""  # of a workbook, as it was asked for
    pictures: Pictures | None = None


_Spot = tuple[str, str, tuple[str, ...], tuple[str, ...]]  # as an Entry has them


def check_sheet(session: Session, supplier_id: uuid.UUID, upload: Upload, at: datetime) -> Checked:
    """Every row and every fault of a file, nothing written and no lock held."""
    columns: tuple[Column, ...] = ()
    try:
        table = open_table(upload.data, Wanted("listing", upload.mapping, upload.sheet))
        known = remembered(session, supplier_id, table.heading.cells)
        mapping = upload.mapping or known
        columns = columns_of(table, "listing", mapping)
        reading = reading_of(table, mapping)
        looked_at = _Check(session, supplier_id, reading, at).run(upload.name)
        was_known = bool(known and not upload.mapping)
        return replace(looked_at, columns=columns, remembered=was_known, sheet=upload.sheet)
    except UnreadableFile as fault:
        report = ImportReport(problems=(fault.problem,))
        asks = fault.problem.code == "no_known_heading"
        return Checked(report, upload.name, "", (), columns=columns, asks=asks)


def remembered(session: Session, supplier_id: uuid.UUID, cells: Sequence[str]) -> Mapping | None:
    """What the supplier said before of a sheet with these headings."""
    known = session.get(ColumnMemory, (supplier_id, headings_mark(cells)))
    return Mapping(tuple(known.columns.items())) if known else None


def headings_mark(cells: Sequence[str]) -> str:
    """The same for the same set of headings, in whatever order they stand."""
    plain = sorted(filter(None, map(plain_heading, cells)))
    return hashlib.sha256("\n".join(plain).encode()).hexdigest()


class _Check:
    """One pass over a sheet: a part of its rows and a bounded list of faults in memory."""

    def __init__(
        self, session: Session, supplier_id: uuid.UUID, reading: ListingReading, at: datetime
    ) -> None:
        self.reading, self.placing = reading, Placing(session, at)
        self.promised = _promised(session, supplier_id)
        self.groups = Groups()
        self.grouped = partial(self.groups.faults, session, supplier_id)
        self.headings = {field: heading for heading, field in reading.columns.found().items()}
        self.problems: list[Problem] = []
        self.faults: list[RowFault] = []
        self.hidden = 0
        self.refused: set[int] = set()
        self.spots: dict[Words, _Spot] = {}

    def run(self, name: str) -> Checked:
        """Raises UnreadableFile."""
        rows = 0
        parts: list[bytes] = []
        entries: list[Entry] = []
        for read in self.reading:
            rows += 1
            if (entry := self._look_at(read)) is not None:
                self.groups.add(entry.row, entry.said, (entry.category, entry.county, *entry.make))
                entries.append(entry)
            if len(entries) == PART:
                parts.append(pack(entries))
                entries = []
        if entries:
            parts.append(pack(entries))
        self._keep(self.reading.late())
        grouped = list(self.grouped())
        for row, fault in grouped:
            self._blame(row, (fault,))
        repeated = frozenset({*self.reading.repeated, *(row for row, _fault in grouped)})
        self.refused |= repeated
        return Checked(
            self._report(rows),
            name,
            self.reading.table.sha256,
            tuple(parts),
            repeated=repeated,
            asks=bool(self.reading.lacking or self.reading.columns.problems),
        )

    def _look_at(self, read: ReadRow[ListingRow]) -> Entry | None:
        """The row as it waits to be written; None when anything is wrong with it."""
        good = read.good
        if good is None:
            self._blame_refused(read)
            return None
        words = words_of(good)
        faults: tuple[Invalid | Refused, ...] = self.placing.faults(words)
        faults = (*faults, *filter(None, (variant_fault(good), terms_fault(good))))
        if good.stock < (least := self.promised.get(good.sku, 0)):
            faults = (*faults, stock_fault(good.stock, least))
        if faults:
            self.refused.add(read.row)
            self._blame(read.row, faults)
            return None
        return Entry(good.row, content_of_row(good), *self._spot(words), good.stock)

    def _blame_refused(self, read: ReadRow[ListingRow]) -> None:
        """A row that could not be read: what can be looked up of it is told too."""
        self.refused.add(read.row)
        self._keep(read.problems)
        told = {problem.field for problem in read.problems}
        said = read.values
        asked = ("category", "county", *MAKE)
        words = ["" if name in told else said.get(name, "") for name in asked]
        make = (words[2], words[3], words[4])
        self._blame(read.row, self.placing.faults((words[0], words[1], (), make)))

    def _spot(self, words: Words) -> _Spot:
        """Words without faults, looked up; many rows share one."""
        if words not in self.spots:
            placed = self.placing.placed(words)
            villages = tuple(map(str, placed.villages))
            self.spots[words] = (placed.category.slug, placed.county.code, villages, placed.made)
        return self.spots[words]

    def _keep(self, problems: list[Problem]) -> None:
        free = max(0, MOST_PROBLEMS - len(self.problems))
        self.problems += problems[:free]
        self.hidden += len(problems[free:])

    def _blame(self, row: int, faults: Sequence[Invalid | Refused]) -> None:
        for fault in faults:
            if len(self.faults) < MOST_PROBLEMS:
                column = self.headings.get(str(fault.data["field"]), "")
                self.faults.append(RowFault(row, column, str(fault.data.get("value")), fault))
            else:
                self.hidden += 1

    def _report(self, rows: int) -> ImportReport:
        found: list[Found] = [*self.reading.in_order(self.problems), *self.faults]
        return ImportReport(
            problems=tuple(sorted(found, key=lambda one: one.row or 0)),
            hidden=self.hidden,
            notices=self.reading.notices,
            rows_read=rows,
            refused=len(self.refused),
            encoding_to_confirm=self.reading.table.encoding == "gb18030",
        )


def stock_fault(stock: int, least: int) -> Refused:
    """Fewer pieces than are held or sold already."""
    return Refused("stock_below_promised", field="stock", value=stock, least=least)


def _promised(session: Session, supplier_id: uuid.UUID) -> dict[str, int]:
    """Stock number → pieces held or sold, of the supplier's goods that have any."""
    promised = (Listing.reserved + Listing.sold).label("promised")
    found = session.execute(
        select(Listing.sku, promised).where(Listing.supplier_id == supplier_id, promised > 0)
    )
    return {row.sku: row.promised for row in found}
