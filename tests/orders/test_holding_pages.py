"""Pages of parcels and of orders that are held: from the batch to the buyer's answer."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from marketplace.catalog.models import Listing
from marketplace.commands import serving
from marketplace.kernel.clock import SetClock, end_of_day
from marketplace.orders.models import Order
from tests.fixtures import People, post
from tests.makers.batches import batch_fields
from tests.makers.catalog import a_listing
from tests.makers.orders import a_purchase, paid, the_order
from tests.makers.suppliers import SCAN, UNTIL, an_approved_supplier

SignIn = Callable[[str], FlaskClient]
PARCEL = {"carrier": "sf", "tracking": "SF1001"}


@pytest.fixture
def melon(people: People) -> Listing:
    an_approved_supplier(people)
    return a_listing(people)


@pytest.fixture
def order(people: People, melon: Listing) -> Order:
    return the_order(people, paid(people, a_purchase(people, melon)))


def test_the_page_says_what_is_missing_and_leads_to_where_it_is_added_and_back(
    client_as: SignIn, melon: Listing, order: Order
) -> None:
    """From the parcel to the batch, to its paper, and back to the parcel: all of it on a phone."""
    supplier, path = client_as("supplier"), f"/orders/{order.id}"
    assert "承诺达标合格证" in supplier.get(path).text
    refused = post(supplier, f"{path}/ship", on=path, **PARCEL)
    assert refused.status_code == 409
    assert "没有证明齐全的批次，不能登记发货" in refused.text
    batches = f"/supplier/listings/{melon.id}/batches?next={path}"
    assert batches in refused.text.replace("%2F", "/").replace("&amp;", "&")
    made = post(supplier, batches, number="L-1", packed_on="2026-11-20", made_on="", note="")
    batch = made.headers["Location"]
    page = supplier.get(batch).text
    assert "还缺承诺达标合格证" in page
    paper = re.search(r'href="([^"]*/papers/conformity_commitment[^"]*)"', page)
    assert paper is not None
    assert 'capture="environment"' in supplier.get(paper[1]).text
    said = {"number": "示例 1", "holder": "示例", "issuer": "示例", "valid_from": "2026-11-20",
            "product": "瓜", "quantity": "1 吨", "place": "伽师县", "basis": "own_test",
            "scan": (io.BytesIO(SCAN), "证.png")}  # fmt: skip  # the fields of the paper
    done = post(supplier, paper[1], **said)
    assert done.headers["Location"].endswith(path)
    chosen = re.search(r'<select id="(batch-[^"]+)".*?<option value="([^"]{36})" selected',
                       supplier.get(path).text, re.DOTALL)  # fmt: skip  # the only one that may
    assert chosen is not None
    sent = post(supplier, f"{path}/ship", on=path, **PARCEL, **{chosen[1]: chosen[2]})
    assert sent.status_code == 303
    for name in ("employee", "auditor"):  # the number of the paper, not its scan
        shown = client_as(name).get(path).text
        assert "批次 L-1" in shown
        assert "承诺达标合格证 示例 1" in shown
        assert "/scan" not in shown


def test_a_batch_that_is_nonsense_is_refused(client_as: SignIn, order: Order) -> None:
    supplier, path = client_as("supplier"), f"/orders/{order.id}"
    line = re.search(r'id="(batch-[^"]+)"|for="(batch-[^"]+)"', supplier.get(path).text)
    assert line is not None
    field = {line[1] or line[2]: "x' OR 1=1"}
    assert post(supplier, f"{path}/ship", on=path, **PARCEL, **field).status_code == 422


def test_a_way_back_leads_nowhere_else(client_as: SignIn, melon: Listing) -> None:
    supplier = client_as("supplier")
    path = f"/supplier/listings/{melon.id}/batches?next=https://evil.example/"
    made = post(supplier, path, number="L-1", packed_on="2026-11-20", made_on="", note="")
    assert "evil" not in made.headers["Location"]


def test_a_held_order_goes_from_the_list_to_the_buyers_answer(
    people: People, client_as: SignIn, order: Order, clock: SetClock
) -> None:
    clock.at = end_of_day(UNTIL)
    serving.once(people.runtime)
    path = f"/orders/{order.id}"
    supplier, reviewer, buyer = (client_as(n) for n in ("supplier", "reviewer", "employee"))
    for client in (supplier, buyer):
        assert "证照不再有效" in client.get(path).text
    assert order.number in supplier.get("/orders/held").text
    listed = reviewer.get("/orders/held").text
    where = re.search(r'action="(/orders/held/[^"]+/propose)"', listed)
    assert where is not None
    assert post(reviewer, where[1], on="/orders/held", choice="", note="").status_code == 422
    given = {"choice": "ship", "note": "示例：到期以前采收"}
    assert post(reviewer, where[1], on="/orders/held", **given).status_code == 303
    page = buyer.get(path).text
    assert "照常发货" in page
    assert "示例：到期以前采收" in page
    answer = re.search(r'action="(/orders/held/[^"]+/agree[^"]*)"', page)
    assert answer is not None
    assert post(buyer, answer[1], on=path).status_code == 303
    fields = batch_fields(people, order)
    assert post(supplier, f"{path}/ship", on=path, **PARCEL, **fields).status_code == 303


def test_a_buyer_who_refuses_reads_that_his_money_goes_back(
    people: People, client_as: SignIn, order: Order, clock: SetClock
) -> None:
    clock.at = end_of_day(UNTIL)
    serving.once(people.runtime)
    reviewer, buyer, path = client_as("reviewer"), client_as("employee"), f"/orders/{order.id}"
    where = re.search(r'action="(/orders/held/[^"]+/propose)"', reviewer.get("/orders/held").text)
    assert where is not None
    post(reviewer, where[1], on="/orders/held", choice="replace", note="示例")
    answer = re.search(r'action="(/orders/held/[^"]+/refuse[^"]*)"', buyer.get(path).text)
    assert answer is not None
    assert post(buyer, answer[1], on=path, note="示例：不等了").status_code == 303
    page = buyer.get(path).text
    assert "已取消" in page
    assert "退款" in page


def test_a_recall_from_the_batch_page_leads_to_its_buyers(
    people: People, client_as: SignIn, melon: Listing, order: Order
) -> None:
    supplier = client_as("supplier")
    path = f"/orders/{order.id}"
    fields = batch_fields(people, order)
    post(supplier, f"{path}/ship", on=path, **PARCEL, **fields)
    batch = f"/supplier/batches/{next(iter(fields.values()))}"
    assert post(supplier, f"{batch}/recall", on=batch, note="").status_code == 422
    gone = {"note": "示例：农残超标", "withdraw_goods": "y"}
    assert post(supplier, f"{batch}/recall", on=batch, **gone).status_code == 303
    assert "示例：农残超标" in supplier.get(batch).text
    assert order.number in supplier.get(f"{batch}/recipients".removeprefix("/supplier")).text
    assert supplier.get(f"/supplier/listings/{melon.id}").text.count("已下架") >= 1
