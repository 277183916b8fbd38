"""The search page: words, filters, counts, orders and pages, and what helps when nothing fits."""

from __future__ import annotations

import re
import shutil

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.commands.serving import once
from marketplace.kernel.money import Money
from marketplace.web.paging import PER_PAGE
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.suppliers import an_approved_supplier

GOODS = (
    # title, category, county, yuan
    ("柞水黑木耳礼盒", "菌菇", "柞水县", 98),
    ("黑木耳 250 克", "菌菇", "伽师县", 38),
    ("木耳香菇酱", "调味品", "柞水县", 42),
    ("伽师瓜 2 个装", "瓜果", "伽师县", 59),
)
TITLE = re.compile(r'class="what"><a [^>]*>([^<]+)<')


@pytest.fixture
def shelf(people: People) -> None:
    an_approved_supplier(people)
    for n, (title, category, county, yuan) in enumerate(GOODS):
        a_listing(people, sku=f"S{n}", title=title, category=category, county=county,
                  sale_price=Money(yuan * 100), supply_price=Money(1_00))  # fmt: skip
    once(people.runtime)


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


def page_of(visitor: FlaskClient, **asked: str) -> str:
    answer = visitor.get("/search", query_string=asked)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def titles(page: str) -> list[str]:
    return TITLE.findall(page)


def offered(page: str, name: str) -> dict[str, str]:
    """What a filter offers: value → words."""
    inside = page.split(f'<select id="{name}"', 1)[1].split("</select>", 1)[0]
    return dict(re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)</option>', inside))


@pytest.mark.usefixtures("shelf")
def test_two_signs_find_goods_with_their_count(visitor: FlaskClient) -> None:
    page = page_of(visitor, q="木耳")
    assert titles(page) == ["木耳香菇酱", "柞水黑木耳礼盒", "黑木耳 250 克"]
    assert "找到 3 件" in page


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"category": "mushrooms"}, ["柞水黑木耳礼盒", "黑木耳 250 克"]),
        ({"province": "650000"}, ["黑木耳 250 克"]),
        ({"listed": "three-regions"}, ["黑木耳 250 克"]),
        ({"price_from": "42", "price_to": "97.99"}, ["木耳香菇酱"]),
        ({"sort": "dearest"}, ["柞水黑木耳礼盒", "木耳香菇酱", "黑木耳 250 克"]),
        ({"sort": "cheapest"}, ["黑木耳 250 克", "木耳香菇酱", "柞水黑木耳礼盒"]),
        ({"category": "mushrooms", "province": "610000"}, ["柞水黑木耳礼盒"]),
    ],
)
def test_filters_and_orders_narrow_what_is_shown(
    visitor: FlaskClient, people: People, asked: dict[str, str], found: list[str]
) -> None:
    assert titles(page_of(visitor, q="木耳", **asked)) == found
    shutil.rmtree(people.runtime.tools.config.data / "search")
    assert sorted(titles(page_of(visitor, q="木耳", **asked))) == sorted(found)


@pytest.mark.usefixtures("shelf")
def test_each_choice_tells_how_much_it_would_find(visitor: FlaskClient) -> None:
    page = page_of(visitor, q="木耳", category="mushrooms")
    assert offered(page, "category") == {
        "": "全部", "mushrooms": "菌菇 (2)", "spices": "调味品 (1)",
    }  # fmt: skip
    assert offered(page, "province") == {
        "": "全部", "610000": "陕西省 (1)", "650000": "新疆维吾尔自治区 (1)",
    }  # fmt: skip
    assert offered(page, "listed")["three-regions"].endswith("(1)")
    narrowed = page_of(visitor, q="木耳", province="650000")
    assert offered(narrowed, "listed")["832"].endswith("(1)")
    on_list = page_of(visitor, q="木耳", listed="three-regions")
    assert list(offered(on_list, "province")) == ["", "650000"]
    assert offered(narrowed, "category") == {"": "全部", "mushrooms": "菌菇 (1)"}


@pytest.mark.usefixtures("shelf")
def test_what_is_chosen_stands_there_with_its_way_off(visitor: FlaskClient) -> None:
    page = page_of(visitor, q="木耳", category="mushrooms", price_to="50", sort="cheapest")
    for said, left in (
        ("去掉条件：</span>菌菇", "q=木耳&price_to=50.00&sort=cheapest"),
        ("去掉条件：</span>≤ ¥50.00", "q=木耳&category=mushrooms&sort=cheapest"),
    ):
        link = page.split(said)[0].rsplit('href="', 1)[1].split('"')[0]
        answer = visitor.get(link.replace("&amp;", "&"))
        assert answer.request.args.to_dict() == dict(p.split("=") for p in left.split("&"))


