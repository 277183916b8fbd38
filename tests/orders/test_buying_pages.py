"""Buying through the pages: basket, addresses, checkout, payment, delivery."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from marketplace.catalog.models import Listing
from marketplace.catalog.service import set_stock
from marketplace.kernel.clock import SetClock, end_of_day
from marketplace.kernel.money import Money
from marketplace.orders.models import Order, Purchase
from marketplace.payments.models import Tender
from marketplace.payments.states import PaymentState
from marketplace.suppliers.models import Supplier
from tests.fixtures import People, post
from tests.makers.batches import batch_fields
from tests.makers.catalog import a_listing
from tests.makers.orders import a_purchase, an_address, paid, the_order, the_payment
from tests.makers.suppliers import an_approved_supplier
from tests.orders.test_placing import how_many, stock_of

SignIn = Callable[[str], FlaskClient]
TOKEN = re.compile(r'name="(csrf_token|key|total|lines|final)" type="hidden" value="([^"]*)"')
WRONG = ["-1", "0", "0.5", str(10**18), "NaN", "１２", "", "1e3", "+1", "10000"]


def text_of(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return str(answer.get_data(as_text=True))


def put(client: FlaskClient, listing: Listing, quantity: str = "1") -> int:
    answer = post(client, f"/basket/{listing.id}", on="/basket", quantity=quantity)
    return int(answer.status_code)


def hidden(client: FlaskClient) -> dict[str, str]:
    """The hidden fields of the checkout page, as the browser would send them back."""
    page = text_of(client, "/checkout")
    form = page[page.index('action="/checkout"') :]
    return dict(TOKEN.findall(form))


def submit(
    client: FlaskClient, fields: dict[str, str], address_id: uuid.UUID, tender: str = "transfer"
) -> TestResponse:
    return client.post(
        "/checkout",
        data={"no_return": "y", **fields, "address": str(address_id), "tender": tender},
        headers={"Sec-Fetch-Site": "same-origin"},
    )


def test_an_employee_buys_by_transfer(
    people: People, client_as: SignIn, melon: Listing, walnut: Listing
) -> None:
    buyer = client_as("employee")
    address = an_address(people)
    assert put(buyer, melon, "2") == put(buyer, walnut) == 303
    page = text_of(buyer, "/basket")
    assert "示例合作社1" in page
    assert "一起发货" in page
    assert "¥148.00" in page
    answer = submit(buyer, hidden(buyer), address.id)
    assert answer.status_code == 303
    page = text_of(buyer, answer.location)
    with people.runtime.reading() as session:
        purchase = session.scalars(select(Purchase)).one()
    assert the_payment(people, purchase).reference in page
    assert "2026-12-14 12:00" in page  # the end of the hold: fifteen working days
    assert "购物车还是空的" in text_of(buyer, "/basket")
    assert purchase.number in text_of(buyer, "/orders")


def test_freight_is_shown_before_the_purchase(
    people: People, client_as: SignIn, melon: Listing
) -> None:
    with people.runtime.work() as w:
        supplier = w.session.get_one(Supplier, melon.supplier_id)
        supplier.freight_fee, supplier.free_freight_from = Money(8_00), Money(99_00)
    buyer = client_as("employee")
    an_address(people)
    put(buyer, melon)
    page = text_of(buyer, "/basket")
    assert "¥8.00" in page
    assert "再买 ¥40.00 就免运费" in page
    assert "¥67.00" in text_of(buyer, "/checkout")
    post(buyer, f"/basket/{melon.id}/change", on="/basket", quantity="2")
    page = text_of(buyer, "/checkout")
    assert "免运费" in page
    assert "¥118.00" in page


@pytest.mark.parametrize("quantity", WRONG)
def test_a_quantity_that_is_none_is_refused_everywhere(
    people: People, client_as: SignIn, melon: Listing, quantity: str
) -> None:
    buyer = client_as("employee")
    assert put(buyer, melon, quantity) == 422
    put(buyer, melon)
    address = an_address(people)
    changed = post(buyer, f"/basket/{melon.id}/change", on="/basket", quantity=quantity)
    assert changed.status_code == 422
    assert "数量请填 1 到 9999 的整数" in changed.get_data(as_text=True) or not quantity
    fields = {**hidden(buyer), "lines": f"{melon.id}:{quantity}"}
    assert submit(buyer, fields, address.id).status_code == 422
    assert how_many(people.runtime, Purchase) == 0


def test_quantities_change_and_goods_are_taken_out_without_javascript(
    client_as: SignIn, melon: Listing
) -> None:
    buyer = client_as("employee")
    put(buyer, melon, "2")
    assert post(buyer, f"/basket/{melon.id}/change", on="/basket", quantity="3").status_code == 303
    assert 'value="3"' in text_of(buyer, "/basket")
    assert post(buyer, f"/basket/{melon.id}/remove", on="/basket").status_code == 303
    assert "购物车还是空的" in text_of(buyer, "/basket")


def test_twenty_identical_posts_are_one_purchase(
    people: People, client_as: SignIn, melon: Listing
) -> None:
    buyer = client_as("employee")
    address = an_address(people)
    put(buyer, melon)
    fields = hidden(buyer)
    answers = [submit(buyer, fields, address.id) for _time in range(20)]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert how_many(people.runtime, Purchase) == how_many(people.runtime, Order) == 1
    assert stock_of(people.runtime, melon) == (99, 1, 0)


def test_a_price_that_changed_on_the_way_is_refused_with_words(
    people: People, client_as: SignIn, melon: Listing
) -> None:
    buyer = client_as("employee")
    address = an_address(people)
    put(buyer, melon)
    fields = hidden(buyer)
    with people.runtime.work() as w:
        w.session.get_one(Listing, melon.id).sale_price = Money(61_00)
    answer = submit(buyer, fields, address.id)
    assert answer.status_code == 409
    assert "¥61.00" in answer.get_data(as_text=True)
    assert "价格变了" in text_of(buyer, "/basket")


def test_what_is_gone_is_marked_and_stops_the_checkout(
    people: People, client_as: SignIn, melon: Listing
) -> None:
    buyer = client_as("employee")
    put(buyer, melon, "5")
    with people.runtime.work(people.actor("supplier")) as w:
        set_stock(w, melon.id, 4)
    assert "只剩 4 件" in text_of(buyer, "/basket")
    assert text_of(buyer, "/checkout", 303)


def test_a_paper_that_runs_out_stops_the_purchase(
    people: People, client_as: SignIn, clock: SetClock
) -> None:
    last_day = date(2026, 11, 23)  # today: the sign-in is still good when the day ends
    an_approved_supplier(people, until=last_day)
    melon = a_listing(people)
    buyer = client_as("employee")
    address = an_address(people)
    put(buyer, melon)
    clock.at = end_of_day(last_day).replace(second=0)
    clock.advance(seconds=-1)
    buyer = client_as("employee")
    fields = hidden(buyer)
    clock.advance(seconds=1)
    answer = submit(buyer, fields, address.id)
    assert answer.status_code == 409
    assert melon.title in answer.get_data(as_text=True)
    assert "现在不能买" in text_of(buyer, "/basket")
    assert text_of(buyer, "/checkout", 303)


def test_a_strangers_address_cannot_be_chosen(
    people: People, client_as: SignIn, melon: Listing
) -> None:
    buyer = client_as("employee")
    an_address(people)
    foreign = an_address(people, "second_employee")
    put(buyer, melon)
    assert submit(buyer, hidden(buyer), foreign.id).status_code == 422
    assert how_many(people.runtime, Purchase) == 0


def test_an_address_needs_a_county_that_is_known(client_as: SignIn) -> None:
    buyer = client_as("employee")
    said = {"recipient": "示例收件人", "mobile": "13800000000", "street": "示例路 1 号"}
    answer = post(buyer, "/addresses", county="没有这个县", **said)
    assert answer.status_code == 422
    assert post(buyer, "/addresses", county="伽师县", **said).status_code == 303
    assert "常用地址" in text_of(buyer, "/addresses")
    wrong = {**said, "mobile": "1３800000000"}
    assert post(buyer, "/addresses", county="伽师县", **wrong).status_code == 422


def test_foreign_ids_are_missing(people: People, client_as: SignIn, melon: Listing) -> None:
    purchase = a_purchase(people, melon)
    order = the_order(people, purchase)
    stranger = client_as("second_employee")
    for path in (f"/orders/{order.id}", f"/purchases/{purchase.id}", f"/orders/{uuid.uuid4()}"):
        assert "404" in text_of(stranger, path, 404)
    for verb in ("cancel", "receive"):
        path = f"/orders/{order.id}/{verb}"
        assert post(stranger, path, on="/basket", note="不要了").status_code == 404
    payment = the_payment(people, purchase)
    assert post(stranger, f"/payments/{payment.id}/pay", on="/basket").status_code == 404
    assert put(stranger, Listing(id=uuid.uuid4())) == 404
    assert text_of(client_as("second_supplier"), f"/orders/{order.id}", 404)


def test_a_post_without_its_token_is_refused(client_as: SignIn, melon: Listing) -> None:
    buyer = client_as("employee")
    headers = {"Sec-Fetch-Site": "same-origin"}
    answer = buyer.post(f"/basket/{melon.id}", data={"quantity": "1"}, headers=headers)
    assert answer.status_code == 400


def test_the_demonstration_card_says_what_it_is_and_pays(
    people: People, client_as: SignIn, melon: Listing
) -> None:
    buyer = client_as("employee")
    address = an_address(people)
    put(buyer, melon)
    assert "演示卡" in text_of(buyer, "/checkout")
    placed = submit(buyer, hidden(buyer), address.id, "card")
    assert "演示卡" in text_of(buyer, placed.location)
    with people.runtime.reading() as session:
        purchase = session.scalars(select(Purchase)).one()
    payment = the_payment(people, purchase)
    for _time in range(2):
        answer = post(buyer, f"/payments/{payment.id}/pay", on=placed.location)
        assert answer.status_code == 303
    assert the_payment(people, purchase).state is PaymentState.SETTLED
    assert stock_of(people.runtime, melon) == (99, 0, 1)


def test_the_line_of_an_order_from_payment_to_receipt(
    people: People, client_as: SignIn, melon: Listing
) -> None:
    order = the_order(people, paid(people, a_purchase(people, melon)))
    path = f"/orders/{order.id}"
    supplier, buyer = client_as("supplier"), client_as("employee")
    assert order.number in text_of(supplier, "/supplier/orders")
    page = text_of(supplier, path)
    assert "示例路 1 号" in page
    assert "入选依据" in page
    assert post(supplier, f"{path}/ship", on=path, carrier="", tracking="").status_code == 422
    parcel = {"carrier": "sf", "tracking": "SF1001", **batch_fields(people, order)}
    sent = post(supplier, f"{path}/ship", on=path, **parcel)
    assert sent.status_code == 303
    page = text_of(buyer, path)
    assert "SF1001" in page
    assert "确认收货" in page
    assert post(buyer, f"{path}/receive", on=path).status_code == 303
    assert "已完成" in text_of(buyer, path)


def test_a_cancellation_through_the_page_needs_its_reason(
    people: People, client_as: SignIn, melon: Listing
) -> None:
    order = the_order(people, a_purchase(people, melon))
    path = f"/orders/{order.id}"
    buyer = client_as("employee")
    assert post(buyer, f"{path}/cancel", on=path, note=" ").status_code == 422
    assert post(buyer, f"{path}/cancel", on=path, note="买错了").status_code == 303
    assert "买错了" in text_of(buyer, path)
    assert post(buyer, f"{path}/cancel", on="/basket", note="买错了").status_code == 409


def test_overseers_read_any_order_with_the_address_in_shadow(
    people: People, client_as: SignIn, melon: Listing
) -> None:
    purchase = a_purchase(people, melon)
    order = the_order(people, purchase)
    for name in ("auditor", "manager"):
        page = text_of(client_as(name), f"/orders/{order.id}")
        assert "示例路 1 号" not in page
        assert "138****0000" in page
        assert purchase.number in text_of(client_as(name), f"/purchases/{purchase.id}")


def test_the_pages_speak_english(people: People, client_as: SignIn, melon: Listing) -> None:
    purchase = a_purchase(people, melon, tender=Tender.CARD)
    buyer = client_as("employee")
    put(buyer, melon)
    english = {"Accept-Language": "en"}
    for path in ("/basket", "/addresses", "/checkout", "/orders", f"/purchases/{purchase.id}"):
        page = buyer.get(path, headers=english).get_data(as_text=True)
        assert 'lang="en"' in page, path
    page = buyer.get("/checkout", headers=english).get_data(as_text=True)
    assert "Place order" in page
    assert "Demonstration card" in page
