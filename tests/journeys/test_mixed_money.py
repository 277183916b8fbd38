"""An employee buys from two suppliers with credit and card; one order is called off, of the other
he claims a part with a photograph, and each source has its part back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from marketplace.kernel.money import Money
from marketplace.orders import queries
from marketplace.orders import service as orders
from marketplace.orders.models import Order
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.credit import a_batch, a_budget_with_members, a_grant, credit_of, funded
from tests.makers.orders import an_address, shipped
from tests.makers.photos import a_photo
from tests.makers.suppliers import an_approved_supplier
from tests.races.storm import all_is_well


def with_credit(people: People) -> str:
    """The employee has ¥50.00 of credit and a full basket; answers a voucher code."""
    an_approved_supplier(people, "supplier", 1)
    an_approved_supplier(people, "second_supplier", 2)
    goods = [
        a_listing(people, "supplier", "SL-0001"),
        a_listing(
            people,
            "second_supplier",
            "HT-0001",
            title="示例 核桃",
            sale_price=Money(30_00),
            supply_price=Money(22_00),
        ),
    ]
    funded(people, a_grant(people, a_budget_with_members(people)))
    _, (code, *_) = a_batch(people)
    an_address(people)
    with people.runtime.work(people.actor("employee")) as w:
        for one in goods:
            orders.put(w, one.id, 2)
    return code


@pytest.mark.browser
def test_credit_and_card_pay_together_and_get_back_what_each_gave(
    browser_of: Callable[[str], Page], people: People, tmp_path: Path
) -> None:
    """P4, P13"""
    code = with_credit(people)
    page = browser_of("employee")
    page.goto("/checkout")
    expect(page.get_by_text("可用 ¥50.00，这次用 ¥50.00，用后剩 ¥0.00")).to_be_visible()
    page.fill("[name=voucher]", code)
    page.click("button[name=recount]")
    expect(page.locator("aside .total")).to_contain_text("¥108.00")
    page.check("[name=tender][value=card]")
    page.check("[name=no_return]")
    page.click("aside button.go")
    page.wait_for_url("**/purchases/*")
    page.click("form[action$='/pay'] button")
    expect(page.locator("main .note.done").last).to_contain_text("已付款")
    purchase_id = uuid.UUID(page.url.rsplit("/", 1)[1])
    with people.runtime.reading() as session:
        made = {one.goods.fen: one for one in queries.orders_of(session, purchase_id)}
    page.goto(f"/orders/{made[118_00].id}")
    page.click("details.noted summary")
    page.fill("details.noted textarea", "示例：不要了")
    page.click("details.noted form button")
    expect(page.locator(".sums")).to_contain_text("已退 ¥33.15")
    assert credit_of(people) == [(33_15, 0, 16_85, 0)]
    manager = browser_of("manager")
    gives_back(manager, "¥71.59")
    claims_a_part(people, page, made[60_00], tmp_path)
    grants(browser_of("second_supplier"))
    page.goto(f"/orders/{made[60_00].id}")
    for part in ("¥3.37", "¥8.43", "¥18.20"):  # voucher, credit, card: half of what each gave
        expect(page.locator(".sums").first).to_contain_text(f"已退 {part}")
    gives_back(manager, "¥18.20")
    page.goto("/credit")
    expect(page.locator("main table")).to_contain_text("¥41.58")
    assert credit_of(people) == [(41_58, 0, 8_42, 0)]
    all_is_well(people)


def claims_a_part(people: People, buyer: Page, order: Order, folder: Path) -> None:
    """Half of the order, with a photograph, while it is on its way."""
    shipped(people, order, "second_supplier")
    spoiled = folder / "坏.jpg"
    spoiled.write_bytes(a_photo((20, 160, 60)))
    buyer.goto(f"/claims/orders/{order.id}")
    buyer.fill("main [name^=amount-]", "30")
    buyer.fill("main #reason", "示例：一半是坏的")
    buyer.set_input_files("main [name=photos]", spoiled)
    buyer.click("main button:has-text('申请退款')")
    expect(buyer.locator("main .heading .badge")).to_have_text("等供应商答复")


def grants(supplier: Page) -> None:
    supplier.goto("/claims")
    supplier.click("main table a")
    expect(supplier.locator("main .thumbs img")).to_have_count(1)
    supplier.click("main form[action$='/grant'] button")
    expect(supplier.locator("main .heading .badge")).to_have_text("同意退款")


def gives_back(manager: Page, own: str) -> None:
    """The part that the card gave."""
    manager.goto("/payments/")
    manager.get_by_role("link", name="办理").click()
    expect(manager.locator("h1")).to_contain_text(own)
    manager.click("form[action$='/card'] button")
    expect(manager.get_by_text("已退回原卡。")).to_be_visible()
