"""One good in several sizes: kept together from the sheet to the page where a buyer chooses."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalog import queries, rules, service
from marketplace.catalog.models import ChangeSet, Listing
from marketplace.catalog.queries import Upload
from marketplace.catalog.service import ImportReport
from marketplace.catalog.states import ChangeState, ListingState
from marketplace.commands.serving import once
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Invalid, Refused
from marketplace.kernel.money import Money
from marketplace.orders.models import OrderLine
from marketplace.regions import service as regions
from marketplace.suppliers.models import Supplier
from tests.fixtures import People, post
from tests.makers.catalog import a_draft_listing, a_listing, a_sheet, some_goods
from tests.makers.orders import a_purchase
from tests.makers.suppliers import COUNTY, an_approved_supplier

Clients = Callable[[str], FlaskClient]
Take = Callable[..., ImportReport]
FIVE = {"款号": "JD", "销售规格": "5斤装", "售价": "59.00"}
TEN = {"款号": "JD", "销售规格": "10斤装", "售价": "99.00"}
TITLE = "示例 伽师瓜 2 个装"


@pytest.fixture
def supplier(people: People) -> Supplier:
    return an_approved_supplier(people)


@pytest.fixture
def take(people: People, supplier: Supplier) -> Take:
    def taken(*rows: dict[str, str]) -> ImportReport:
        with people.runtime.work(people.actor("supplier")) as w:
            return service.import_sheet(w, supplier.id, a_sheet(*rows), "目录.csv")

    return taken


def goods(people: People) -> dict[str, Listing]:
    with people.runtime.reading() as session:
        found = {one.sku: one for one in session.scalars(select(Listing))}
        session.expunge_all()
    return found


def told(report: ImportReport) -> list[tuple[int | None, str, str]]:
    """Row, code and field of every problem."""
    return [
        (one.row, one.fault.code, str(one.fault.data["field"]))
        for one in report.problems
        if isinstance(one, rules.RowFault)
    ]


def sizes_on_sale(people: People) -> tuple[Listing, Listing]:
    """Five and ten jin of one good."""
    five = a_listing(people, group_code="JD", variant="5斤装")
    ten = a_listing(
        people, sku="SL-0002", group_code="JD", variant="10斤装", sale_price=Money(99_00)
    )
    return five, ten


def test_rows_of_one_group_become_listings_that_belong_together(people: People, take: Take) -> None:
    report = take(FIVE, TEN, {})
    assert (report.created, report.problems) == (3, ())
    found = goods(people)
    assert [found[sku].name for sku in sorted(found)] == [
        f"{TITLE} 5斤装",
        f"{TITLE} 10斤装",
        TITLE,
    ]
    assert take(FIVE, TEN, {}).unchanged == 3
    assert take({**FIVE, "库存": "7"}, {**TEN, "销售规格": "12斤装"}).updated == 2
    assert goods(people)["SL-0002"].variant == "12斤装"


def test_what_does_not_fit_into_a_group_is_a_problem_of_its_row_and_names_the_other(
    people: People, take: Take
) -> None:
    alone = take({**FIVE, "销售规格": ""}, {"销售规格": "5斤装", "款号": ""})
    assert told(alone) == [(2, "variant_missing", "variant"), (3, "group_missing", "group_code")]
    twice = take(FIVE, FIVE)
    assert told(twice) == [(3, "variant_twice", "variant")]
    assert twice.refused == 1
    others = ({"品名": "示例 别的瓜"}, {"类目": "干果"}, {"原产县": "柞水县"}, {"生产方式": "代销"})
    making = ({"加工程度": "深加工"}, {"包装方式": "预包装"})
    differing = take(
        *({**FIVE, "销售规格": f"{n}", **row} for n, row in enumerate(({}, *others, *making)))
    )
    fields = ["title", "category", "county", "maker", "processing", "packaging"]
    assert told(differing) == [(n, "group_differs", field) for n, field in enumerate(fields, 3)]
    first = differing.problems[0]
    assert isinstance(first, rules.RowFault)
    assert (first.column, first.fault.data["row"]) == ("品名", 2)
    long = take({**FIVE, "品名": "示" * 198})
    assert told(long) == [(2, "name_too_long", "variant")]
    many = take(*({**FIVE, "销售规格": f"{n}斤装"} for n in range(queries.MOST_SIZES + 1)))
    assert told(many) == [(queries.MOST_SIZES + 2, "group_too_large", "group_code")]
    assert goods(people) == {}


def test_a_row_fits_to_the_goods_that_the_sheet_does_not_name(people: People, take: Take) -> None:
    take(FIVE, TEN)
    one = {"货号": "NEW", "款号": "JD"}
    assert told(take({**one, "销售规格": "5斤装"})) == [(2, "variant_taken", "variant")]
    other = {**one, "销售规格": "1斤装", "品名": "示例 别的瓜"}
    assert told(take(other)) == [(2, "group_differs_known", "title")]
    assert take({**one, "销售规格": "1斤装"}).created == 1
    swapped = take({**FIVE, "销售规格": "10斤装"}, {**TEN, "销售规格": "5斤装"})
    assert [code for _row, code, _field in told(swapped)] == ["variant_taken"] * 2
    with people.runtime.work(people.actor("supplier")) as w:
        service.submit_all(w)
        for listing in goods(people).values():
            if listing.sku != "SL-0001":
                service.withdraw(w, listing.id)
    assert take({**FIVE, "品名": "示例 别的瓜"}).updated == 1  # what is out is not asked


def test_a_size_that_was_taken_while_the_sheet_waited_is_refused_and_the_rest_is_written(
    people: People, supplier: Supplier
) -> None:
    """P23: a row that was good when read and is not when written is counted and told."""
    sheet = a_sheet(FIVE, TEN)
    with people.runtime.reading() as session:
        at = people.runtime.clock.now()
        checked = queries.check_sheet(session, supplier.id, Upload(sheet, "目录.csv"), at)
    a_draft_listing(people, sku="HAND", group_code="JD", variant="10斤装")
    with people.runtime.work(people.actor("supplier")) as w:
        taken = service.accept(w, supplier.id, checked)
    assert (taken.created, taken.refused) == (1, 1)
    assert taken.refusals["3"][0] == "variant_taken"


def test_sizes_leave_with_an_export_and_come_back_unchanged(
    people: People, supplier: Supplier, client_as: Clients
) -> None:
    """P26: also when one of them says something else than the others since an edit was refused."""
    five, _ten = sizes_on_sale(people)
    with people.runtime.work(people.actor("supplier")) as w:
        service.revise(
            w, five.id, some_goods(title="示例 改过的瓜", group_code="JD", variant="5斤装")
        )
    decide(people, five, "approve")
    client = client_as("supplier")
    book = client.get("/supplier/listings/export").get_data()
    answer = post(client, "/supplier/import", sheet=(io.BytesIO(book), "我的商品.xlsx"))
    page = client.get(answer.location).text
    assert "读取 2 行 = 新增 0 + 更新 0 + 未变 2 + 拒绝 0" in page


def decide(people: People, listing: Listing, verb: str) -> None:
    with people.runtime.work(people.actor("reviewer")) as w:
        waiting = queries.open_change(w.session, listing.id)
        assert waiting is not None
        seen = rules.seen_of(waiting.base, waiting.fingerprint)
        service.use_change(w, waiting.id, verb, note="示例", seen=seen)


def test_what_all_sizes_share_is_changed_for_all_of_them(
    people: People, supplier: Supplier
) -> None:
    with people.runtime.work() as w:
        regions.add_village(w, COUNTY, "示例村")
    five, ten = sizes_on_sale(people)
    size = {"group_code": "JD", "variant": "1斤装", "villages": ("示例村",)}
    draft = a_draft_listing(people, sku="SL-0003", **size)
    moved = {"title": "示例 改过的瓜", "county": "柞水县"}
    said = some_goods(**moved, group_code="JD", variant="5斤装", spec="3个/箱")
    with people.runtime.work(people.actor("supplier")) as w:
        service.revise(w, five.id, said)
    with people.runtime.reading() as session:
        edits = {one.listing_id: one for one in session.scalars(select(ChangeSet))}
        assert {one: edits[one].fields for one in edits} == {
            five.id: ["title", "spec", "county"],
            ten.id: ["title", "county"],
        }
        assert queries.villages(session, draft.id) == []  # there is none in the other county
        assert session.get_one(Listing, draft.id).name == "示例 改过的瓜 1斤装"
        assert session.get_one(Listing, ten.id).title == TITLE  # until a person has seen it
    decide(people, ten, "approve")
    assert goods(people)["SL-0002"].name == "示例 改过的瓜 10斤装"


def test_the_form_refuses_what_does_not_fit_into_a_group(
    people: People, supplier: Supplier
) -> None:
    sizes_on_sale(people)
    bad: tuple[tuple[dict[str, object], str], ...] = (
        ({"group_code": "JD", "variant": "5斤装"}, "variant_taken"),
        ({"group_code": "JD", "variant": "1斤装", "title": "示例 别的瓜"}, "group_differs_known"),
        ({"group_code": "JD"}, "variant_missing"),
        ({"variant": "1斤装"}, "group_missing"),
    )
    for changes, code in bad:
        with pytest.raises((Invalid, Refused)) as refused:
            a_draft_listing(people, sku="SL-0009", **changes)  # type: ignore[arg-type]  # goods
        assert refused.value.code == code
    alone = a_draft_listing(people, sku="SL-0009", title="示例 别的瓜")
    with pytest.raises(Refused), people.runtime.work(people.actor("supplier")) as w:
        moved = some_goods("SL-0009", title="示例 别的瓜", group_code="JD", variant="1斤装")
        service.revise(w, alone.id, moved)


def test_a_group_grows_no_larger_by_hand_than_by_a_sheet(people: People, take: Take) -> None:
    take(*({**FIVE, "销售规格": f"{n}斤装"} for n in range(1, queries.MOST_SIZES + 1)))
    with pytest.raises(Refused, match="group_too_large"):
        a_draft_listing(people, sku="HAND", group_code="JD", variant="半斤装")


def test_which_size_it_is_is_looked_at_by_a_person_and_its_group_code_is_not(
    people: People, supplier: Supplier
) -> None:
    five, ten = sizes_on_sale(people)
    with people.runtime.work(people.actor("supplier")) as w:
        moved = service.revise(w, five.id, some_goods(group_code="NEW", variant="5 斤装"))
        assert moved is not None
        assert moved.state is ChangeState.APPROVED
        larger = service.revise(w, five.id, some_goods(group_code="NEW", variant="10斤装"))
        assert larger is not None
        assert (larger.state, larger.fields) == (ChangeState.PROPOSED, ["variant"])
    with people.runtime.work(people.actor("supplier")) as w:
        back = some_goods("SL-0002", group_code="NEW", variant="10斤装", sale_price=Money(99_00))
        service.revise(w, ten.id, back)
    with pytest.raises(Refused) as refused:
        decide(people, five, "approve")
    assert refused.value.code == "variant_taken"


def test_a_size_that_somebody_else_has_now_is_not_brought_back_by_an_undo(
    people: People, supplier: Supplier, take: Take, clock: SetClock
) -> None:
    take(FIVE)
    clock.advance(seconds=1)
    take({**FIVE, "销售规格": "6斤装"})
    a_draft_listing(people, sku="HAND", group_code="JD", variant="5斤装")
    with people.runtime.reading() as session:
        last = queries.last_import(session, supplier.id)
    assert last is not None
    with pytest.raises(Refused) as refused, people.runtime.work(people.actor("supplier")) as w:
        service.undo(w, last)
    assert refused.value.code == "import_changed"
    assert goods(people)["SL-0001"].variant == "6斤装"


def test_a_buyer_chooses_a_size_and_sees_it_in_words_from_the_card_to_the_order(
    people: People, supplier: Supplier, app: Flask, client_as: Clients
) -> None:
    five, ten = sizes_on_sale(people)
    once(people.runtime)
    visitor = app.test_client()
    shelf = visitor.get("/search?q=10斤装").text
    assert f"/listings/{ten.id}" in shelf
    assert f"/listings/{five.id}" not in shelf
    page = visitor.get(f"/listings/{five.id}").text
    assert f"<h1>{TITLE} 5斤装</h1>" in page
    assert 'aria-current="true">5斤装 · ¥59.00 · 有货' in page
    assert f'href="/listings/{ten.id}">10斤装 · ¥99.00 · 有货' in page
    buyer = client_as("employee")
    post(buyer, f"/basket/{ten.id}", on=f"/listings/{ten.id}", quantity="1")
    assert f"{TITLE} 10斤装" in buyer.get("/basket").text
    a_purchase(people, ten)
    with people.runtime.reading() as session:
        assert session.scalars(select(OrderLine.title)).all() == [f"{TITLE} 10斤装"]
    with people.runtime.work(people.actor("supplier")) as w:
        service.withdraw(w, ten.id)
    alone = visitor.get(f"/listings/{five.id}").text
    assert "选择规格" not in alone  # there is nothing to choose


def test_the_suppliers_list_keeps_sizes_together(
    people: People, supplier: Supplier, take: Take, client_as: Clients
) -> None:
    take({**FIVE, "货号": "A"}, {"货号": "B"}, {**TEN, "货号": "C"})
    client = client_as("supplier")
    page = client.get("/supplier/listings").text
    assert page.count("款号 JD：2 种规格") == 2
    group = client.get("/supplier/listings?group=JD").text
    assert "10斤装" in group
    assert f">{TITLE}</a>" not in group  # B has one size only
    assert all(one.state is ListingState.DRAFT for one in goods(people).values())
