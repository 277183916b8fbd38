"""The tracking sheet: what left today, in one go. Whole or not at all, and the same sheet again
changes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from catalog_import import Problem, ShipmentRow, ShipmentSheet, UnreadableFile, read_shipments
from marketplace.kernel.errors import Invalid, MarketplaceError, Missing, Refused
from marketplace.kernel.sheets import RowFault
from marketplace.orders import queries, rules
from marketplace.orders.models import Order, OrderLine
from marketplace.orders.service.shipping import BatchPapersMissing, NewShipment, send
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier
from marketplace.work import Work

MOST_PARCELS = 2_000  # in one sheet: all of them leave in one unit of work


class TrackingRefused(Invalid):
    """Nothing of the sheet was taken; `problems` names row, column, value and remedy."""

    code = "tracking_refused"

    def __init__(self, problems: Sequence[Problem | RowFault]) -> None:
        super().__init__(count=len(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class TrackingTaken:
    """What a sheet did: parcels that left with it, those that had left before, rows without a
    tracking number."""

    parcels: int
    known: int
    empty: int
    encoding_to_confirm: bool = False


@dataclass(slots=True)
class _Parcel:
    """The rows with the same order, carrier and number."""

    order: Order
    carrier: str
    tracking: str
    rows: list[ShipmentRow] = field(default_factory=list)


def export_to_pack(w: Work, most: int = queries.MOST_TO_PACK) -> queries.Packing:
    """What is to be packed, with whole addresses; that they were taken stands in the trail."""
    found = queries.packing(w.session, w.actor, w.now, most=most, masked=False)
    w.record("export_addresses", found.supplier, orders=len(found.orders))
    return found


def read_tracking(data: bytes) -> ShipmentSheet:
    """Outside a unit of work: a workbook is read by a process of its own. Raises
    TrackingRefused."""
    try:
        sheet = read_shipments(data)
    except UnreadableFile as fault:
        raise TrackingRefused((fault.problem,)) from fault
    if sheet.problems:
        raise TrackingRefused(sheet.problems)
    return sheet


def ship_sheet(w: Work, sheet: ShipmentSheet) -> TrackingTaken:
    """All parcels of the sheet leave, or none: half a day's parcels would have to be looked up one
    by one. Raises Missing, TrackingRefused with every row that is in the way."""
    supplier = suppliers.own(w.session, w.actor)
    if supplier is None:
        raise Missing
    taking = _Taking(w, supplier, sheet)
    rows = [row for row in sheet.rows if row.has_left]
    parcels = taking.parcels(rows)
    if len(parcels) > MOST_PARCELS:
        raise TrackingRefused([taking.fault(rows[0], "tracking", _too_many(len(parcels)))])
    sent = sum(taking.send(one) for one in parcels)
    if taking.faults:
        raise TrackingRefused(sorted(taking.faults, key=lambda one: one.row or 0))
    if sent:
        w.record("ship_sheet", supplier, parcels=sent, sha256=sheet.sha256)
    return TrackingTaken(
        parcels=sent,
        known=len(parcels) - sent,
        empty=len(sheet.rows) - len(rows),
        encoding_to_confirm=sheet.encoding_to_confirm,
    )


def _too_many(parcels: int) -> MarketplaceError:
    return Invalid("too_many_parcels", most=MOST_PARCELS, value=parcels)


class _Taking:
    """One sheet on its way into the database; `faults` are what stands in the way."""

    def __init__(self, w: Work, supplier: Supplier, sheet: ShipmentSheet) -> None:
        self.w, self.faults = w, list[RowFault]()
        self._heading = {name: heading for heading, name in sheet.headings.items()}
        rows = sheet.rows
        numbers = (row.order_number.upper() for row in rows)
        self._orders = queries.own_orders(w.session, supplier.id, numbers)
        self._batches = queries.batches_named(w.session, supplier.id, (row.batch for row in rows))

    def parcels(self, rows: Sequence[ShipmentRow]) -> list[_Parcel]:
        """Order by order, as everybody locks them; of one order as the sheet has them."""
        found: dict[tuple[uuid.UUID, str, str], _Parcel] = {}
        for row in rows:
            try:
                order = self._order(row)
                carrier, tracking = rules.carrier(row.carrier), rules.tracking_number(row.tracking)
            except MarketplaceError as fault:
                self.blame(row, str(fault.data.get("field", "order_number")), fault)
                continue
            key = (order.id, carrier.code, tracking)
            found.setdefault(key, _Parcel(order, carrier.code, tracking)).rows.append(row)
        return sorted(found.values(), key=lambda one: one.order.id)

    def send(self, parcel: _Parcel) -> bool:
        """Whether it left with this sheet: not when it had left before, or may not."""
        lines = {line.sku: line for line in queries.lines_of(self.w.session, parcel.order.id)}
        given = self._contents(parcel, lines)
        if given is None:
            return False
        for known in queries.shipments(self.w.session, parcel.order.id):
            shipment = known.shipment
            if (shipment.carrier, shipment.tracking_number) == (parcel.carrier, parcel.tracking):
                if known.contents != given.pieces:
                    self.blame(parcel.rows[0], "tracking", _differs(parcel))
                return False
        try:
            send(self.w, parcel.order.id, given)
        except MarketplaceError as fault:
            for row, name in _places(parcel, lines, fault):
                self.blame(row, name, fault)
            return False
        return True

    def blame(self, row: ShipmentRow, name: str, fault: MarketplaceError) -> None:
        self.faults.append(self.fault(row, name, fault))

    def fault(self, row: ShipmentRow, name: str, fault: MarketplaceError) -> RowFault:
        """The place as the sheet has it."""
        heading = self._heading.get(name, "")
        return RowFault(row.row, heading, str(getattr(row, name, "") or ""), fault)

    def _order(self, row: ShipmentRow) -> Order:
        found = self._orders.get(row.order_number.upper())
        if found is None:
            raise Invalid("order_unknown", field="order_number", value=row.order_number)
        return found

    def _contents(self, parcel: _Parcel, lines: Mapping[str, OrderLine]) -> NewShipment | None:
        """Pieces and batches by line; None when a row does not say what it is."""
        pieces: dict[uuid.UUID, int] = {}
        batches: dict[uuid.UUID, uuid.UUID] = {}
        before = len(self.faults)
        for row in parcel.rows:
            line = lines.get(row.sku)
            if line is None:
                self.blame(row, "sku", Invalid("line_unknown", value=row.sku))
                continue
            pieces[line.id] = pieces.get(line.id, 0) + row.quantity
            if not row.batch:
                continue
            batch = self._batches.get((line.listing_id, row.batch))
            if batch is None:
                self.blame(row, "batch", Invalid("batch_unknown", value=row.batch))
            elif batches.setdefault(line.id, batch) != batch:
                self.blame(row, "batch", Refused("batch_differs", value=row.batch))
        if len(self.faults) > before:
            return None
        return NewShipment(parcel.carrier, parcel.tracking, pieces, batches)


def _differs(parcel: _Parcel) -> MarketplaceError:
    return Refused("parcel_differs", tracking=parcel.tracking, number=parcel.order.number)


def _places(
    parcel: _Parcel, lines: Mapping[str, OrderLine], fault: MarketplaceError
) -> Iterator[tuple[ShipmentRow, str]]:
    """The rows, each with its column, that a refusal of a parcel is about."""
    about: set[object] = {fault.data.get("line")}
    name = "quantity"
    if isinstance(fault, BatchPapersMissing):
        about, name = set(fault.lines), "batch"
    rows = [row for row in parcel.rows if lines[row.sku].id in about]
    for row in rows or parcel.rows[:1]:
        yield row, name if rows else "order_number"
