"""A certificate expires and the listing disappears everywhere in the same second."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalog.models import Listing
from marketplace.commands import serving
from marketplace.kernel.clock import SetClock, end_of_day
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.models import Paper
from marketplace.suppliers.states import PaperKind
from tests.fixtures import People, post
from tests.makers.catalog import a_listing
from tests.makers.orders import an_address
from tests.makers.purchasing import an_empty_plan
from tests.makers.suppliers import COUNTY, UNTIL, a_paper, an_approved_supplier

SignIn = Callable[[str], FlaskClient]
TITLE = "示例 伽师瓜 2 个装"
END = end_of_day(UNTIL)
SHELVES = ("/", "/zone/832", "/category/fruit", f"/counties/{COUNTY}", "/search?q=伽师瓜")


def seen(client: FlaskClient, melon: Listing) -> dict[str, bool]:
    """Where a buyer finds the good now: its page, and every shelf."""
    found = {path: TITLE in client.get(path, follow_redirects=True).text for path in SHELVES}
    return {"page": client.get(f"/listings/{melon.id}").status_code == 200, **found}


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(key|total|lines|final)" type="hidden" value="([^"]*)"', page))


def an_open_checkout(people: People, buyer: FlaskClient, melon: Listing) -> dict[str, str]:
    """The good lies in the basket, and the last page before buying is open."""
    address = an_address(people)
    post(buyer, f"/basket/{melon.id}", on="/basket", quantity="1")
    page = buyer.get("/checkout").text
    return {**hidden(page), "address": str(address.id), "tender": "transfer", "no_return": "y"}


def test_a_certificate_expires_and_the_listing_disappears_everywhere_in_the_same_second(
    people: People, client_as: SignIn, clock: SetClock
) -> None:
    """P16: at T-1 it is seen and bought, at T nowhere: page, shelves, search, basket, checkout, and
    where unions look for goods."""
    an_approved_supplier(people)
    melon = a_listing(people)
    serving.once(people.runtime)
    clock.at = END - timedelta(minutes=10)
    buyer, union = client_as("employee"), client_as("union_buyer")
    form = an_open_checkout(people, buyer, melon)
    found = f"/plans/{an_empty_plan(people).id}?find=伽师瓜"
    clock.at = END - timedelta(seconds=1)
    assert set(seen(buyer, melon).values()) == {True}
    assert TITLE in union.get(found).text
    assert buyer.get("/checkout").status_code == 200
    clock.at = END
    assert set(seen(buyer, melon).values()) == {False}
    assert TITLE not in union.get(found).text
    back = buyer.get("/checkout")
    assert back.headers["Location"] == "/basket"  # which says why
    refused = post(buyer, "/checkout", on="/basket", **form)
    assert refused.status_code == 409
    assert post(buyer, f"/basket/{melon.id}", on="/basket", quantity="1").status_code in {404, 409}
    with people.runtime.reading() as session:
        assert session.get_one(Listing, melon.id).reserved == 0


def test_a_paper_that_is_revoked_shuts_every_door_at_that_instant(
    people: People, client_as: SignIn
) -> None:
    """P16: a second thought of a reviewer counts like an expiry, until a new one is accepted."""
    supplier = an_approved_supplier(people)
    melon = a_listing(people)
    serving.once(people.runtime)
    buyer, desk = client_as("employee"), client_as("reviewer")
    form = an_open_checkout(people, buyer, melon)
    report = the_paper(people, supplier.id)
    here = f"/desk/papers/{report.id}"
    page = desk.get(here).text
    assert "撤销采信" in page
    assert post(desk, f"{here}/revoke", on=here).status_code == 422, "not without a reason"
    assert set(seen(buyer, melon).values()) == {True}
    assert post(desk, f"{here}/revoke", on=here, reasons="forged", note="示例").status_code == 303
    assert "已撤销采信" in desk.get(here).text
    assert set(seen(buyer, melon).values()) == {False}
    assert buyer.get("/checkout").headers["Location"] == "/basket"
    assert post(buyer, "/checkout", on="/basket", **form).status_code == 409
    assert post(buyer, f"/basket/{melon.id}", on="/basket", quantity="1").status_code in {404, 409}
    staff = client_as("supplier")
    assert "经核实这份证照不真实" in staff.get(f"/suppliers/papers/{report.id}").text
    assert "更正" in staff.get(f"/suppliers/papers/{report.id}").text
    again = a_paper(PaperKind.INSPECTION_REPORT, number="示例 9", corrects_id=report.id)
    with people.runtime.work(people.actor("supplier")) as w:
        paper = suppliers.hand_in(w, supplier.id, again)
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.accept_paper(w, paper.id)
    serving.once(people.runtime)
    assert set(seen(buyer, melon).values()) == {True}


def the_paper(people: People, supplier_id: uuid.UUID) -> Paper:
    """The report by which everything of the supplier sells."""
    with people.runtime.reading() as session:
        asked = select(Paper).where(Paper.supplier_id == supplier_id)
        return session.scalars(asked.where(Paper.kind == PaperKind.INSPECTION_REPORT)).one()


def test_a_second_before_it_is_bought(people: People, client_as: SignIn, clock: SetClock) -> None:
    """P16: the same form, one second earlier."""
    an_approved_supplier(people)
    melon = a_listing(people)
    clock.at = END - timedelta(minutes=10)
    buyer = client_as("employee")
    form = an_open_checkout(people, buyer, melon)
    clock.at = END - timedelta(seconds=1)
    done = post(buyer, "/checkout", on="/basket", **form)
    assert "/purchases/" in done.headers["Location"]


def test_an_accepted_renewal_brings_it_back_everywhere_without_retyping(
    people: People, client_as: SignIn, clock: SetClock
) -> None:
    """P16: also when it comes late."""
    supplier = an_approved_supplier(people)
    melon = a_listing(people)
    serving.once(people.runtime)
    buyer = client_as("employee")
    clock.at = END + timedelta(days=2)
    serving.once(people.runtime)
    assert set(seen(buyer, melon).values()) == {False}
    later = UNTIL + timedelta(days=300)
    renewal = a_paper(PaperKind.INSPECTION_REPORT, number="示例 9", valid_from=UNTIL,
                      valid_until=later)  # fmt: skip  # a renewal
    with people.runtime.work(people.actor("supplier")) as w:
        paper = suppliers.hand_in(w, supplier.id, renewal)
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.accept_paper(w, paper.id)
    serving.once(people.runtime)
    assert set(seen(buyer, melon).values()) == {True}
