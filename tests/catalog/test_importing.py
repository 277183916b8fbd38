"""A sheet is taken in whole or not at all; the same sheet again changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from catalog_import import read_mapping
from marketplace.catalog import queries, rules, service
from marketplace.catalog.models import CatalogImport, Listing
from marketplace.catalog.service import ImportReport
from marketplace.catalog.states import ListingState
from marketplace.kernel.errors import Missing
from marketplace.kernel.money import Money
from marketplace.regions import service as regions
from marketplace.suppliers.models import Supplier
from marketplace.web.words import Words
from tests.fixtures import People
from tests.makers.catalog import a_listing, a_sheet
from tests.makers.suppliers import COUNTY, a_draft_supplier, an_approved_supplier

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
MAPPINGS = Path(__file__).parents[1] / "catalog_import" / "mappings"
Take = Callable[..., ImportReport]


@pytest.fixture
def supplier(people: People) -> Supplier:
    return a_draft_supplier(people)


@pytest.fixture
def take(people: People, supplier: Supplier) -> Take:
    """The supplier's staff hands a sheet in."""

    def taken(data: bytes, **options: object) -> ImportReport:
        with people.runtime.work(people.actor("supplier")) as w:
            return service.import_sheet(w, supplier.id, data, "目录.csv", **options)  # type: ignore[arg-type]  # named by the caller

    return taken


def listings(people: People) -> dict[str, Listing]:
    with people.runtime.reading() as session:
        found = {listing.sku: listing for listing in session.scalars(select(Listing))}
        session.expunge_all()
    return found


def a_listing_of(people: People, supplier: Supplier, sheet: bytes) -> Listing:
    """The one row of the sheet, imported, submitted and approved."""
    with people.runtime.work(people.actor("supplier")) as w:
        service.import_sheet(w, supplier.id, sheet, "目录.csv")
        service.submit_all(w)
    (only,) = listings(people).values()
    with people.runtime.work(people.actor("reviewer")) as w:
        return service.approve(w, only.id, only.fingerprint)


def codes(report: ImportReport) -> list[tuple[int | None, str]]:
    """Row and code of every problem."""
    return [
        (p.row, p.fault.code if isinstance(p, rules.RowFault) else p.code) for p in report.problems
    ]


def test_new_rows_become_drafts_with_their_stock(people: People, take: Take) -> None:
    report = take(a_sheet({}, {"品名": "示例 高原土豆", "类目": "vegetables", "库存": "7"}))
    assert (report.created, report.updated, report.unchanged) == (2, 0, 0)
    melon, potato = listings(people)["SL-0001"], listings(people)["SL-0002"]
    assert melon.state is ListingState.DRAFT
    assert (melon.county_code, melon.category, melon.picture) == (COUNTY, "fruit", "melon")
    assert (melon.supply_price, melon.sale_price) == (Money(45_00), Money(59_00))
    assert (potato.received, potato.available, potato.picture) == (7, 7, "potato")


def test_the_same_sheet_again_changes_nothing(people: People, take: Take) -> None:
    take(a_sheet({}, {}))
    before = {
        sku: (one.fingerprint, one.state, one.received) for sku, one in listings(people).items()
    }
    report = take(a_sheet({}, {}))
    assert (report.created, report.updated, report.unchanged) == (0, 0, 2)
    after = {
        sku: (one.fingerprint, one.state, one.received) for sku, one in listings(people).items()
    }
    assert after == before


def test_other_words_for_the_same_thing_change_nothing(take: Take) -> None:
    take(a_sheet({"原产县": "伽师县", "类目": "瓜果"}))
    assert take(a_sheet({"原产县": COUNTY, "类目": "Fruit"})).unchanged == 1


def test_the_same_sheet_after_a_sale_does_not_fill_the_stock_again(people: People) -> None:
    sheet = a_sheet({"库存": "10"})
    supplier = an_approved_supplier(people)
    listing = a_listing_of(people, supplier, sheet)
    with people.runtime.work() as w:
        kept = service.hold(w, listing.id, 4, w.now + timedelta(minutes=30))
        service.sell(w, kept.id)
    with people.runtime.work(people.actor("supplier")) as w:
        assert service.import_sheet(w, supplier.id, sheet, "目录.csv").unchanged == 1
    assert listings(people)["SL-0001"].available == 6


def test_one_bad_row_keeps_all_rows_out(people: People, take: Take) -> None:
    report = take(a_sheet({}, {"供货价": "12,5元"}, {"库存": "-3"}))
    assert codes(report) == [(3, "price_grouping"), (4, "stock_negative")]
    assert (report.rows_read, report.refused) == (3, 2)
    assert listings(people) == {}
    with people.runtime.reading() as session:
        assert session.scalar(select(func.count()).select_from(CatalogImport)) == 0


def test_an_unreadable_file_is_one_problem(people: People, take: Take) -> None:
    assert codes(take(b"PK\x03\x04 workbook")) == [(None, "workbook_damaged")]
    assert listings(people) == {}


