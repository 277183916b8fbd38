"""Words that need a certificate, or may not stand in a listing, are found where they stand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalog import rules, service
from marketplace.catalog.models import ChangeSet, Listing
from marketplace.catalog.states import ListingState
from marketplace.kernel.errors import Invalid
from tests.fixtures import People, post
from tests.makers.catalog import a_draft_listing, a_listing, a_sheet, some_goods
from tests.makers.suppliers import a_draft_supplier, an_approved_supplier

GOOD = """
[[words]]
check = "words_superlative"
grade = "fail"
words = ["最佳"]
except = ["最佳食用"]
source = "示例"
"""


def found(text: str) -> list[tuple[str, str, object]]:
    return [(f.check, f.grade.value, f.data["words"]) for f in rules.wording({"title": text})]


@pytest.mark.parametrize(
    ("text", "check", "grade", "words"),
    [
        ("有机黑木耳", "words_organic", "warn", "有机"),
        ("绿色食品 大米", "words_green", "warn", "绿色食品"),
        ("国家地理标志产品", "words_gi", "warn", "地理标志"),
        ("正宗西湖龙井", "words_gi_name", "warn", "西湖龙井"),
        ("机关特供 蜂蜜", "words_special_supply", "fail", "特供"),
        ("工会专供", "words_special_supply", "warn", "专供"),
        ("降血糖苦荞茶", "words_health", "fail", "降血糖"),
        ("养生苦荞茶", "words_health", "warn", "养生"),
        ("国家级品质", "words_superlative", "fail", "国家级"),
        ("国 家 级 品质", "words_superlative", "fail", "国家级"),
        ("最甜的瓜", "words_superlative", "warn", "最"),
        ("第一名的瓜", "words_superlative", "warn", "第一"),
    ],
)
def test_a_word_is_found_with_its_grade(text: str, check: str, grade: str, words: str) -> None:
    assert found(text) == [(check, grade, words)]


@pytest.mark.parametrize(
    "text",
    [
        "施有机肥的黑木耳", "第一书记带货", "最后一茬", "国家级贫困县产", "最佳食用期 15 天",
        "每袋最大 500 克", "第一产业示范", "最低温度 0℃", "妇幼保健院旁的果园", "普通土豆",
    ],
)  # fmt: skip  # a list
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert found(text) == []


def test_the_field_and_the_rule_are_told() -> None:
    (one,) = rules.wording({"title": "土豆", "storage": "最佳 0–4℃"})
    assert (one.field, one.data["words"]) == ("storage", "最佳")
    assert "广告法" in str(one.data["source"])


def test_claims_are_read_from_title_and_texts() -> None:
    assert rules.claims_of("有机苹果", ["地理标志产品"]) == ["organic", "gi"]
    assert rules.claims_of("苹果", ["施有机肥"]) == []
    assert rules.claims_in({"title": "苹果", "ingredients": "有机苹果", "unit": "有机"}) == [
        "organic"
    ]


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ('grade = "fail"', 'grade = "pass"', "grade"),
        ('source = "示例"', 'source = ""', "missing"),
        ('["最佳"]', "[]", "missing"),
        ('["最佳"]', '["最佳", "最 佳"]', "twice"),
        ('["最佳食用"]', '["食用"]', "look like none"),
        ('source = "示例"', 'source = "示例"\nclaim = "kosher"', "kosher"),
        ('except = ["最佳食用"]\n', "", "has"),
        ("[[words]]", GOOD + "[[words]]", "twice"),
    ],
)
def test_a_broken_list_is_refused_with_its_row_and_reason(was: str, now: str, told: str) -> None:
    assert rules.read_words(GOOD)
    with pytest.raises(ValueError, match="row") as refusal:
        rules.read_words(GOOD.replace(was, now, 1))
    assert told in str(refusal.value)


def test_a_forbidden_word_stops_the_submission_and_not_the_draft(people: People) -> None:
    a_draft_supplier(people)
    listing = a_draft_listing(people, title="示例 特供 瓜", storage="最佳")
    with pytest.raises(Invalid) as refusal, people.runtime.work(people.actor("supplier")) as w:
        service.submit(w, listing.id)
    assert refusal.value.code == "words_refused"
    assert refusal.value.data["words"] == "特供"


def test_a_word_for_a_person_does_not_stop_the_submission(people: People) -> None:
    a_draft_supplier(people)
    listing = a_draft_listing(people, title="示例 最甜 瓜")
    with people.runtime.work(people.actor("supplier")) as w:
        assert service.submit(w, listing.id).state is ListingState.SUBMITTED


def test_of_many_drafts_those_with_forbidden_words_stay(people: People) -> None:
    a_draft_supplier(people)
    a_draft_listing(people, sku="A")
    a_draft_listing(people, sku="B", title="示例 特供 瓜")
    with people.runtime.work(people.actor("supplier")) as w:
        assert service.submit_all(w) == (1, 1)


@pytest.mark.parametrize("name", ["no_delivery_to", "unit"])
def test_a_forbidden_word_is_found_in_every_field_that_buyers_read(name: str) -> None:
    assert rules.wording({name: "特供"})


def test_an_edit_of_what_is_on_sale_is_refused_beside_its_field(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    an_approved_supplier(people)
    listing = a_listing(people)
    with pytest.raises(Invalid), people.runtime.work(people.actor("supplier")) as w:
        service.revise(w, listing.id, some_goods(title="示例 特供 瓜"))
    form = f"/supplier/listings/{listing.id}/edit"
    said = {"sku": "SL-0001", "title": "示例 特供 瓜", "category": "fruit", "county": "653129",
            "unit": "箱", "supply_price": "45.00", "sale_price": "59.00"}  # fmt: skip  # a form
    answer = post(client_as("supplier"), form, **said)
    assert answer.status_code == 422
    assert "写了不能用的词：特供" in answer.text


def test_a_row_of_a_sheet_with_a_forbidden_word_is_refused_for_goods_on_sale(
    people: People,
) -> None:
    """P23: it is counted as refused, and nothing of it is proposed."""
    supplier = an_approved_supplier(people)
    a_listing(people)
    sheet = a_sheet({"品名": "示例 特供 瓜"}, {"品名": "示例 特供 土豆"})
    with people.runtime.work(people.actor("supplier")) as w:
        checked = service.import_sheet(w, supplier.id, sheet, "商品.csv")
        counted = (checked.created, checked.updated, checked.unchanged)
        assert w.session.scalars(select(ChangeSet)).all() == []
        assert w.session.scalars(select(Listing.title).order_by(Listing.sku)).all() == [
            "示例 伽师瓜 2 个装",
            "示例 特供 土豆",  # a draft may say anything until it is submitted
        ]
    assert counted == (1, 0, 0)


def test_reviewer_and_supplier_are_shown_the_words(
    people: People, client_as: Callable[[str], FlaskClient]
) -> None:
    a_draft_supplier(people)
    listing = a_draft_listing(people, title="示例 最甜 有机 瓜")
    for name, page in (("supplier", "supplier/listings"), ("reviewer", "desk/listings")):
        told = client_as(name).get(f"/{page}/{listing.id}").text
        assert "写有“有机”" in told
        assert "可能是绝对化用语" in told
