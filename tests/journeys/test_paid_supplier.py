"""A supplier confirms his statement, two managers pay it, and he sees how many days it took."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from marketplace.commands.serving import once
from marketplace.commands.verifying import check_all
from marketplace.kernel.clock import SetClock
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.onboarding import NUMBER, a_confirmed_account
from tests.makers.settlement import a_completed_order, next_month
from tests.makers.suppliers import an_approved_supplier

pytestmark = pytest.mark.browser


def test_the_supplier_confirms_and_is_paid_by_two_managers(
    people: People, browser_of: Callable[[str], Page], clock: SetClock
) -> None:
    a_confirmed_account(people, an_approved_supplier(people))
    a_completed_order(people, a_listing(people))
    next_month(people)
    once(people.runtime)  # the worker makes the statement
    clock.advance(days=people.runtime.tools.config.statement_draft_days, minutes=10)
    once(people.runtime)  # … and sends it
    supplier = browser_of("supplier")
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
