"""The sheet of a supplier: one row is one good as that supplier offers it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import TypeAlias

from catalog_import import amounts, days, texts
from catalog_import.mapping import Mapping
from catalog_import.opening import open_table
from catalog_import.problems import Problem
from catalog_import.refusal import CellRefused
from catalog_import.rows import CellOf, Reading, Said, Shape, Sheet, fields_of, read_by, read_sheet
from catalog_import.table import LIMITS, Limits, OpenTable
from catalog_import.wanted import Wanted

TEXT = read_by(texts.text)
CODE = read_by(texts.code)
FEN = read_by(amounts.price)
NAMES = read_by(texts.names)
YES_OR_NO = read_by(amounts.yes_or_no)
PIECES = read_by(amounts.quantity)
DAY = read_by(days.iso_day)


@dataclass(kw_only=True, slots=True)  # not frozen: of a long sheet that takes twice as long
class ListingRow:
    """One good. Prices in fen, stock in sale units, days as ISO text; text not stated is empty."""

    row: int
    line: int
    sku: str = field(metadata=read_by(texts.short_code))
    title: str = field(metadata=TEXT)
    category: str = field(metadata=TEXT)
    county: str = field(metadata=read_by(texts.county))
    supply_price: int = field(metadata=FEN)
    sale_price: int = field(metadata=FEN)
    unit: str = field(metadata=read_by(texts.short_text))
    stock: int = field(metadata=read_by(amounts.stock))
    villages: tuple[str, ...] = field(default=(), metadata=NAMES)
    spec: str = field(default="", metadata=TEXT)
    net_content: str = field(default="", metadata=TEXT)
    gross_weight: str = field(default="", metadata=TEXT)
    case_spec: str = field(default="", metadata=TEXT)
    shelf_life: str = field(default="", metadata=TEXT)
    storage: str = field(default="", metadata=TEXT)
    ingredients: str = field(default="", metadata=read_by(texts.long_text))
    standard: str = field(default="", metadata=TEXT)
    production_licence: str = field(default="", metadata=CODE)
    barcode: str = field(default="", metadata=read_by(texts.barcode))
    tax_rate: amounts.TaxRate | None = field(default=None, metadata=read_by(amounts.tax_rate))
    freight_included: bool | None = field(default=None, metadata=YES_OR_NO)
    dispatch_hours: int | None = field(default=None, metadata=read_by(amounts.hours))
    no_delivery_to: tuple[str, ...] = field(default=(), metadata=NAMES)
    processing: str = field(default="", metadata=TEXT)
    packaging: str = field(default="", metadata=TEXT)
    maker: str = field(default="", metadata=TEXT)
    group_code: str = field(default="", metadata=read_by(texts.short_code))
    variant: str = field(default="", metadata=read_by(texts.short_text))
    min_quantity: int | None = field(default=None, metadata=PIECES)
    max_per_person: int | None = field(default=None, metadata=PIECES)
    orders_from: str = field(default="", metadata=DAY)
    orders_last: str = field(default="", metadata=DAY)
    ships_from: str = field(default="", metadata=DAY)
    made_to_order: bool | None = field(default=None, metadata=YES_OR_NO)
    sealed: bool | None = field(default=None, metadata=YES_OR_NO)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what the row says, wherever it stands: the same content, the same value."""
        content = asdict(self)
        del content["row"], content["line"]
        content["tax_rate"] = "" if self.tax_rate is None else str(self.tax_rate)
        canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


ListingSheet: TypeAlias = Sheet[ListingRow]
ListingReading: TypeAlias = Reading[ListingRow]


def read_listings(
    data: bytes, *, mapping: Mapping | None = None, limits: Limits = LIMITS, sheet: str = ""
) -> ListingSheet:
    """Every row of a supplier's file, good or refused. Raises UnreadableFile.

    `sheet` names the sheet of a workbook; without it the one with our headings is read.
    """
    wanted = Wanted("listing", mapping, sheet)
    return read_sheet(open_table(data, wanted, limits=limits), _SHAPE, mapping)


def open_listings(
    data: bytes, *, mapping: Mapping | None = None, limits: Limits = LIMITS, sheet: str = ""
) -> ListingReading:
    """The same for long files: a few rows in memory at a time. Raises UnreadableFile."""
    wanted = Wanted("listing", mapping, sheet)
    return reading_of(open_table(data, wanted, limits=limits), mapping)


def reading_of(table: OpenTable, mapping: Mapping | None = None) -> ListingReading:
    """The rows of a table that is open already. Raises UnreadableFile: no heading is known."""
    return Reading(table, _SHAPE, mapping)


def as_read(field: str, value: str) -> str:
    """A text of a good as a sheet would say it, the same text for what came from a sheet.

    Raises ValueError for what no sheet may say.
    """
    if not value:
        return ""
    parse = next(one.parse for one in _SHAPE.fields if one.name == field)
    try:
        read = parse(value)
    except CellRefused as refused:
        raise ValueError(refused.code) from refused
    return "、".join(read) if isinstance(read, tuple) else str(read)


def required_fields() -> tuple[str, ...]:
    """Fields that every good has, in the order of the row."""
    return tuple(one.name for one in _SHAPE.fields if one.required)


def _prices_swapped(said: Said, cell_of: CellOf) -> Iterator[Problem]:
    """Told even when other cells of the row are wrong, if only both prices can be read."""
    supply, sale = said.get("supply_price"), said.get("sale_price")
    if supply and sale and supply > sale:
        data = {"sale": cell_of("sale_price")}
        yield Problem("supply_above_sale", field="supply_price", data=data)


_SHAPE = Shape(
    kind="listing",
    row=ListingRow,
    fields=fields_of(ListingRow),
    key_field="sku",
    duplicate="duplicate_sku",
    codes=frozenset({"sku", "group_code", "production_licence", "barcode", "standard", "county"}),
    dates=frozenset({"orders_from", "orders_last", "ships_from"}),
    across=_prices_swapped,
)
