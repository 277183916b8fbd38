"""The sheet of a supplier: one row is one good as that supplier offers it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, TypeAlias

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass
from pydantic_core import PydanticCustomError

from catalog_import import amounts, texts
from catalog_import.mapping import Mapping
from catalog_import.problems import Problem
from catalog_import.refusal import read_by
from catalog_import.rows import Shape, Sheet, Values, read_sheet
from catalog_import.table import LIMITS, Limits, read_table

Text = Annotated[str, read_by(texts.text)]
Code = Annotated[str, read_by(texts.code)]
Barcode = Annotated[str, read_by(texts.barcode)]
County = Annotated[str, read_by(texts.county)]
Names = Annotated[tuple[str, ...], read_by(texts.names)]
Fen = Annotated[int, read_by(amounts.price)]
Stock = Annotated[int, read_by(amounts.stock)]
Hours = Annotated[int, read_by(amounts.hours)]
Tax = Annotated[amounts.TaxRate, read_by(amounts.tax_rate)]
YesNo = Annotated[bool, read_by(amounts.yes_or_no)]


@dataclass(frozen=True, kw_only=True, slots=True, config=ConfigDict(extra="forbid"))
class ListingRow:
    """One good. Prices in fen, stock in sale units; text that was not stated is empty."""

    row: int
    line: int
    sku: Code
    title: Text
    category: Text
    county: County
    supply_price: Fen
    sale_price: Fen
    unit: Text
    stock: Stock
    villages: Names = ()
    spec: Text = ""
    net_content: Text = ""
    gross_weight: Text = ""
    case_spec: Text = ""
    shelf_life: Text = ""
    storage: Text = ""
    ingredients: Text = ""
    standard: Text = ""
    production_licence: Code = ""
    barcode: Barcode = ""
    tax_rate: Tax | None = None
    freight_included: YesNo | None = None
    dispatch_hours: Hours | None = None
    no_delivery_to: Names = ()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what the row says, wherever it stands: the same content, the same value."""
        content = asdict(self)
        del content["row"], content["line"]
        content["tax_rate"] = "" if self.tax_rate is None else str(self.tax_rate)
        canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


ListingSheet: TypeAlias = Sheet[ListingRow]


def read_listings(
    data: bytes, *, mapping: Mapping | None = None, limits: Limits = LIMITS
) -> ListingSheet:
    """Every row of a supplier's CSV file, good or refused. Raises UnreadableFile."""
    return read_sheet(read_table(data, limits=limits), _SHAPE, mapping)


def _prices_swapped(values: Values) -> Iterator[Problem]:
    """Told even when other cells of the row are wrong, if only both prices can be read."""
    try:
        supply = amounts.price(values.get("supply_price", ""))
        sale = amounts.price(values.get("sale_price", ""))
    except PydanticCustomError:
        return
    if supply > sale:
        said = {"sale": values["sale_price"]}
        yield Problem("supply_above_sale", field="supply_price", data=said)


_SHAPE = Shape(
    kind="listing",
    row=TypeAdapter(ListingRow),
    key_field="sku",
    key=texts.code,
    duplicate="duplicate_sku",
    across=_prices_swapped,
)
