"""A supplier ships from a tracking sheet, confirms his statement, two managers pay it, and he sees
how many days it took."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from marketplace.commands.serving import once
from marketplace.commands.verifying import check_all
from marketplace.kernel.clock import SetClock
from marketplace.orders import service as orders
from tests.fixtures import People
from tests.makers.batches import a_good_batch
from tests.makers.catalog import a_listing
from tests.makers.onboarding import NUMBER, a_confirmed_account
from tests.makers.orders import a_purchase, paid, the_order
from tests.makers.settlement import next_month
from tests.makers.suppliers import an_approved_supplier

pytestmark = pytest.mark.browser


def test_the_supplier_confirms_and_is_paid_by_two_managers(
    people: People, browser_of: Callable[[str], Page], clock: SetClock
) -> None:
    a_confirmed_account(people, an_approved_supplier(people))
    ships_what_was_paid(people, browser_of("supplier"))
    next_month(people)
    once(people.runtime)  # the worker makes the statement
    clock.advance(days=people.runtime.tools.config.statement_draft_days, minutes=10)
    once(people.runtime)  # … and sends it
    supplier = browser_of("supplier")  # weeks later: whoever was signed in is not any more
    supplier.goto("/settlement/mine")
    supplier.click("main table a")
    supplier.click("main button:has-text('确认无误')")
    expect(supplier.locator("main .heading .badge")).to_have_text("已确认")
    clock.advance(minutes=10)
    once(people.runtime)  # … and proposes the payout
    manager, second = browser_of("manager"), browser_of("second_manager")
    manager.goto("/settlement/payouts")
    manager.click("main button:has-text('编成批次')")
    expect(manager.locator("main")).to_contain_text("请另一位经理复核放款")
    expect(manager.locator("main button:has-text('复核放款')")).to_have_count(0)
    second.goto(manager.url)
    second.click("main button:has-text('复核放款')")
    with second.expect_download() as fetched:
        second.click("main a:has-text('UTF-8')")
    assert NUMBER in fetched.value.path().read_text("utf-8-sig")
    second.goto("/settlement/payouts")
    second.click("main a:has-text('登记答复')")
    second.fill("[name=bank_ref]", "示例回单 1")
    second.click("main button:has-text('登记已付')")
    expect(second.locator("main .heading .badge")).to_have_text("已付")
    supplier.goto("/settlement/mine")
    expect(supplier.locator("main")).to_contain_text("10 个自然日")
    expect(supplier.locator("main table .badge")).to_have_text("已付款")
    with people.runtime.reading() as session:
        outcome = check_all(session, people.runtime.clock.now())
    assert [fault for faults in outcome.values() for fault in faults] == []


def ships_what_was_paid(people: People, supplier: Page) -> None:
    """And the buyer has it in his hands."""
    melon = a_listing(people)
    a_good_batch(people, melon)
    order = the_order(people, paid(people, a_purchase(people, melon)))
    ships_from_a_sheet(supplier)
    with people.runtime.work(people.actor("employee")) as w:
        orders.receive(w, order.id)


def ships_from_a_sheet(supplier: Page) -> None:
    """Downloaded, filled in beside the parcels, brought back."""
    supplier.goto("/supplier/orders")
    supplier.click("main a:has-text('发货') >> nth=0")
    with supplier.expect_download() as fetched:
        supplier.click("main a:has-text('下载表格')")
    book = openpyxl.load_workbook(io.BytesIO(fetched.value.path().read_bytes()))
    sheet = book.active
    assert sheet is not None
    columns = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, columns["快递公司"]).value = "顺丰"
    sheet.cell(2, columns["运单号"]).value = "SF0000000001"
    out = io.BytesIO()
    book.save(out)
    name = fetched.value.suggested_filename
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    filled = {"name": name, "mimeType": kind, "buffer": out.getvalue()}
    supplier.set_input_files("[name=sheet]", filled)  # type: ignore[arg-type]  # a FilePayload
    supplier.click("main button:has-text('上传运单表')")
    expect(supplier.locator(".flashes")).to_contain_text("发出 1 个包裹")
    expect(supplier.locator("main")).to_contain_text("没有要发的订单")
