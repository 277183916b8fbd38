"""The pages of plans: the whole way by forms, and every wrong input with its answer."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from marketplace.catalog.models import Listing
from marketplace.purchasing import service
from marketplace.purchasing.models import Plan
from tests.fixtures import People, post
from tests.makers.catalog import a_listing
from tests.makers.purchasing import (
    a_people_sheet,
    a_plan,
    an_empty_plan,
    approved,
    ordered,
    paid,
    submitted,
)
from tests.makers.suppliers import COUNTY, an_approved_supplier
from tests.makers.unions import a_budget

ClientAs = Callable[[str], FlaskClient]
FRAME = {
    "title": "中秋节日慰问",
    "per_person": "480",
    "minutes": "示例纪要 1 号",
    "address_id": "new",
    "recipient": "示例收货人",
    "mobile": "13700000001",
    "county": COUNTY,
    "street": "示例路 1 号",
}


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def uploaded(client: FlaskClient, plan: Plan, data: bytes) -> tuple[int, str]:
    page = f"/plans/{plan.id}"
    answer = post(client, f"{page}/people", on=page, people=(io.BytesIO(data), "名单.csv"))
    return answer.status_code, answer.get_data(as_text=True)


def put(client: FlaskClient, plan: Plan, listing_id: object, pieces: str) -> tuple[int, str]:
    page = f"/plans/{plan.id}"
    answer = post(client, f"{page}/lines", on=page, listing_id=str(listing_id), pieces=pieces)
    return answer.status_code, answer.get_data(as_text=True)


def test_a_union_buys_for_thirty_people(client_as: ClientAs, people: People) -> None:
    an_approved_supplier(people)
    listing = a_listing(people)
    people.runtime.deliver()  # the search index hears of it
    budget = a_budget(people)
    buyer, approver = client_as("union_buyer"), client_as("union_approver")
    made = post(buyer, "/plans/new", budget_id=str(budget.id), **FRAME)
    assert made.status_code == 303
    page = made.headers["Location"]
    assert "伽师瓜" in text_of(buyer, f"{page}?find=伽师瓜")
    lines = {"listing_id": str(listing.id), "pieces": "2"}
    assert post(buyer, f"{page}/lines", on=page, **lines).status_code == 303
    sheet = (io.BytesIO(a_people_sheet()), "名单.csv")
    assert post(buyer, f"{page}/people", on=page, people=sheet).status_code == 303
    assert "中秋节日慰问：30 人，每人 480 元" in text_of(buyer, page)
    assert post(buyer, f"{page}/submit", on=page).status_code == 303
    assert "¥3,540.00" in text_of(buyer, "/plans")
    assert post(approver, f"{page}/approve", on=page).status_code == 303
    assert post(buyer, f"{page}/order", on=page).status_code == 303
    assert "已下单" in text_of(buyer, page)
    assert "看付款信息和订单" in text_of(buyer, page)


@pytest.mark.parametrize("maker", [a_plan, submitted, approved, ordered, paid])
@pytest.mark.parametrize("name", ["union_buyer", "union_approver", "union_treasurer", "auditor"])
def test_every_state_has_its_page_in_both_languages(  # type: ignore[no-untyped-def]  # makers differ
    client_as: ClientAs, people: People, maker, name: str
) -> None:
    plan = a_plan(people, count=2)
    if maker is not a_plan:
        maker(people, plan)
    client = client_as(name)
    page = text_of(client, f"/plans/{plan.id}")
    assert "139****0001" in page
    assert "13912340001" not in page
    client.set_cookie("mp_language", "en")
    english = text_of(client, f"/plans/{plan.id}").split('id="mp-main"', 1)[1]
    assert "PlanState" not in english
    assert "Mid-Autumn" not in english  # what people typed stays as they typed it
    said = re.sub(r"<[^>]+>", " ", english)
    for word in ("规则", "领取名单", "每人", "审批", "收货", "下单"):
        assert word not in said, word


@pytest.mark.parametrize("name", ["employee", "supplier", "reviewer", "manager"])
def test_strangers_do_not_come_in(client_as: ClientAs, people: People, name: str) -> None:
    plan = an_empty_plan(people)
    client = client_as(name)
    assert client.get("/plans").status_code == 403
    assert client.get(f"/plans/{plan.id}").status_code == 403


def test_an_unknown_plan_or_verb_is_missing(client_as: ClientAs, people: People) -> None:
    plan = an_empty_plan(people)
    client = client_as("union_buyer")
    assert client.get(f"/plans/{uuid.uuid4()}").status_code == 404
    assert post(client, f"/plans/{plan.id}/explode", on="/plans").status_code == 404


@pytest.mark.parametrize("pieces", ["-1", "0", "0.5", "1e18", "10000", "NaN", "２", "二", ""])
def test_pieces_that_are_no_number_are_refused(
    client_as: ClientAs, people: People, pieces: str
) -> None:
    an_approved_supplier(people)
    listing = a_listing(people)
    plan = an_empty_plan(people)
    status, said = put(client_as("union_buyer"), plan, listing.id, pieces)
    assert status == 422
    assert "还没有选商品" in said


@pytest.mark.parametrize("listing", ["", "1", "../../x", str(uuid.UUID(int=0))])
def test_goods_that_are_none_are_refused(client_as: ClientAs, people: People, listing: str) -> None:
    plan = an_empty_plan(people)
    status, _ = put(client_as("union_buyer"), plan, listing, "1")
    assert status in {404, 422}


@pytest.mark.parametrize("amount", ["12,5元", "-1", "0", "NaN", "1e18", "４８０", "480.005", ""])
def test_a_ceiling_that_is_no_amount_is_refused(
    client_as: ClientAs, people: People, amount: str
) -> None:
    budget = a_budget(people)
    fields = {**FRAME, "per_person": amount, "budget_id": str(budget.id)}
    answer = post(client_as("union_buyer"), "/plans/new", **fields)
    assert answer.status_code == 422
    assert "请填写" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mobile", "123"),
        ("county", "没有这个县"),
        ("street", ""),
        ("recipient", ""),
        ("title", ""),
        ("budget_id", str(uuid.UUID(int=0))),
        ("budget_id", "x"),
        ("address_id", str(uuid.UUID(int=0))),
        ("address_id", "x"),
    ],
)
def test_a_frame_that_is_wrong_is_shown_again(
    client_as: ClientAs, people: People, field: str, value: str
) -> None:
    budget = a_budget(people)
    fields = {**FRAME, "budget_id": str(budget.id), field: value}
    answer = post(client_as("union_buyer"), "/plans/new", **fields)
    assert answer.status_code == 422
    assert "aria-invalid" in answer.get_data(as_text=True) or "bad" in answer.get_data(as_text=True)
    with people.runtime.reading() as session:
        assert session.scalars(select(Plan)).all() == []


def test_a_list_with_problems_is_shown_row_by_row(client_as: ClientAs, people: People) -> None:
    plan = a_plan(people, count=2)
    sheet = "姓名,手机号\n示例甲,13912345678\n示例乙,12345\n".encode()
    status, said = uploaded(client_as("union_buyer"), plan, sheet)
    assert status == 422
    assert "名单没有收下，现有名单未改动" in said
    assert "手机号" in said
    assert "12345" in said
    assert ">3<" in said  # the row, as a spreadsheet counts
    assert "：2 人" in said


def test_a_list_without_a_file_is_refused(client_as: ClientAs, people: People) -> None:
    plan = an_empty_plan(people)
    page = f"/plans/{plan.id}"
    answer = post(client_as("union_buyer"), f"{page}/people", on=page)
    assert answer.status_code == 422
    assert "请选择名单文件" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "文件按 GB18030 读取，请核对姓名是否正确。"),
        ("en", "The file was read as GB18030; please check that the names are right."),
    ],
)
def test_a_list_read_as_gb18030_asks_to_check_the_names(
    client_as: ClientAs, people: People, language: str, said: str
) -> None:
    plan = an_empty_plan(people)
    client = client_as("union_buyer")
    client.set_cookie("mp_language", language)
    sheet = "姓名,手机号\n示例甲,13912345678\n"
    assert uploaded(client, plan, sheet.encode())[0] == 303
    assert "GB18030" not in text_of(client, f"/plans/{plan.id}")
    assert uploaded(client, plan, sheet.encode("gb18030"))[0] == 303
    assert said in text_of(client, f"/plans/{plan.id}")


def test_a_plan_above_the_ceiling_says_by_how_much(client_as: ClientAs, people: People) -> None:
    budget = a_budget(people)
    an_approved_supplier(people)
    plan = a_plan(people, ((a_listing(people).id, 9),), budget=budget)
    page = f"/plans/{plan.id}"
    answer = post(client_as("union_buyer"), f"{page}/submit", on=page)
    assert answer.status_code == 409
    assert "每人 ¥531.00，超过上限 ¥480.00" in answer.get_data(as_text=True)


def test_a_return_without_a_reason_is_refused(client_as: ClientAs, people: People) -> None:
    plan = submitted(people, a_plan(people))
    page = f"/plans/{plan.id}"
    answer = post(client_as("union_approver"), f"{page}/return", on=page, note=" ")
    assert answer.status_code == 422
    assert "请写明原因" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("note", "said"), [("长" * 501, "最多 500 个字"), ("缺\x07规格", "看不见的控制字符")]
)
def test_a_reason_that_is_too_long_or_not_text_is_refused(
    client_as: ClientAs, people: People, note: str, said: str
) -> None:
    plan = submitted(people, a_plan(people))
    page = f"/plans/{plan.id}"
    approver = client_as("union_approver")
    answer = post(approver, f"{page}/return", on=page, note=note)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert post(approver, f"{page}/return", on=page, note="长" * 500).status_code == 303


def test_a_changed_good_says_so_on_the_page(client_as: ClientAs, people: People) -> None:
    plan = approved(people, a_plan(people))
    with people.runtime.work() as w:
        w.session.execute(update(Listing).values(fingerprint="b" * 64))
    assert "商品内容已改" in text_of(client_as("union_buyer"), f"/plans/{plan.id}")


def test_a_plan_is_edited_by_its_form(client_as: ClientAs, people: People) -> None:
    plan = an_empty_plan(people)
    client = client_as("union_buyer")
    edit = f"/plans/{plan.id}/edit"
    assert "中秋节日慰问" in text_of(client, edit)
    fields = {
        **FRAME,
        "title": "重阳慰问",
        "budget_id": str(plan.budget_id),
        "address_id": str(plan.address_id),
    }
    assert post(client, edit, **fields).status_code == 303
    assert "重阳慰问" in text_of(client, f"/plans/{plan.id}")


def test_plans_are_listed_by_state(client_as: ClientAs, people: People) -> None:
    submitted(people, a_plan(people))
    client = client_as("union_approver")
    assert "中秋节日慰问" in text_of(client, "/plans?state=submitted")
    assert "还没有方案" in text_of(client, "/plans?state=ordered")
    assert "中秋节日慰问" in text_of(client, "/plans?state=nonsense")


def test_the_template_of_the_list_is_taken_back(client_as: ClientAs, people: People) -> None:
    plan = an_empty_plan(people)
    client = client_as("union_buyer")
    sheet = client.get("/plans/people.csv").get_data()
    assert uploaded(client, plan, sheet)[0] == 303


def test_a_page_that_was_opened_before_the_plan_changed_approves_nothing(
    people: People, client_as: ClientAs
) -> None:
    """P15: returned, changed and submitted again meanwhile: the button is for what was shown."""
    plan = submitted(people, a_plan(people))
    approver = client_as("union_approver")
    page = approver.get(f"/plans/{plan.id}").text
    (old,) = re.findall(r'action="([^"]*/approve[^"]*)"', page)
    with people.runtime.work(people.actor("union_approver")) as w:
        service.send_back(w, plan.id, "示例：人数不对")
    with people.runtime.work(people.actor("union_buyer")) as w:
        service.set_recipients(w, plan.id, a_people_sheet(3))
    submitted(people, plan)
    assert post(approver, old, on=f"/plans/{plan.id}").status_code == 409
    (new,) = re.findall(r'action="([^"]*/approve[^"]*)"', approver.get(f"/plans/{plan.id}").text)
    assert post(approver, new, on=f"/plans/{plan.id}").status_code == 303
