"""A supplier sets freight by province, an employee sends goods to the parents' home."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from marketplace.kernel.money import Money
from marketplace.orders import service as orders
from marketplace.orders.models import Purchase
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.orders import an_address
from tests.makers.suppliers import an_approved_supplier


@pytest.mark.browser
def test_the_total_follows_the_chosen_address(
    browser_of: Callable[[str], Page], people: People
) -> None:
    """P5: two pieces of 2.5 kg cost 20 + 5 × 5 to 新疆, and 8 + 5 × 2 to 北京."""
    an_approved_supplier(people)
    goods = a_listing(people, gross_weight="2.5kg")
    seller = browser_of("supplier")
    seller.goto("/supplier/freight")
    for name, said in (("base", "8"), ("per_kg", "2"), ("provinces1", "新疆、西藏"),
                       ("base1", "20"), ("per_kg1", "5")):  # fmt: skip
        seller.fill(f"[name={name}]", said)
    seller.click("main form button.main")
    expect(seller.get_by_text("第 1 版")).to_be_visible()
    an_address(people)
    with people.runtime.work(people.actor("employee")) as w:
        orders.put(w, goods.id, 2)
    page = browser_of("employee")
    page.goto("/checkout")
    expect(page.locator("aside .total")).to_contain_text("¥163.00")
    page.click("text=添加新地址")
    page.fill("[name=recipient]", "示例父母")
    page.fill("[name=mobile]", "+86 138 0000 0009")
    page.select_option("[name=province]", label="北京市")
    page.select_option("[name=city]", label="东城区")
    page.fill("[name=street]", "示例胡同 9 号")
    page.click("main form button.main")
    page.wait_for_url("**/checkout?address=*")
    expect(page.get_by_label("示例父母")).to_be_checked()
    expect(page.locator("aside .total")).to_contain_text("¥136.00")
    page.get_by_label("示例收件人").check()
    expect(page.locator("aside .total")).to_contain_text("¥163.00")
    page.get_by_label("示例父母").check()
    expect(page.locator("aside .total")).to_contain_text("¥136.00")
    page.check("[name=no_return]")
    page.check("[name=tender][value=transfer]")
    page.click("aside button.go")
    page.wait_for_url("**/purchases/**")
    with people.runtime.reading() as session:
        bought = session.scalars(select(Purchase)).one()
    assert (bought.total, bought.deliver_to["recipient"]) == (Money(136_00), "示例父母")
