"""Taking a supplier's sheet in: every row is looked at, then all is written, or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select

from catalog_import import (
    ListingRow,
    ListingSheet,
    Mapping,
    PartialRow,
    Problem,
    UnreadableFile,
    read_listings,
)
from marketplace.catalog.models import CatalogImport, Listing
from marketplace.catalog.queries import Placed, Placing
from marketplace.catalog.rules import Goods, RowFault, goods_of
from marketplace.catalog.service.stock import set_stock
from marketplace.catalog.service.writing import begin, change, fingerprint, own_supplier
from marketplace.kernel.errors import Invalid, Refused
from marketplace.work import Work

Found = Problem | RowFault


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How many rows did (or, when there are problems, would have done) what.

    With problems nothing was written. `encoding_to_confirm`: the file was read as GB18030, which
    fits almost any bytes, so a person should look at the words.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: tuple[Found, ...] = ()
    rows_read: int = 0
    refused: int = 0  # rows that have a problem
    encoding_to_confirm: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    """One good row, looked up; `listing` is what the supplier has under its stock number."""

    goods: Goods
    placed: Placed
    stock: int
    listing: Listing | None

    @property
    def is_other(self) -> bool:
        """Whether it says something else than the listing does, stock apart."""
        known = self.listing
        return known is None or known.fingerprint != fingerprint(self.goods, self.placed)

    @property
    def is_unchanged(self) -> bool:
        known = self.listing
        return known is not None and not self.is_other and known.received == self.stock


def import_sheet(
    w: Work,
    supplier_id: uuid.UUID,
    data: bytes,
    file_name: str,
    mapping: Mapping | None = None,
    *,
    check_only: bool = False,
) -> ImportReport:
    """Take a CSV file in: new rows become drafts, changed ones drafts again, stock counts at once.

    `check_only` writes nothing in any case. Raises Missing for a stranger's supplier.
    """
    try:
        sheet = read_listings(data, mapping=mapping)  # before any question: no lock is held yet
    except UnreadableFile as fault:
        return ImportReport(problems=(fault.problem,))
    supplier = own_supplier(w, supplier_id)
    placing = Placing(w.session, w.now)
    rows, faults = _look_up(w, supplier.id, sheet, placing)
    faults += [fault for row in sheet.partial for fault in _partial_faults(row, sheet, placing)]
    report = _report(sheet, rows, faults)
    if not report.problems and not check_only:
        _write(w, supplier.id, rows)
        _note(w, supplier.id, sheet, report, file_name)
    return report


def _look_up(
    w: Work, supplier_id: uuid.UUID, sheet: ListingSheet, placing: Placing
) -> tuple[list[_Row], list[RowFault]]:
    found = w.session.scalars(select(Listing).where(Listing.supplier_id == supplier_id))
    known = {listing.sku: listing for listing in found}
    rows: list[_Row] = []
    faults: list[RowFault] = []
    for row in sheet.rows:
        wrong = list(_row_faults(row, known.get(row.sku), placing))
        faults += [_placed_fault(row.row, sheet, fault, fault.data.get("value")) for fault in wrong]
        if not wrong:
            goods = goods_of(row)
            rows.append(_Row(goods, placing.place(goods), row.stock, known.get(row.sku)))
    return rows, faults


def _row_faults(
    row: ListingRow, known: Listing | None, placing: Placing
) -> Iterator[Invalid | Refused]:
    yield from placing.faults(row.category, row.county, row.villages)
    promised = known.reserved + known.sold if known else 0
    if row.stock < promised:
        yield Refused("stock_below_promised", field="stock", value=row.stock, least=promised)


def _partial_faults(row: PartialRow, sheet: ListingSheet, placing: Placing) -> Iterator[RowFault]:
    """A refused row is still told what else the zone would refuse, so one look mends it."""
    told = {problem.field for problem in sheet.problems if problem.row == row.row}
    said = {name: row.values.get(name, "") for name in ("category", "county") if name not in told}
    for fault in placing.faults(said.get("category", ""), said.get("county", ""), ()):
        yield _placed_fault(row.row, sheet, fault, fault.data.get("value"))


def _placed_fault(
    row: int, sheet: ListingSheet, fault: Invalid | Refused, value: object
) -> RowFault:
    heading = {field: heading for heading, field in sheet.headings.items()}
    return RowFault(row, heading.get(str(fault.data["field"]), ""), str(value), fault)


def _report(sheet: ListingSheet, rows: list[_Row], faults: list[RowFault]) -> ImportReport:
    found: Iterable[Found] = (*sheet.problems, *faults)
    problems = tuple(sorted(found, key=lambda problem: problem.row or 0))
    created = sum(row.listing is None for row in rows)
    unchanged = sum(row.is_unchanged for row in rows)
    return ImportReport(
        created=created,
        updated=len(rows) - created - unchanged,
        unchanged=unchanged,
        problems=problems,
        rows_read=sheet.rows_read,
        refused=sheet.rows_read - len(rows),
        encoding_to_confirm=sheet.encoding_to_confirm,
    )


def _write(w: Work, supplier_id: uuid.UUID, rows: list[_Row]) -> None:
    begun = [
        begin(w, supplier_id, row.goods, row.placed, stock=row.stock)
        for row in rows
        if row.listing is None
    ]
    w.session.flush()  # all new rows at once, before the trail asks for them one by one
    for listing in begun:
        state, received = listing.state, listing.received
        w.record("draft", listing, to_state=state, sku=listing.sku, received=received)
    for row in rows:
        if row.listing is not None and not row.is_unchanged:
            if row.is_other:
                change(w, row.listing, row.goods, row.placed)
            set_stock(w, row.listing.id, row.stock)


def _note(
    w: Work, supplier_id: uuid.UUID, sheet: ListingSheet, report: ImportReport, file_name: str
) -> None:
    taken = CatalogImport(
        supplier_id=supplier_id,
        file_name=file_name[-200:],
        file_sha256=sheet.sha256,
        at=w.now,
        by=w.actor.person_id,
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
    )
    w.session.add(taken)
    w.record("import", taken, rows=sheet.rows_read, sha256=sheet.sha256)