@pytest.mark.usefixtures("shelf")
def test_without_words_the_filters_alone_browse(visitor: FlaskClient) -> None:
    page = page_of(visitor, province="650000", sort="cheapest")
    assert titles(page) == ["黑木耳 250 克", "伽师瓜 2 个装"]


@pytest.mark.usefixtures("shelf")
def test_an_empty_question_invites_and_shows_no_goods(visitor: FlaskClient) -> None:
    page = page_of(visitor)
    assert titles(page) == []
    assert "想找什么" in page


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("asked", "way", "count"),
    [
        ({"q": "木耳 手机"}, "只搜“木耳”", 3),
        ({"q": "柞水县手机壳"}, "只搜“柞水县”", 2),
        ({"q": "木耳", "category": "tea"}, "去掉筛选条件，搜“木耳”", 3),
    ],
)
def test_nothing_found_says_what_would_find_something(
    visitor: FlaskClient, asked: dict[str, str], way: str, count: int
) -> None:
    page = page_of(visitor, **asked)
    assert "没有找到" in page
    after = page.split(way, 1)[1]
    assert after.split("</li>", 1)[0].endswith(f"{count} 件</span>")
    link = page.split(way, 1)[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert len(titles(visitor.get(link).get_data(as_text=True))) == count


@pytest.mark.usefixtures("shelf")
def test_a_price_that_cannot_be_read_is_told_and_does_not_count(visitor: FlaskClient) -> None:
    page = page_of(visitor, q="木耳", price_from="很便宜")
    assert "请写成“59”或“59.90”这样的金额。" in page
    assert len(titles(page)) == 3
    assert "最高价低于最低价" in page_of(visitor, q="木耳", price_from="50", price_to="10")


@pytest.mark.parametrize("name", ["category", "province", "listed", "sort", "page", "price_to"])
@pytest.mark.parametrize("value", ["", "x", "-1", "' OR 1=1 --", "９９", "9" * 500, "木"])
def test_no_value_of_a_filter_breaks_the_page(visitor: FlaskClient, name: str, value: str) -> None:
    page_of(visitor, q="木耳", **{name: value})


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("name", "value"),
    [("province", "６５００００"), ("province", "65"), ("province", "6500000"), ("sort", "name"),
     ("category", "Tea!"), ("category", "茶"), ("listed", "a b"), ("price_from", "0")],
)  # fmt: skip
def test_a_value_without_sense_is_no_filter(visitor: FlaskClient, name: str, value: str) -> None:
    page = page_of(visitor, q="木耳", **{name: value})
    assert len(titles(page)) == 3
    assert "已选条件" not in page


def test_pages_keep_the_question_and_a_page_too_far_leads_back(
    people: People, visitor: FlaskClient
) -> None:
    an_approved_supplier(people)
    for n in range(PER_PAGE + 1):
        a_listing(people, sku=f"S{n}", title=f"黑木耳 {n:02d}")
    once(people.runtime)
    first = page_of(visitor, q="木耳", sort="cheapest")
    assert len(titles(first)) == PER_PAGE
    link = first.split('rel="next" href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = visitor.get(link).get_data(as_text=True)
    assert len(titles(second)) == 1
    assert set(titles(first)) & set(titles(second)) == set()
    beyond = page_of(visitor, q="木耳", page="9")
    assert "没有这么多页" in beyond
    assert "找到 25 件" in beyond


@pytest.mark.usefixtures("shelf")
def test_the_page_says_when_it_looks_into_titles_only_and_heals(
    people: People, visitor: FlaskClient
) -> None:
    """P32: dead search, living shop."""
    shutil.rmtree(people.runtime.tools.config.data / "search")
    page = page_of(visitor, q="木耳")
    assert "先按商品名查找" in page
    assert len(titles(page)) == 3
    assert offered(page, "category")["tea"] == "茶叶"  # nobody counted: every choice is open
    assert titles(page_of(visitor, q="喀什")) == []
    once(people.runtime)
    healed = page_of(visitor, q="喀什")
    assert "先按商品名查找" not in healed
    assert len(titles(healed)) == 2


@pytest.mark.usefixtures("shelf")
def test_words_from_the_address_are_text_and_never_markup(visitor: FlaskClient) -> None:
    page = page_of(visitor, q="<script>alert(1)</script>", category='"><img src=x>')
    assert "<script>alert" not in page
    assert "<img src=x" not in page
