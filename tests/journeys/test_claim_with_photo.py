"""A buyer claims one line with a photograph, the supplier offers a part, the refund shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from marketplace.commands.verifying import check_all
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.claims import a_shipped_order, received
from tests.makers.photos import a_photo
from tests.makers.suppliers import an_approved_supplier

pytestmark = pytest.mark.browser


def test_a_claim_with_a_photograph_ends_in_a_refund_of_a_part(
    people: People, browser_of: Callable[[str], Page], tmp_path: Path
) -> None:
    an_approved_supplier(people)
    order = received(people, a_shipped_order(people, a_listing(people)))
    spoiled = tmp_path / "坏.jpg"
    spoiled.write_bytes(a_photo((20, 160, 60)))
    buyer, supplier = browser_of("employee"), browser_of("supplier")
    buyer.goto(f"/orders/{order.id}")
    buyer.click("main a:has-text('质量问题、退货')")
    buyer.fill("main [name^=amount-]", "59")
    buyer.fill("main [name=reason]", "示例：两个里坏了一个")
    buyer.set_input_files("main [name=photos]", spoiled)
    buyer.click("main button:has-text('申请退款')")
    expect(buyer.locator("main .heading .badge")).to_have_text("等供应商答复")
    supplier.goto("/claims")
    supplier.click("main table a")
    expect(supplier.locator("main .thumbs img")).to_have_count(1)
    supplier.fill("main [name=amount]", "40")
    supplier.fill("main form:has([name=amount]) [name=note]", "示例：另一半还能吃")
    supplier.click("main button:has-text('答复：退一部分')")
    expect(supplier.locator("main .heading .badge")).to_have_text("等买家答复")
    buyer.reload()
    buyer.click("main button:has-text('同意这个金额')")
    expect(buyer.locator("main .heading .badge")).to_have_text("同意退款")
    buyer.goto(f"/orders/{order.id}")
    expect(buyer.locator("main")).to_contain_text("退款 ¥40.00")
    with people.runtime.reading() as session:
        outcome = check_all(session, people.runtime.clock.now())
    assert [fault for faults in outcome.values() for fault in faults] == []