@pytest.mark.parametrize(
    ("county", "code"),
    [
        ("没有这个县", "county_unknown"),
        ("镇江", "province_not_designated"),
        ("江苏省", "province_not_designated"),
        ("喀什地区", "county_too_wide"),
        ("310115", "province_not_designated"),
        ("成都市武侯区", "county_not_designated"),
    ],
)
def test_a_county_that_the_zone_does_not_take_is_refused(
    take: Take, county: str, code: str
) -> None:
    assert codes(take(a_sheet({"原产县": county}))) == [(2, code)]


def test_a_row_with_another_fault_is_also_told_of_its_county(take: Take) -> None:
    report = take(a_sheet({"原产县": "江苏省镇江市", "库存": "-1"}))
    assert set(codes(report)) == {(2, "province_not_designated"), (2, "stock_negative")}


def test_an_unknown_category_lists_the_choices(take: Take) -> None:
    report = take(a_sheet({"类目": "手机"}))
    assert codes(report) == [(2, "category_unknown")]
    told = rules.told(report.problems[0], Words("zh"), "zh")
    assert "瓜果" in told.remedy
    assert (told.row, told.column, told.value) == (2, "类目", "手机")


def test_a_village_must_stand_in_its_county(people: People, take: Take) -> None:
    with people.runtime.work() as w:
        regions.add_village(w, COUNTY, "示例村甲")
    assert take(a_sheet({"村": "示例村甲"})).created == 1
    assert codes(take(a_sheet({"村": "示例村甲、别处村"}))) == [(2, "village_unknown")]
    few = {"起订量": "5", "每人限购": "4", "开始接单": "", "最后接单日": ""}
    past = {"开始接单": "2026-12-02", "最后接单日": "2026-12-01"}
    said = codes(take(a_sheet(few, past)))
    assert said == [(2, "limit_below_minimum"), (3, "season_reversed")]


def test_changed_words_of_goods_on_sale_are_looked_at_again(people: People) -> None:
    supplier = an_approved_supplier(people)
    a_listing(people)
    with people.runtime.work(people.actor("supplier")) as w:
        report = service.import_sheet(w, supplier.id, a_sheet({"售价": "69.00"}), "目录.csv")
    assert report.updated == 1
    found = listings(people)["SL-0001"]
    assert (found.state, found.sale_price) == (ListingState.ON_SALE, Money(59_00))


def test_only_stock_counts_at_once_and_stays_on_sale(people: People) -> None:
    supplier = an_approved_supplier(people)
    only = a_listing_of(people, supplier, a_sheet({}))
    with people.runtime.work() as w:
        service.hold(w, only.id, 4, w.now + timedelta(minutes=30))
    with people.runtime.work(people.actor("supplier")) as w:
        report = service.import_sheet(w, supplier.id, a_sheet({"库存": "40"}), "目录.csv")
    assert report.updated == 1
    found = listings(people)["SL-0001"]
    assert (found.state, found.available, found.reserved) == (ListingState.ON_SALE, 36, 4)
    with people.runtime.work(people.actor("supplier")) as w:
        report = service.import_sheet(w, supplier.id, a_sheet({"库存": "3"}), "目录.csv")
    assert codes(report) == [(2, "stock_below_promised")]


def test_a_check_writes_nothing(people: People, take: Take) -> None:
    assert take(a_sheet({}), check_only=True).created == 1
    assert listings(people) == {}


def test_nobody_imports_for_a_stranger(people: People, supplier: Supplier) -> None:
    for name in ("second_supplier", "reviewer", "manager"):
        with pytest.raises(Missing), people.runtime.work(people.actor(name)) as w:
            service.import_sheet(w, supplier.id, a_sheet({}), "目录.csv")


def test_nobody_looks_at_a_sheet_for_a_stranger(people: People, supplier: Supplier) -> None:
    """P18: what it would change tells what the supplier has."""
    for name in ("second_supplier", "reviewer", "manager"):
        with pytest.raises(Missing), people.runtime.work(people.actor(name)) as w:
            service.import_sheet(w, supplier.id, a_sheet({}), "目录.csv", check_only=True)


def test_who_is_buying_looks_again_when_a_sheet_has_cut_the_price(people: People) -> None:
    """Failure 39: no good is sold as it was before the sheet; by hand it is the same."""
    supplier = an_approved_supplier(people)
    melon = a_listing(people, net_content="5千克")
    with people.runtime.work(people.actor("supplier")) as w:
        service.import_sheet(w, supplier.id, a_sheet({"售价": "49.00"}), "目录.csv")
    now = listings(people)[melon.sku]
    assert (now.state, now.sale_price) == (ListingState.ON_SALE, Money(49_00))
    assert now.version > melon.version


def test_what_adds_up_is_said_by_verify(people: People, take: Take) -> None:
    take(a_sheet({}, {}))
    with people.runtime.reading() as session:
        assert list(queries.stock_faults(session)) == []


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the real catalogues are not beside the checkout")
def test_a_real_catalogue_of_jiangsu_is_refused_row_by_row(people: People, take: Take) -> None:
    data = (SAMPLES / "05_gi_goods_agi_certificates.csv").read_bytes()
    report = take(data, mapping=read_mapping((MAPPINGS / "05.toml").read_bytes()))
    refused = [row for row, code in codes(report) if code == "province_not_designated"]
    assert (report.rows_read, len(set(refused))) == (47, 47)
    assert listings(people) == {}
