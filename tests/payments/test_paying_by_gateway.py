"""Paying on the gateway's page: there, back, and whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.adapters.stripe_card import StripeCard
from marketplace.catalog.models import Listing
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Refused
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.orders import service as orders
from marketplace.orders.states import OrderState
from marketplace.payments import service
from marketplace.payments.models import Tender
from marketplace.payments.states import OperationKind, OperationState, PaymentState
from marketplace.ports.payments import GatewayDown
from marketplace.work.models import TrailEntry
from tests.fixtures import People, post
from tests.makers.catalog import a_listing
from tests.makers.orders import a_purchase
from tests.payments.buying import Sale, a_sale, discrepancies, tell
from tests.payments.gateway import stripe_settings
from tests.payments.standin import Standin
from tests.races.storm import all_is_well

SignIn = Callable[[str], FlaskClient]


def balance(people: People, kind: AccountKind) -> Money:
    with people.runtime.reading() as session:
        return ledger.balance(session, kind)


def test_the_buyer_is_sent_to_the_gateway_and_has_paid_when_he_comes_back(
    people: People, standin: Standin, client_as: SignIn, melon: Listing
) -> None:
    sale = a_sale(people, standin, melon)
    buyer = client_as("employee")
    page = f"/purchases/{sale.purchase.id}"
    path = f"/payments/{sale.payment.id}"
    answer = post(buyer, f"{path}/pay", on=page)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{standin.origin}/pay/cs_")
    (session,) = standin.sessions.values()
    assert (session["amount_total"], session["currency"]) == (118_00, "cny")
    assert session["success_url"] == f"https://shop.example{path}/returned"
    assert post(buyer, f"{path}/pay", on=page).headers["Location"] == answer.headers["Location"]
    assert buyer.get(f"{path}/returned").status_code == 303
    assert sale.payment.state is PaymentState.AWAITING
    money = standin.pay(session["id"])
    assert buyer.get(f"{path}/returned").headers["Location"].endswith(page)
    assert "已付款" in buyer.get(page).get_data(as_text=True)
    assert (sale.payment.provider_ref, sale.order.state) == (money, OrderState.PAID)
    for name in ("second_employee", "manager"):
        assert client_as(name).get(f"{path}/returned").status_code == 404
    all_is_well(people)


def test_an_answer_that_never_came_is_neither_success_nor_failure(
    people: People, standin: Standin, melon: Listing
) -> None:
    """P7: the second click finds the page that the first one opened."""
    sale = a_sale(people, standin, melon)
    standin.faults.lose_answer = 1
    with pytest.raises(GatewayDown):
        sale.begin()
    (asked,) = sale.operations(OperationKind.CHARGE)
    assert asked.state is OperationState.UNKNOWN
    assert sale.payment.state is PaymentState.AWAITING
    sale.settle()
    assert len(standin.sessions) == 1
    assert sale.payment.state is PaymentState.SETTLED
    all_is_well(people)


def test_a_gateway_that_is_down_loses_nothing(
    people: People, standin: Standin, melon: Listing
) -> None:
    """P7, P32"""
    sale = a_sale(people, standin, melon)
    standin.faults.dead = True
    with pytest.raises(GatewayDown):
        sale.begin()
    standin.faults.dead = False
    money = sale.take()
    standin.faults.dead = True
    with pytest.raises(GatewayDown):
        service.look(people.runtime, sale.payment.id)
    assert sale.payment.state is PaymentState.AWAITING
    standin.faults.dead = False
    service.look(people.runtime, sale.payment.id)
    assert sale.payment.provider_ref == money
    all_is_well(people)


def test_an_amount_that_shrank_is_paid_on_a_page_of_its_own(
    people: People, standin: Standin, melon: Listing
) -> None:
    """Failure 10: what was opened for more is closed before anybody pays it."""
    sale = a_sale(people, standin, melon)
    first = sale.begin()
    with people.runtime.work(sale.payer) as w:
        service.reduce(w, sale.purchase.id, Money(1_00))
    second = sale.begin()
    assert (first != second, standin.sessions[first]["status"]) == (True, "expired")
    assert standin.sessions[second]["amount_total"] == 117_00


def test_money_for_an_amount_that_is_not_asked_any_more_goes_back(
    people: People, standin: Standin, melon: Listing
) -> None:
    """P4: Failure 18: two charges were paid for one purchase; it stays paid, the other goes back
    and the account for too much is back at zero."""
    sale = a_sale(people, standin, melon)
    first = sale.begin()
    standin.sessions[first]["status"] = "closing"  # it neither ends nor answers that it is paid
    with people.runtime.work() as w:
        service.give_up(w, sale.operations(OperationKind.CHARGE)[0].id, "示例：看起来结束了")
    kept = sale.settle()
    standin.sessions[first]["status"] = "open"
    too_much = standin.pay(first)
    service.reconcile(people.runtime, people.runtime.clock.now() - timedelta(days=1))
    assert balance(people, AccountKind.CARD_EXCESS) == Money(-118_00)
    people.runtime.deliver()
    assert sale.payment.provider_ref == kept
    assert [one["payment_intent"] for one in standin.refunds.values()] == [too_much]
    assert balance(people, AccountKind.CARD_EXCESS) == ZERO
    assert balance(people, AccountKind.CARD_CLEARING) == Money(118_00)
    all_is_well(people)


def _paid_late(sale: Sale, clock: SetClock) -> None:
    page = sale.begin()
    clock.at = sale.purchase.hold_ends_at
    sale.lapse()
    assert sale.order.state is OrderState.LAPSED
    sale.standin.pay(page)


def test_money_that_comes_after_the_hold_buys_what_is_still_there(
    app: Flask, people: People, standin: Standin, melon: Listing, clock: SetClock
) -> None:
    """P11: Failure 17: held again and sold, by the gateway's event alone."""
    sale = a_sale(people, standin, melon)
    _paid_late(sale, clock)
    (number,) = standin.sessions
    assert tell(app, standin, standin.event("checkout.session.completed", number)) == 204
    assert (sale.order.state, sale.payment.state) == (OrderState.PAID, PaymentState.SETTLED)
    all_is_well(people)


