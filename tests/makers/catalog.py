"""Makers of goods: a sheet or a form → submit → approve, as people would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_import import write_csv
from marketplace.catalog import service
from marketplace.catalog.models import Listing
from marketplace.catalog.rules import Goods
from marketplace.kernel.money import Money
from marketplace.suppliers import queries as suppliers
from tests.kept_worlds import kept
from tests.makers.suppliers import COUNTY

if TYPE_CHECKING:
    from tests.fixtures import People

ROW: dict[str, str] = {
    "货号": "SL-0001",
    "品名": "示例 伽师瓜 2 个装",
    "类目": "瓜果",
    "原产县": "伽师县",
    "供货价": "45.00",
    "售价": "59.00",
    "单位": "箱",
    "库存": "100",
    "规格": "2个/箱",
    "净含量": "5千克",
}


def a_sheet(*rows: dict[str, str]) -> bytes:
    """A CSV file; each row is the sample row with changes, the first one decides the columns."""
    full = [{**ROW, "货号": f"SL-{n:04d}", **row} for n, row in enumerate(rows or ({},), start=1)]
    headings = list(dict.fromkeys(heading for row in full for heading in row))
    return write_csv(headings, [[row.get(heading, "") for heading in headings] for row in full])


def some_goods(sku: str = "SL-0001", **changes: object) -> Goods:
    said: dict[str, object] = {
        "sku": sku,
        "title": "示例 伽师瓜 2 个装",
        "category": "瓜果",
        "county": COUNTY,
        "processing": "原样",  # needs no more papers than its supplier does
        "packaging": "散装",
        "unit": "箱",
        "supply_price": Money(45_00),
        "sale_price": Money(59_00),
        "spec": "2个/箱",
    }
    return Goods(**{**said, **changes})  # type: ignore[arg-type]  # named by the caller


def a_draft_listing(
    people: People,
    name: str = "supplier",
    sku: str = "SL-0001",
    *,
    stock: int = 100,
    **changes: object,
) -> Listing:
    """A draft of the supplier whose staff this person is (see makers.suppliers)."""
    actor = people.actor(name)
    with people.runtime.work(actor) as w:
        supplier = suppliers.own(w.session, actor)
        assert supplier is not None, "the person's supplier is not registered yet"
        return service.draft(w, supplier.id, some_goods(sku, **changes), stock)


def a_submitted_listing(
    people: People,
    name: str = "supplier",
    sku: str = "SL-0001",
    *,
    stock: int = 100,
    **changes: object,
) -> Listing:
    listing = a_draft_listing(people, name, sku, stock=stock, **changes)
    with people.runtime.work(people.actor(name)) as w:
        return service.submit(w, listing.id)


@kept
def a_listing(
    people: People,
    name: str = "supplier",
    sku: str = "SL-0001",
    *,
    stock: int = 100,
    **changes: object,
) -> Listing:
    """On sale; the supplier must be approved."""
    listing = a_submitted_listing(people, name, sku, stock=stock, **changes)
    with people.runtime.work(people.actor("reviewer")) as w:
        return service.approve(w, listing.id, listing.fingerprint)


def sold_on(people: People, listing: Listing, **said: object) -> None:
    """Its supplier says on which terms it is sold, beside what `some_goods` says and `said`."""
    with people.runtime.work(people.actor("supplier")) as w:
        service.revise(w, listing.id, some_goods(listing.sku, **said))
