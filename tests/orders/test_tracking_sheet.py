"""The tracking sheet: downloaded, filled in, brought back; whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from catalog_import import write_csv
from marketplace.catalog.models import Listing
from marketplace.orders import queries, service
from marketplace.orders.models import Order
from marketplace.orders.states import DeliveryState
from marketplace.work.models import TrailEntry
from tests.fixtures import People, post
from tests.makers.batches import a_good_batch
from tests.makers.catalog import a_listing
from tests.makers.orders import a_purchase, an_address, paid, the_order
from tests.makers.suppliers import an_approved_supplier

SignIn = Callable[[str], FlaskClient]
HEADINGS = ["订单编号", "货号", "件数", "批号", "快递公司", "运单号"]


@dataclass(frozen=True)
class Shop:
    """Two paid orders of honey (two pieces each), the first one also of melons from a batch."""

    people: People
    first: Order
    second: Order

    def sheet(self, *rows: tuple[object, ...]) -> bytes:
        return write_csv(HEADINGS, [[str(cell) for cell in row] for row in rows])

    def good(self) -> bytes:
        """Everything leaves, the honey of the first order in two parcels."""
        one, other = self.first.number, self.second.number
        return self.sheet(
            (one, "H-1", 1, "", "顺丰", "SF1001"),
            (one, "SL-1", 2, "L-001", "顺丰速运", "SF1001"),
            (one.lower(), "H-1", 1, "", "EMS", "EM1002"),
            (other, "H-1", 2, "", "中通快递", "ZT 1003"),
        )

    def taken(self, data: bytes, name: str = "supplier") -> service.TrackingTaken:
        sheet = service.read_tracking(data)
        with self.people.runtime.work(self.people.actor(name)) as w:
            return service.ship_sheet(w, sheet)

    def states(self) -> list[DeliveryState]:
        with self.people.runtime.reading() as session:
            supplier = self.people.actor("supplier")
            assert list(queries.faults(session)) == []
            return [
                queries.order(session, supplier, one.id).delivery.state
                for one in (self.first, self.second)
            ]


@pytest.fixture
def shop(people: People) -> Shop:
    an_approved_supplier(people)
    honey = a_listing(people, sku="H-1", title="示例 =土蜂蜜", category="蜂蜜")
    melon: Listing = a_listing(people, sku="SL-1")
    a_good_batch(people, melon)
    first = the_order(people, paid(people, a_purchase(people, honey, melon)))
    second = the_order(people, paid(people, a_purchase(people, honey)))
    return Shop(people, first, second)


def test_a_filled_sheet_sends_every_parcel_and_once_more_changes_nothing(shop: Shop) -> None:
    taken = shop.taken(shop.good())
    assert (taken.parcels, taken.known, taken.empty) == (3, 0, 0)
    assert shop.states() == [DeliveryState.SHIPPED] * 2
    again = shop.taken(shop.good())
    assert (again.parcels, again.known) == (0, 3)
    with shop.people.runtime.reading() as session:
        sheets = session.scalars(select(TrailEntry.verb).where(TrailEntry.verb == "ship_sheet"))
        assert len(sheets.all()) == 1
        found = queries.shipments(session, shop.first.id)
    assert [(one.carrier, len(one.packed)) for one in found] == [
        ("顺丰速运", 2),
        ("邮政特快专递", 1),
    ]


def test_a_sheet_is_read_however_it_was_saved(shop: Shop) -> None:
    """P26: and in whichever way it comes again, it is the same sheet."""
    text = shop.good().decode("utf-8-sig")
    for encoding, parcels in (("gb18030", 3), ("utf-8", 0), ("utf-8-sig", 0)):
        taken = shop.taken(text.encode(encoding))
        assert (taken.parcels, taken.encoding_to_confirm) == (parcels, encoding == "gb18030")


def test_one_fault_and_nothing_leaves_every_fault_named(shop: Shop) -> None:
    """P24: row, column, value and remedy, of good rows nothing either."""
    one, other = shop.first.number, shop.second.number
    rows = [
        ((one, "H-1", 1, "", "飞毛腿", "SF1001"), "carrier_unknown", "快递公司"),
        ((one, "H-1", 1, "", "顺丰", "SF/1"), "tracking_malformed", "运单号"),
        (("P-NONE", "H-1", 1, "", "顺丰", "SF1002"), "order_unknown", "订单编号"),
        ((one, "NONE", 1, "", "顺丰", "SF1003"), "line_unknown", "货号"),
        ((one, "SL-1", 1, "L-NONE", "顺丰", "SF1004"), "batch_unknown", "批号"),
        ((one, "SL-1", 1, "", "顺丰", "SF1005"), "batch_papers_missing", "批号"),
        ((one, "H-1", 3, "", "顺丰", "SF1006"), "more_than_left", "件数"),
    ]
    good = (other, "H-1", 2, "", "顺丰", "SF1009")
    with pytest.raises(service.TrackingRefused) as refusal:
        shop.taken(shop.sheet(good, *(row for row, *_told in rows)))
    told = [(p.row, p.column, p.fault.code) for p in refusal.value.problems]
    expected = [(place, column, code) for place, (_r, code, column) in enumerate(rows, 3)]
    assert told == expected
    assert shop.states() == [DeliveryState.WAITING] * 2


def test_what_a_sheet_cannot_mean_is_refused_where_it_stands(shop: Shop) -> None:
    one = shop.first.number
    for row, code in (
        ((one, "H-1", "1.5", "", "顺丰", "SF1"), "pieces_unclear"),
        ((one, "H-1", 1, "", "", "SF1001"), "carrier_without"),
        ((one, "H-1", 1, "", "顺丰", ""), "tracking_without"),
        ((one, "H-1", 1, "", "顺丰", "1.23E+14"), "spreadsheet_damaged"),
    ):
        with pytest.raises(service.TrackingRefused) as refusal:
            service.read_tracking(shop.sheet(row))
        assert [(p.code, p.row) for p in refusal.value.problems] == [(code, 2)]
    with pytest.raises(service.TrackingRefused):
        service.read_tracking(b"PK\x03\x04")


def test_a_known_parcel_with_other_contents_is_refused(shop: Shop) -> None:
    shop.taken(shop.sheet((shop.second.number, "H-1", 1, "", "顺丰", "SF1001")))
    with pytest.raises(service.TrackingRefused) as refusal:
        shop.taken(shop.sheet((shop.second.number, "H-1", 2, "", "顺丰", "SF1001")))
    assert refusal.value.problems[0].fault.code == "parcel_differs"
    assert shop.taken(shop.sheet((shop.second.number, "H-1", 1, "", "", ""))).empty == 1


def test_a_sheet_sends_nothing_of_another_supplier(shop: Shop) -> None:
    """P18: a foreign number is as unknown as one that nobody has."""
    an_approved_supplier(shop.people, "second_supplier", 2)
    with pytest.raises(service.TrackingRefused) as refusal:
        shop.taken(shop.good(), "second_supplier")
    assert {p.fault.code for p in refusal.value.problems} == {"order_unknown"}


def test_the_downloaded_sheet_filled_in_is_taken(
    shop: Shop, people: People, client_as: SignIn
) -> None:
    """P27: and it opens without surprises. What was taken along stands in the trail."""
    an_address(people)
    supplier = client_as("supplier")
    page = supplier.get("/supplier/packing").get_data(as_text=True)
    assert shop.first.number in page
    assert "示例路 1 号" not in page
    assert "13800000000" not in page
    text = supplier.get("/supplier/packing.csv").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert sorted(row["批号"] for row in rows) == ["", "", "L-001"]
    assert rows[0]["手机号"] == "13800000000"
    book = openpyxl.load_workbook(io.BytesIO(supplier.get("/supplier/packing.xlsx").data))
    sheet = book.active
    assert sheet is not None
    columns = {cell.value: cell.column for cell in sheet[1]}
    for place in range(2, sheet.max_row + 1):
        sheet.cell(place, columns["快递公司"]).value = "邮政"
        sheet.cell(place, columns["运单号"]).value = f"CP{place}001"
    out = io.BytesIO()
    book.save(out)
    filled = (io.BytesIO(out.getvalue()), "运单.xlsx")
    answer = post(supplier, "/supplier/packing", sheet=filled)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert shop.states() == [DeliveryState.SHIPPED] * 2
    with people.runtime.reading() as session:
        verbs = session.scalars(select(TrailEntry.verb)).all()
    assert verbs.count("export_addresses") == 2
    refused = post(supplier, "/supplier/packing", sheet=(io.BytesIO(b"x,y\n1,2\n"), "x.csv"))
    assert refused.status_code == 422
    assert "一个包裹也没有登记" in refused.get_data(as_text=True)
    assert "没有要发的订单" in supplier.get("/supplier/packing").get_data(as_text=True)
