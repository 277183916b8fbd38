"""Picking list and packing slips, as they come out of the printer."""

from __future__ import annotations

import io
from collections.abc import Callable

from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from marketplace.adapters.printing import Column, Printed, as_pdf
from marketplace.work.models import TrailEntry
from tests.fixtures import People
from tests.orders.test_tracking_sheet import Shop, shop

__all__ = ["shop"]

SignIn = Callable[[str], FlaskClient]


def pages_of(client: FlaskClient, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return [page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages]


def test_what_is_picked_and_packed_is_printed(
    people: People, client_as: SignIn, shop: Shop
) -> None:
    """P29: the list names no address; the slips do, and that they were taken is written down."""
    supplier = client_as("supplier")
    shop.taken(shop.sheet((shop.second.number, "H-1", 1, "", "EMS", "EM1001")))
    (listed,) = pages_of(supplier, "/supplier/packing/picking.pdf")
    assert "H-1" in listed
    assert "3\n" in listed.replace(" ", "")  # two of one order, one left of the other
    assert "13800000000" not in listed
    slips = pages_of(supplier, "/supplier/packing/slips.pdf")
    assert len(slips) == 2
    for order in (shop.first, shop.second):
        (slip,) = [text for text in slips if order.number in text]
        for words in ("示例收件人", "13800000000", "示例路 1 号", "示例 =土蜂蜜"):
            assert words in slip
    assert any("L-001" in slip for slip in slips)
    with people.runtime.reading() as session:
        verbs = session.scalars(select(TrailEntry.verb)).all()
    assert verbs.count("export_addresses") == 1
    for name in ("second_supplier", "employee"):
        assert client_as(name).get("/supplier/packing/slips.pdf").status_code in {403, 404}


def test_what_people_write_is_text_and_never_markup() -> None:
    """P27: also signs that no Chinese font has."""
    wild = '<b>&amp;"𠮷\u200b' * 40
    sheet = Printed("示例", "示例", (Column("列", 1),), [(wild,)] * 60, (wild[:8],))
    made = as_pdf("示例", [sheet])
    pages = PdfReader(io.BytesIO(made)).pages
    assert "<b>&amp;" in pages[0].extract_text()
    assert all("列" in page.extract_text() for page in pages[:2])  # headings on every page
    assert made == as_pdf("示例", [sheet])
