"""A recall tells whoever got some of the batch, once, and lists them for those who may know."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalog import service as catalog
from marketplace.catalog.models import Batch, Listing
from marketplace.kernel.errors import Missing
from marketplace.kernel.funds import FundSource
from marketplace.orders import queries, service
from marketplace.orders.models import RecallNotice
from marketplace.work.models import Parcel, TrailEntry
from tests.fixtures import People
from tests.makers.batches import a_good_batch
from tests.makers.catalog import a_listing
from tests.makers.orders import a_placement, a_purchase, paid, shipped, the_order
from tests.makers.sales import a_sale
from tests.makers.suppliers import an_approved_supplier

RECIPIENT, EMPLOYEE, UNION_BUYER = "13800000000", "13500000000", "13500000006"


@pytest.fixture
def melon(people: People) -> Listing:
    an_approved_supplier(people)
    return a_listing(people)


@pytest.fixture
def batch(people: People, melon: Listing) -> Batch:
    return a_good_batch(people, melon)


def bought(people: People, melon: Listing, **changes: object) -> None:
    shipped(people, the_order(people, paid(people, a_purchase(people, melon, **changes))))


def recalled(people: People, batch: Batch) -> None:
    with people.runtime.work(people.actor("reviewer")) as w:
        catalog.recall(w, batch.id, "示例：农残超标", withdraw_goods=False)


def delivered(people: People) -> None:
    while people.runtime.deliver():
        pass


def heard(people: People, mobile: str) -> int:
    return len([text for text in people.runtime.tools.sms.recent(mobile) if "召回通知" in text])


def test_buyer_and_recipient_are_told_once_however_many_orders_they_have(
    people: People, melon: Listing, batch: Batch
) -> None:
    """P33: through the outbox; a parcel that comes twice tells nobody twice."""
    bought(people, melon)
    bought(people, melon)
    recalled(people, batch)
    assert heard(people, EMPLOYEE) == 0  # nothing leaves before the commit
    delivered(people)
    assert (heard(people, EMPLOYEE), heard(people, RECIPIENT)) == (1, 1)
    with people.runtime.work() as w:
        again = w.session.scalars(select(Parcel).where(Parcel.kind == "BatchRecalled")).all()
        assert len(again) == 2
        for parcel in again:
            parcel.delivered_at, parcel.due_at = None, w.now
    delivered(people)
    assert (heard(people, EMPLOYEE), heard(people, RECIPIENT)) == (1, 1)
    with people.runtime.reading() as session:
        assert len(session.scalars(select(RecallNotice)).all()) == 2
        parcels = session.scalars(select(Parcel).where(Parcel.kind == "BatchRecalled")).all()
    assert all(parcel.delivered_at for parcel in parcels)  # the second time is no failure either


def test_a_union_is_told_by_its_buyers_and_who_got_nothing_hears_nothing(
    people: People, melon: Listing, batch: Batch
) -> None:
    (order,) = a_sale(people, {melon: 3}, "union_buyer", source=FundSource.UNION)
    shipped(people, order)
    recalled(people, batch)
    delivered(people)
    assert heard(people, UNION_BUYER) == 1
    assert heard(people, EMPLOYEE) == 0


def test_the_list_names_orders_quantities_and_contacts_by_right(
    people: People, melon: Listing, batch: Batch
) -> None:
    """P18: reviewers and the supplier reach people, auditors recognise them, strangers nothing."""
    bought(people, melon)
    recalled(people, batch)
    for name, mobile in (
        ("reviewer", RECIPIENT),
        ("supplier", RECIPIENT),
        ("auditor", "138****0000"),
        ("manager", "138****0000"),
    ):
        with people.runtime.reading() as session:
            found = queries.recall_of(session, people.actor(name), batch.id)
        (one,) = found.recipients
        assert (one.to.mobile, one.quantity, found.pieces) == (mobile, 2, 2)
    an_approved_supplier(people, "second_supplier", 2)
    for name in ("second_supplier", "employee", "union_buyer"):
        with people.runtime.reading() as session, pytest.raises(Missing):
            queries.recall_of(session, people.actor(name), batch.id)


def test_nobody_looks_through_buyers_of_a_batch_that_is_not_recalled(
    people: People, melon: Listing, batch: Batch
) -> None:
    bought(people, melon)
    with people.runtime.reading() as session, pytest.raises(Missing):
        queries.recall_of(session, people.actor("reviewer"), batch.id)


def test_the_list_says_when_goods_left_without_a_batch(people: People) -> None:
    an_approved_supplier(people)
    honey = a_listing(people, sku="H-1", title="示例 土蜂蜜", category="蜂蜜")
    batch = a_good_batch(people, honey)
    bought(people, honey)  # needs no paper, so no batch was chosen
    recalled(people, batch)
    with people.runtime.reading() as session:
        found = queries.recall_of(session, people.actor("reviewer"), batch.id)
    assert (found.recipients, found.without_batch) == ((), 1)


def test_the_sheet_is_safe_to_open_and_that_it_was_taken_is_written_down(
    people: People, melon: Listing, batch: Batch, client_as: Callable[[str], FlaskClient]
) -> None:
    """P27, P29: a name that is a formula becomes a text; the export stands in the trail."""
    from_formula = {"recipient": "=1+1", "street": "@示例路"}
    with people.runtime.work(people.actor("employee")) as w:
        given = {"mobile": RECIPIENT, "county": "653129", **from_formula}
        address = service.add_address(w, service.NewAddress(**given))
    with people.runtime.work(people.actor("employee")) as w:
        purchase = service.place(w, a_placement(address, melon))
    shipped(people, the_order(people, paid(people, purchase)))
    recalled(people, batch)
    answer = client_as("supplier").get(f"/batches/{batch.id}/recipients.csv")
    assert answer.headers["Cache-Control"] == "no-store"
    heads, row = csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")))
    told = dict(zip(heads, row, strict=True))
    assert (told["收货人"], told["地址"], told["件数"]) == ("'=1+1", "'@示例路", "2")
    with people.runtime.reading() as session:
        of_batches = select(TrailEntry.verb).where(TrailEntry.subject_kind == "Batch")
        assert session.scalars(of_batches.order_by(TrailEntry.number)).all()[-1] == (
            "export_recipients"
        )


def test_an_auditor_sees_the_list_and_takes_no_sheet(
    people: People, melon: Listing, batch: Batch, client_as: Callable[[str], FlaskClient]
) -> None:
    bought(people, melon)
    recalled(people, batch)
    auditor = client_as("auditor")
    page = auditor.get(f"/batches/{batch.id}/recipients").text
    assert "138****0000" in page
    assert RECIPIENT not in page
    assert auditor.get(f"/batches/{batch.id}/recipients.csv").status_code == 403
