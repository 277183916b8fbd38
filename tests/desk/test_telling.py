"""Decisions and reasons are told to the supplier once: by SMS, and among its notices."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Notice
from marketplace.catalog import service as goods
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.states import PaperKind
from tests.fixtures import People, post
from tests.makers.catalog import a_submitted_listing
from tests.makers.suppliers import (
    a_checked_supplier,
    a_paper,
    a_submitted_supplier,
    an_approved_supplier,
    seen,
)

Clients = Callable[[str], FlaskClient]
CONTACT = "13900000001"


def messages(people: People) -> list[str]:
    """What the contact's phone shows, newest first."""
    while people.runtime.deliver():
        pass
    return people.runtime.tools.sms.recent(CONTACT)


def codes(people: People) -> list[str]:
    with people.runtime.reading() as session:
        asked = select(Notice).order_by(Notice.at, Notice.code)
        return [f"{one.code} {one.data['outcome']}" for one in session.scalars(asked)]


def test_a_refused_seller_learns_why(people: People, client_as: Clients) -> None:
    """Failure 26: by SMS in plain words and among the notices, with a way to the page."""
    supplier = a_submitted_supplier(people)
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.send_back(w, supplier.id, "红章看不清，请重新拍")
    assert messages(people) == [
        "【直通车】示例合作社1的入驻申请被退回，改好后可以再次提交。原因：红章看不清，请重新拍"
    ]
    client = client_as("supplier")
    assert '<b class="count">1</b>' in client.get("/").text
    said = client.get("/notices").text
    assert "红章看不清，请重新拍" in said
    assert f'href="/suppliers/{supplier.id}"' in said
    assert post(client, "/notices/seen", on="/notices").status_code == 303
    assert '<b class="count">1</b>' not in client.get("/").text
    assert "红章看不清，请重新拍" in client.get("/notices").text  # it stays to be read


def test_the_first_of_two_words_is_a_notice_and_the_second_a_message(people: People) -> None:
    supplier = a_checked_supplier(people)
    assert messages(people) == []
    with people.runtime.work(people.actor("second_reviewer")) as w:
        suppliers.approve(w, supplier.id, seen(w, supplier))
    assert messages(people) == ["【直通车】示例合作社1已通过审核，商品可以提交上架。"]
    assert codes(people) == [
        "supplier.approved outcome.approved",
        "supplier.checked outcome.checked",
    ]


def test_many_decisions_at_once_are_one_message(people: People) -> None:
    an_approved_supplier(people)
    told = messages(people)
    listings = [a_submitted_listing(people, sku=sku) for sku in "ABC"]
    with people.runtime.work(people.actor("reviewer")) as w:
        for one in listings[:2]:
            goods.approve(w, one.id, one.fingerprint)
        goods.send_back(w, listings[2].id, "规格不清")
    assert set(messages(people)) - set(told) == {
        "【直通车】审核结果：通过并上架 2 件，退回 1 件。每件的原因在直通车“通知”里。"
    }
    assert len(codes(people)) == 5


def test_an_approval_that_was_undone_in_the_same_unit_is_not_told(people: People) -> None:
    """Failure 39: no word of an approval to a supplier that is suspended."""
    supplier = a_checked_supplier(people)
    with people.runtime.work(people.actor("second_reviewer")) as w:
        suppliers.approve(w, supplier.id, seen(w, supplier))
        suppliers.suspend(w, supplier.id, "示例原因")
    assert messages(people) == ["【直通车】示例合作社1被暂停销售。原因：示例原因"]
    assert "supplier.approved outcome.approved" not in codes(people)


def test_a_decision_that_was_rolled_back_is_not_told(people: People) -> None:
    supplier = a_submitted_supplier(people)
    with pytest.raises(RuntimeError), people.runtime.work(people.actor("reviewer")) as w:
        suppliers.send_back(w, supplier.id, "示例")
        raise RuntimeError
    assert messages(people) == []
    assert codes(people) == []


def test_a_restored_supplier_is_told_so(people: People) -> None:
    supplier = an_approved_supplier(people)
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.suspend(w, supplier.id, "示例")
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.restore(w, supplier.id, "示例")
    assert "【直通车】示例合作社1已恢复销售。" in messages(people)


def test_a_refused_paper_is_told_with_its_reason(people: People) -> None:
    supplier = an_approved_supplier(people)
    with people.runtime.work(people.actor("supplier")) as w:
        paper = suppliers.hand_in(
            w, supplier.id, a_paper(PaperKind.INSPECTION_REPORT, number="示例 77")
        )
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.refuse_paper(w, paper.id, "长" * 450)
    (told,) = (one for one in messages(people) if "示例 77" in one)
    assert told.startswith("【直通车】证照“示例 77”：未采信。原因：长")
    assert len(told) == 300
    assert told.endswith("…")


def test_a_good_taken_off_sale_by_a_reviewer_is_told_with_the_reason(people: People) -> None:
    an_approved_supplier(people)
    listing = a_submitted_listing(people)
    with people.runtime.work(people.actor("reviewer")) as w:
        goods.approve(w, listing.id, listing.fingerprint)
    with (
        pytest.raises(Exception, match="note_missing"),
        people.runtime.work(people.actor("reviewer")) as w,
    ):
        goods.withdraw(w, listing.id)
    with people.runtime.work(people.actor("reviewer")) as w:
        goods.withdraw(w, listing.id, "示例：抽检不合格")
    assert any(one.endswith("下架。原因：示例：抽检不合格") for one in messages(people))


def test_what_a_supplier_does_itself_is_not_told_to_it(people: People) -> None:
    an_approved_supplier(people)
    told = messages(people)
    listing = a_submitted_listing(people)
    with people.runtime.work(people.actor("supplier")) as w:
        goods.withdraw(w, listing.id)
    assert messages(people) == told


@pytest.mark.parametrize("name", ["second_supplier", "employee", "reviewer"])
def test_nobody_reads_the_notices_of_others(people: People, client_as: Clients, name: str) -> None:
    """P18: each organisation its own."""
    supplier = a_submitted_supplier(people)
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.send_back(w, supplier.id, "示例原因")
    said = client_as(name).get("/notices").text
    assert "示例原因" not in said
    assert "还没有通知" in said
