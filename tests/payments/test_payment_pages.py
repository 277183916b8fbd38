"""The manager's pages of money."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.adapters.offline_card import OfflineCard
from marketplace.catalog.models import Listing
from marketplace.kernel.clock import SetClock
from marketplace.kernel.money import Money
from marketplace.orders import service as orders
from marketplace.payments.models import Tender
from marketplace.payments.states import PaymentState, RefundState
from marketplace.ports.payments import Charge, Given, Wish
from tests.fixtures import People, post
from tests.makers.orders import a_purchase, paid, the_order, the_payment
from tests.payments.test_settling import a_refund

SignIn = Callable[[str], FlaskClient]


def text_of(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return str(answer.get_data(as_text=True))


def test_a_transfer_is_confirmed_by_amount_and_number(
    people: People, client_as: SignIn, melon: Listing
) -> None:
    purchase = a_purchase(people, melon)
    payment = the_payment(people, purchase)
    manager = client_as("manager")
    assert payment.reference in text_of(manager, "/payments/")
    path = f"/payments/{payment.id}"
    wrong = post(manager, f"{path}/confirm", on=path, amount="100.00", bank_ref="流水 1")
    assert wrong.status_code == 409
    assert "¥118.00" in wrong.get_data(as_text=True)
    good = post(manager, f"{path}/confirm", on=path, amount="118", bank_ref="流水 1")
    assert good.status_code == 303
    assert payment.reference in text_of(manager, "/payments/settled")
    assert "已付款" in text_of(client_as("employee"), f"/purchases/{purchase.id}")


@pytest.mark.parametrize("amount", ["", "-118", "0", "12,5元", "NaN", "1e3", "１１８", "118.001"])
def test_an_amount_that_is_none_is_refused(
    people: People, client_as: SignIn, melon: Listing, amount: str
) -> None:
    payment = the_payment(people, a_purchase(people, melon))
    path = f"/payments/{payment.id}"
    answer = post(client_as("manager"), f"{path}/confirm", on=path, amount=amount, bank_ref="1")
    assert answer.status_code == 422


def test_late_money_is_refused_with_words(
    people: People, client_as: SignIn, clock: SetClock, melon: Listing
) -> None:
    purchase = a_purchase(people, melon)
    payment = the_payment(people, purchase)
    clock.at = purchase.hold_ends_at
    with people.runtime.work() as w:
        orders.lapse_due(w)
    answer = post(
        client_as("manager"),
        f"/payments/{payment.id}/confirm",
        on="/payments/",
        amount="118",
        bank_ref="流水 1",
    )
    assert answer.status_code == 409
    assert payment.reference in answer.get_data(as_text=True)


def test_the_auditor_reads_and_moves_nothing(
    people: People, client_as: SignIn, melon: Listing
) -> None:
    payment = the_payment(people, a_purchase(people, melon))
    auditor = client_as("auditor")
    path = f"/payments/{payment.id}"
    assert payment.reference in text_of(auditor, "/payments/")
    assert 'name="bank_ref"' not in text_of(auditor, path)
    answer = post(auditor, f"{path}/confirm", on=path, amount="118", bank_ref="1")
    assert answer.status_code == 403


@pytest.mark.parametrize("name", ["employee", "supplier", "reviewer", "union_buyer"])
def test_nobody_else_sees_the_money(client_as: SignIn, name: str) -> None:
    assert text_of(client_as(name), "/payments/", 403)


def test_foreign_ids_are_missing(client_as: SignIn) -> None:
    manager = client_as("manager")
    for path in (f"/payments/{uuid.uuid4()}", f"/payments/refunds/{uuid.uuid4()}"):
        assert text_of(manager, path, 404)


def test_a_transfer_goes_back_by_its_number(
    people: People, client_as: SignIn, melon: Listing
) -> None:
    refund = a_refund(people, a_purchase(people, melon))
    manager = client_as("manager")
    path = f"/payments/refunds/{refund.id}"
    assert path in text_of(manager, "/payments/")
    assert post(manager, f"{path}/card", on=path).status_code == 404
    assert post(manager, f"{path}/send", on=path, bank_ref="").status_code == 422
    assert post(manager, f"{path}/send", on=path, bank_ref="退 1").status_code == 303
    assert "没有待退的款" in text_of(manager, "/payments/")


def test_a_card_gets_its_money_back_once(people: People, client_as: SignIn, melon: Listing) -> None:
    refund = a_refund(people, a_purchase(people, melon, tender=Tender.CARD))
    manager = client_as("manager")
    path = f"/payments/refunds/{refund.id}"
    for _time in range(2):
        assert post(manager, f"{path}/card", on=path).status_code == 303
    assert "已退款" in text_of(manager, path)
    with people.runtime.reading() as session:
        assert session.get_one(type(refund), refund.id).state is RefundState.SETTLED


def test_a_card_charged_while_the_order_was_cancelled_gets_its_money_back(
    app: Flask, people: People, client_as: SignIn, melon: Listing
) -> None:
    purchase = a_purchase(people, melon, tender=Tender.CARD)
    payment, order = the_payment(people, purchase), the_order(people, purchase)
    buyer = client_as("employee")
    page = f"/purchases/{purchase.id}"
    gateway = SlowGateway(people, order.id)
    runtime = app.extensions["marketplace"].runtime
    runtime.tools = replace(runtime.tools, card=gateway)
    answer = post(buyer, f"/payments/{payment.id}/pay", on=page)
    assert answer.status_code == 409
    assert gateway.given_back == [Money(118_00)]
    assert the_payment(people, purchase).state is PaymentState.VOID


class SlowGateway(OfflineCard):
    """While it is asked, the buyer cancels in another window."""

    def __init__(self, people: People, order_id: uuid.UUID) -> None:
        super().__init__(is_offered=True)
        self.people, self.order_id = people, order_id
        self.given_back: list[Money] = []

    def open_charge(self, wish: Wish) -> Charge:
        with self.people.runtime.work(self.people.actor("employee")) as w:
            orders.cancel(w, self.order_id, "不要了")
        return super().open_charge(wish)

    def refund(self, money_ref: str, amount: Money, *, reference: str, key: str) -> Given:
        self.given_back.append(amount)
        return super().refund(money_ref, amount, reference=reference, key=key)


def test_settled_money_is_listed(people: People, client_as: SignIn, melon: Listing) -> None:
    payment = the_payment(people, paid(people, a_purchase(people, melon)))
    assert payment.reference in text_of(client_as("auditor"), "/payments/settled")
    assert payment.reference in text_of(client_as("auditor"), f"/payments/{payment.id}")
