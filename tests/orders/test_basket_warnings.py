"""What the basket says by itself: prices, stock, what is gone, and what outlasts a sign-in."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from marketplace.catalog.models import Listing
from marketplace.catalog.service import set_stock
from marketplace.catalog.states import ListingState
from marketplace.kernel.money import Money
from tests.fixtures import PASSWORD, People, post, sign_in
from tests.makers.catalog import a_listing
from tests.makers.orders import an_address
from tests.orders.test_buying_pages import hidden, put, submit, text_of

SignIn = Callable[[str], FlaskClient]


def stocked(people: People, listing: Listing, pieces: int) -> None:
    with people.runtime.work(people.actor("supplier")) as w:
        set_stock(w, listing.id, pieces)


def test_the_basket_tells_of_prices_and_stock_and_lets_what_is_gone_out(
    people: People, client_as: SignIn, melon: Listing
) -> None:
    """P16: both prices; few left, less than wanted, none left, not for sale any more."""
    scarce = a_listing(people, sku="B-2", title="示例 紧俏")
    none = a_listing(people, sku="B-3", title="示例 卖光")
    gone = a_listing(people, sku="B-4", title="示例 下架")
    buyer = client_as("employee")
    an_address(people)
    for listing in (melon, scarce, none, gone):
        assert put(buyer, listing, "2") == 303
    assert "库存紧张" not in text_of(buyer, "/basket")
    stocked(people, scarce, 3)
    stocked(people, none, 0)
    with people.runtime.work() as w:
        w.session.get_one(Listing, melon.id).sale_price = Money(61_00)
        w.session.get_one(Listing, gone.id).state = ListingState.WITHDRAWN
    page = text_of(buyer, "/basket")
    assert "价格变了：放进来时 ¥59.00，现在 ¥61.00" in page
    assert "库存紧张，还剩 3 件" in page
    assert "现在没有货" in page
    assert "下面的商品已下架" in page
    assert "拿出现在不能买的 2 种" in page
    assert "去结算" not in page
    stocked(people, scarce, 1)
    assert "库存不足，只剩 1 件" in text_of(buyer, "/basket")
    stocked(people, scarce, 3)
    assert post(buyer, "/basket/leave-out", on="/basket").status_code == 303
    page = text_of(buyer, "/basket")
    assert "示例 卖光" not in page
    assert "示例 下架" not in page
    assert "示例 紧俏" in page
    assert "去结算" in page
    assert "价格变了：放进来时 ¥59.00，现在 ¥61.00" in text_of(buyer, "/checkout")


def test_what_a_visitor_wants_comes_back_after_the_sign_in(
    app: Flask, people: People, melon: Listing
) -> None:
    """One press then puts it in; a stranger's or a tampered wish opens nothing."""
    visitor = app.test_client()
    shown = visitor.get(f"/listings/{melon.id}")
    answer = post(visitor, f"/basket/{melon.id}", on=f"/listings/{melon.id}", quantity="3")
    assert shown.status_code == 200
    assert answer.status_code == 303
    page = visitor.get(answer.location).get_data(as_text=True)
    wish = f"/basket/{melon.id}/wish?quantity=3"
    assert wish in page.replace("&amp;", "&")
    mobile = f"1350000{list(people.ids).index('employee'):04d}"
    entered = post(
        visitor, "/sign-in", on=answer.location, login=mobile, password=PASSWORD, next=wish
    )
    assert entered.location.endswith(wish)
    page = text_of(visitor, wish)
    assert 'value="3"' in page
    assert melon.name in page
    assert "购物车还是空的" in text_of(visitor, "/basket")
    assert put(visitor, melon, "3") == 303
    other = sign_in(app, mobile)
    assert 'value="3"' in text_of(other, "/basket")
    assert other.get(f"/basket/{people.ids['employee']}/wish").status_code == 404


def test_goods_of_one_supplier_ship_together_and_cost_freight_once(
    people: People, client_as: SignIn, melon: Listing, walnut: Listing
) -> None:
    """P5"""
    second = a_listing(people, sku="B-5", title="示例 同一家")
    buyer = client_as("employee")
    address = an_address(people)
    for listing in (melon, walnut, second):
        put(buyer, listing)
    page = text_of(buyer, "/basket")
    assert page.count("一起发货") == 2 + page.count("同一家供应商的商品一起发货")
    answer = submit(buyer, {**hidden(buyer), "no_return": "y"}, address.id)
    assert answer.status_code == 303
    assert text_of(buyer, answer.location).count("示例合作社") >= 2