def test_money_that_comes_after_the_hold_goes_back_when_the_goods_are_gone(
    app: Flask, people: People, standin: Standin, clock: SetClock, melon: Listing
) -> None:
    """Failure 17: never silent, nothing half held."""
    few = a_listing(people, sku="HONEY", stock=2)
    purchase = a_purchase(people, few, melon, tender=Tender.CARD)
    sale = Sale(people, standin, purchase)
    _paid_late(sale, clock)
    a_purchase(people, few, name="second_employee")
    (number,) = standin.sessions
    assert tell(app, standin, standin.event("checkout.session.completed", number)) == 204
    assert sale.payment.state is PaymentState.VOID
    with people.runtime.reading() as session:  # what was tried and undone was not done
        undone = select(TrailEntry.number).where(TrailEntry.verb.in_(["hold_again", "revive"]))
        assert session.scalars(undone).all() == []
    all_is_well(people)
    people.runtime.deliver()
    assert [one["amount"] for one in standin.refunds.values()] == [purchase.total.fen]
    assert balance(people, AccountKind.CARD_EXCESS) == ZERO
    all_is_well(people)


def test_what_a_person_called_off_stays_off_when_money_comes(
    people: People, standin: Standin, melon: Listing
) -> None:
    sale = a_sale(people, standin, melon)
    page = sale.begin()
    with people.runtime.work(people.actor("employee")) as w:
        orders.cancel(w, sale.order.id, "示例：不要了")
    standin.pay(page)
    service.look(people.runtime, sale.payment.id)
    people.runtime.deliver()
    assert sale.order.state is OrderState.CANCELLED
    assert len(standin.refunds) == 1
    all_is_well(people)


@pytest.mark.parametrize("kind", ["amount", "currency", "account", "mode", "reference"])
def test_money_that_is_not_what_was_asked_pays_nothing(
    people: People, standin: Standin, melon: Listing, kind: str
) -> None:
    """P3: Failure 11, Failure 13, Failure 14: the order stays unpaid and a manager is told."""
    sale = a_sale(people, standin, melon)
    page = sale.begin()
    wrong = {"amount": {"amount": 1}, "currency": {"currency": "usd"}}.get(kind, {})
    standin.pay(page, **wrong)  # type: ignore[arg-type]
    if kind == "mode":
        standin.sessions[page]["livemode"] = True
    if kind == "reference":
        standin.sessions[page]["client_reference_id"] = str(sale.payment.id)
    if kind == "account":
        other = replace(stripe_settings(standin.origin), stripe_account="acct_other")
        people.runtime.tools = replace(people.runtime.tools, card=StripeCard(other))
    service.look(people.runtime, sale.payment.id)
    assert sale.payment.state is PaymentState.AWAITING
    assert discrepancies(people) == ["no_order" if kind == "reference" else kind]
    with pytest.raises(Refused, match="payment_in_question"):
        sale.begin()


def test_an_old_charge_pays_no_new_order(
    app: Flask, people: People, standin: Standin, melon: Listing
) -> None:
    """Failure 14: also when the buyer has a purchase waiting, and with events by the dozen."""
    old = a_sale(people, standin, melon)
    money = old.settle()
    new = a_sale(people, standin, melon)
    new.begin()
    for kind in ("payment_intent.succeeded", "charge.updated"):
        assert tell(app, standin, standin.event(kind, money)) == 204
    assert new.payment.state is PaymentState.AWAITING
    all_is_well(people)


def test_without_secrets_cards_are_not_offered_and_nothing_is_believed(
    app: Flask, people: People, standin: Standin, melon: Listing
) -> None:
    """Failure 11: neither a secret that is empty nor one that is nobody's."""
    sale = a_sale(people, standin, melon)
    body = standin.event("checkout.session.completed", sale.begin())
    bare = StripeCard(stripe_settings(standin.origin, stripe_webhook_secret=""))
    (problem,) = bare.problems
    assert problem == "MARKETPLACE_STRIPE_WEBHOOK_SECRET is missing: nobody can pay by card"
    people.runtime.tools = replace(people.runtime.tools, card=bare)
    assert service.tenders(people.runtime.tools) == (Tender.TRANSFER,)
    assert tell(app, standin, body, secret="") == 404
    with pytest.raises(Refused, match="tender_not_offered"):
        a_purchase(people, melon, tender=Tender.CARD)
