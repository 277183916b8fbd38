"""The page of figures: its clock, its links, its filter, its sheets."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from marketplace.kernel.clock import SetClock
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import Money
from marketplace.web.paging import PER_PAGE
from tests.fixtures import People
from tests.makers.sales import Goods, a_sale, called_off

CLOCK = "口径：按付款时间计（上海时间）；已付款订单取消时，退款登记的那一刻记负数；不含运费。"
FIGURE = re.compile(r'<td role="cell" class="n"[^>]*><a href="([^"]+)">([^<]+)</a>')
TOTAL = re.compile(r'<a href="([^"]+)" aria-label="(\S+) (\S+)，打开明细"')
AMOUNT = re.compile(r'<td class="n money" role="cell" data-label="金额">(-?)¥([\d,.]+)</td>')


@pytest.fixture
def manager(
    people: People, goods: Goods, clock: SetClock, client_as: Callable[[str], FlaskClient]
) -> FlaskClient:
    """Two months, both suppliers, a union, and one order that went back."""
    a_sale(people, {goods.melons: 1, goods.peppers: 2, goods.nuts: 2})
    a_sale(people, {goods.nuts: 4}, "union_buyer", source=FundSource.UNION)
    (order,) = a_sale(people, {goods.melons: 3})
    clock.advance(days=10)
    called_off(people, order)
    a_sale(people, {goods.melons: 5})
    return client_as("manager")


def read(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def test_the_page_names_its_clock(manager: FlaskClient) -> None:
    for path in ("/statistics", "/statistics/lines", "/statistics/by/county"):
        assert CLOCK in read(manager, path)


def test_the_page_says_that_it_agrees_with_the_ledger(manager: FlaskClient) -> None:
    assert "与账本一致" in read(manager, "/statistics")


def test_lists_of_counties_are_not_added_up(manager: FlaskClient) -> None:
    assert "一件可属多份名录，合计不相加。" in read(manager, "/statistics")


def test_every_figure_opens_to_lines_that_sum_to_it(manager: FlaskClient) -> None:
    source = read(manager, "/statistics")
    figures = [(url, words) for url, _label, words in TOTAL.findall(source)]
    figures += FIGURE.findall(source)
    assert len(figures) > 40
    opened: dict[str, tuple[str, ...]] = {}
    for url, words in figures:
        if url not in opened:
            opened[url] = tuple(_sums_of_lines(manager, html.unescape(url)))
        assert words in opened[url], (url, words)
    for amount, *_rest in opened.values():
        assert amount in {words for _url, words in figures}


def _sums_of_lines(client: FlaskClient, url: str) -> Iterator[str]:
    """As written on the page: amount, orders, lines, pieces; counted from the rows of the sheet
    and, for the amount, from the cells of the page too."""
    rows = _sheet(client, url.replace("/lines", "/lines.csv"))
    fen = sum(round(float(row["金额（元）"]) * 100) for row in rows)
    on_page = sum(
        (-1 if sign else 1) * int(figure.replace(",", "").replace(".", ""))
        for sign, figure in AMOUNT.findall(read(client, url))
    )
    assert fen == on_page
    yield str(Money(fen))
    signs = {"销售": 1, "退款": -1}
    orders = {(row["订单编号"], row["类别"]) for row in rows}
    yield f"{sum(signs[kind] for _number, kind in orders):,}"
    yield f"{sum(signs[row['类别']] for row in rows):,}"
    yield f"{sum(int(row['数量']) for row in rows):,}"


def _sheet(client: FlaskClient, url: str) -> list[dict[str, str]]:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def test_a_sheet_of_groups_sums_to_the_page(manager: FlaskClient) -> None:
    rows = _sheet(manager, "/statistics/by/month/sheet.csv")
    assert [row["按月"] for row in rows] == ["2026-12", "2026-11"]
    assert [row["件数"] for row in rows] == ["2", "12"]
    assert rows[0]["金额（元）"] == "118.00"


def test_a_sheet_keeps_to_the_filter(manager: FlaskClient) -> None:
    rows = _sheet(manager, "/statistics/lines.csv?source=union")
    assert [(row["采购单位"], row["数量"]) for row in rows] == [("示例银行工会", "4")]
    assert _sheet(manager, "/statistics/by/source/sheet.csv?source=union")[0]["件数"] == "4"


def test_every_choice_of_the_filter_is_answered(manager: FlaskClient) -> None:
    source = read(manager, "/statistics")
    asked = 0
    for name in ("supplier", "county", "designation", "organisation", "source"):
        options = source.split(f'<select id="{name}"', 1)[1].split("</select>", 1)[0]
        for value in re.findall(r'value="([^"]+)"', options):
            for path in ("/statistics", "/statistics/lines"):
                assert CLOCK in read(manager, f"{path}?{name}={value}")
            asked += 1
    assert asked >= 10


def test_a_row_leads_to_its_order(manager: FlaskClient) -> None:
    source = read(manager, "/statistics/lines?source=union")
    (path,) = re.findall(r'<a href="(/orders/[0-9a-f-]{36})">', source)
    assert "示例 核桃" in read(manager, path)


def test_long_lists_of_lines_are_paged_with_their_filter(
    people: People, goods: Goods, client_as: Callable[[str], FlaskClient]
) -> None:
    for _ in range(PER_PAGE + 1):
        a_sale(people, {goods.melons: 1})
    client = client_as("manager")
    first = read(client, "/statistics/lines?month_from=2026-11")
    assert 'rel="next" href="/statistics/lines?month_from=2026-11&amp;page=2"' in first
    second = read(client, "/statistics/lines?month_from=2026-11&page=2")
    counts = [len(AMOUNT.findall(source)) for source in (first, second)]
    assert counts == [PER_PAGE, 1]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("month_from=2026-13", "请写成“2026-11”这样的月份。"),
        ("month_from=％00", "请写成“2026-11”这样的月份。"),
        ("month_from=2026-12&month_to=2026-11", "截止月份早于起始月份，请调换。"),
        ("supplier=nonsense", "您的数据里没有这一项，请重新选择。"),
        ("organisation=0", "您的数据里没有这一项，请重新选择。"),
        ("county=' OR 1=1 --", "您的数据里没有这一项，请重新选择。"),
    ],
)
def test_a_filter_that_makes_no_sense_is_explained(
    client_as: Callable[[str], FlaskClient], question: str, said: str
) -> None:
    client = client_as("auditor")
    for path in ("/statistics", "/statistics/lines", "/statistics/lines.csv"):
        assert said in html.unescape(read(client, f"{path}?{question}", 422))


def test_an_unknown_grouping_is_missing(client_as: Callable[[str], FlaskClient]) -> None:
    client = client_as("auditor")
    read(client, "/statistics/by/weather", 404)
    read(client, "/statistics/by/weather/sheet.csv", 404)


def test_before_the_first_sale_the_page_says_so(client_as: Callable[[str], FlaskClient]) -> None:
    assert "还没有这样的销售" in read(client_as("manager"), "/statistics")
    assert "还没有这样的销售" in read(client_as("manager"), "/statistics/lines")
