"""A supplier's goods leave in the form in which they come in."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from catalog_import.templates import HEADINGS
from marketplace.catalog import queries, service
from marketplace.catalog.models import Listing
from marketplace.kernel.errors import Invalid
from marketplace.regions import queries as regions_queries
from marketplace.regions import service as regions
from tests.fixtures import People, post
from tests.makers.catalog import a_draft_listing, a_listing, a_sheet
from tests.makers.suppliers import COUNTY, an_approved_supplier

Clients = Callable[[str], FlaskClient]


@pytest.fixture
def client(people: People, client_as: Clients) -> FlaskClient:
    an_approved_supplier(people)
    return client_as("supplier")


def test_what_is_exported_and_imported_again_changes_nothing(
    people: People, client: FlaskClient
) -> None:
    """P26: goods of a form and of a sheet, drafts and on sale, with villages and odd words."""
    with people.runtime.work() as w:
        regions.add_village(w, COUNTY, "示例村")
    a_listing(people, sku="-1", title="=示例 核桃", villages=("示例村",), ingredients="核桃" * 200)
    a_draft_listing(people, sku="4", processing="深加工", packaging="预包装", maker="代销")
    a_draft_listing(people, sku="0012", spec="'0.50", tax_rate="9%", dispatch_hours=48)
    a_draft_listing(people, sku="3", freight_included=True, no_delivery_to="西藏、新疆")
    days = {"orders_from": date(2026, 9, 1), "orders_last": date(2026, 11, 30)}
    a_draft_listing(
        people,
        sku="5",
        min_quantity=2,
        max_per_person=5,
        ships_from=date(2026, 12, 1),
        sealed=True,
        **days,
    )
    page = post(client, "/supplier/import", sheet=(io.BytesIO(a_sheet({})), "a.csv"))
    post(client, f"{page.headers['Location']}/confirm", on=page.headers["Location"])
    answer = client.get("/supplier/listings/export")
    assert "attachment" in answer.headers["Content-Disposition"]
    with people.runtime.reading() as session:
        before = session.execute(select(Listing.sku, Listing.fingerprint, Listing.version)).all()
    book = answer.get_data()
    again = post(client, "/supplier/import", sheet=(io.BytesIO(book), "我的商品.xlsx"))
    told = client.get(again.headers["Location"]).get_data(as_text=True)
    assert "读取 6 行 = 新增 0 + 更新 0 + 未变 6 + 拒绝 0" in told
    post(client, f"{again.headers['Location']}/confirm", on=again.headers["Location"])
    with people.runtime.reading() as session:
        after = session.execute(select(Listing.sku, Listing.fingerprint, Listing.version)).all()
    assert sorted(after) == sorted(before)


def test_withdrawn_goods_and_those_of_others_are_not_exported(
    people: People, client: FlaskClient, client_as: Clients
) -> None:
    """P18"""
    gone = a_listing(people, sku="GONE")
    with people.runtime.work(people.actor("supplier")) as w:
        service.withdraw(w, gone.id)
    an_approved_supplier(people, "second_supplier", 2)
    a_listing(people, "second_supplier", sku="THEIRS")
    book = client.get("/supplier/listings/export").get_data()
    answer = post(client, "/supplier/import", sheet=(io.BytesIO(book), "a.xlsx"))
    assert answer.status_code == 422
    assert "表头之下没有数据" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "odd", [{"spec": "两\n行"}, {"title": "隐\u200b形"}, {"tax_rate": "7.5%"}, {"sku": "ＳＬ１"}]
)
def test_words_that_no_sheet_could_say_are_not_kept(
    people: People, client: FlaskClient, odd: dict[str, str]
) -> None:
    """P26: else an export could not be imported again."""
    with pytest.raises(Invalid) as refused:
        a_draft_listing(people, **odd)  # type: ignore[arg-type]  # named by the test
    assert refused.value.code == "text_unfit"
    assert refused.value.data["field"] in odd


def test_the_form_offers_every_county_that_opens_the_zone_in_words_that_it_takes_back(
    people: People, client: FlaskClient
) -> None:
    with people.runtime.reading() as session:
        at = people.runtime.clock.now()
        offered = queries.county_choices(session, at)
        codes = sorted(regions_queries.atlas(session, at).on_lists)
        placing = queries.Placing(session, at)
        picked = [*range(0, len(codes), 60), *(n for n, one in enumerate(offered) if one.isdigit())]
        taken = [placing.county(offered[n]).code for n in picked]
    assert taken == [codes[n] for n in picked]
    assert len(set(offered)) == len(codes)
    book = openpyxl.load_workbook(io.BytesIO(client.get("/supplier/import/sample.xlsx").data))
    sheet, options = book.worksheets
    column = next(cell.column_letter for cell in sheet[HEADINGS] if cell.value == "原产县")
    (choice,) = (
        one for one in sheet.data_validations.dataValidation if str(one.sqref).startswith(column)
    )
    letters = choice.formula1.split("$")[1]
    assert [cell.value for cell in options[letters]][: len(offered)] == offered
