"""The sheet of what leaves a supplier: one row is pieces of one order line in one parcel."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from catalog_import import amounts, texts
from catalog_import.opening import open_table
from catalog_import.problems import Problem
from catalog_import.rows import CellOf, Said, Shape, Sheet, fields_of, read_by, read_sheet
from catalog_import.table import LIMITS, Limits
from catalog_import.wanted import Wanted

SHIPMENT_LIMITS = replace(LIMITS, rows=5_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class ShipmentRow:
    """Pieces of one good of one order; without a tracking number they have not left."""

    row: int
    line: int
    order_number: str = field(metadata=read_by(texts.short_code))
    sku: str = field(metadata=read_by(texts.short_code))
    quantity: int = field(metadata=read_by(amounts.pieces))
    batch: str = field(default="", metadata=read_by(texts.short_text))
    carrier: str = field(default="", metadata=read_by(texts.short_text))
    tracking: str = field(default="", metadata=read_by(texts.short_code))

    @property
    def has_left(self) -> bool:
        return bool(self.tracking)


ShipmentSheet: TypeAlias = Sheet[ShipmentRow]


def read_shipments(
    data: bytes, *, limits: Limits = SHIPMENT_LIMITS, sheet: str = ""
) -> ShipmentSheet:
    """Every row of a tracking sheet, good or refused. Raises UnreadableFile."""
    return read_sheet(open_table(data, Wanted("shipment", None, sheet), limits=limits), _SHAPE)


def _across(said: Said, cell_of: CellOf) -> Iterator[Problem]:
    """A parcel that left has both, one that has not neither; a cell that cannot be read is told
    already."""
    if said.get("tracking") and not _written(cell_of, "carrier"):
        yield Problem("carrier_without", field="carrier")
    if said.get("carrier") and not _written(cell_of, "tracking"):
        yield Problem("tracking_without", field="tracking")


def _written(cell_of: CellOf, name: str) -> bool:
    try:
        return bool(cell_of(name))
    except KeyError:  # the sheet lacks the column
        return False


# no key: a line that leaves in two parcels is two rows
_SHAPE = Shape(
    kind="shipment",
    row=ShipmentRow,
    fields=fields_of(ShipmentRow),
    key_field="",
    duplicate="duplicate_sku",
    codes=frozenset({"order_number", "sku", "batch", "tracking"}),
    across=_across,
)
