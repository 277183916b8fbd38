"""A buyer pays on the gateway's page, in Chromium, under our own policy."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.suppliers import an_approved_supplier
from tests.payments.buying import a_sale
from tests.payments.standin import Standin


@pytest.mark.browser
def test_the_button_leads_to_the_gateway_and_the_gateway_leads_back(
    browser_of: Callable[[str], Page], site: str, people: People, standin: Standin
) -> None:
    """Chromium stops a form's redirect to an origin that `form-action` does not name."""
    tools = people.runtime.tools
    people.runtime.tools = replace(tools, config=replace(tools.config, public_url=site))
    an_approved_supplier(people)
    sale = a_sale(people, standin, a_listing(people))
    page = browser_of("employee")
    page.goto(f"/purchases/{sale.purchase.id}")
    page.click("form[action$='/pay'] button")
    expect(page).to_have_url(re.compile(f"{re.escape(standin.origin)}/pay/"))
    (session,) = standin.sessions.values()
    assert page.text_content("#page") == f"/pay/{session['id']}"
    page.go_back()
    page.reload()
    assert page.get_by_text("付款页已经打开").is_visible()
    standin.pay(session["id"])
    page.goto(session["success_url"])
    page.wait_for_url(f"**/purchases/{sale.purchase.id}")
    assert page.locator(".note.done").is_visible()
