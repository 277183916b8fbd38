"""Money that is confirmed, called off, let go and given back at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalog.models import Listing
from marketplace.kernel.clock import SetClock
from marketplace.kernel.money import ZERO
from marketplace.ledger.models import JournalTransaction
from marketplace.orders import service as orders
from marketplace.orders.models import Order
from marketplace.orders.states import OrderState
from marketplace.payments import service as payments
from marketplace.payments.models import Discrepancy, Payment, Refund, Tender
from marketplace.payments.states import DiscrepancyKind, PaymentState, RefundState
from marketplace.ports.payments import Charge, ChargeState
from tests.fixtures import People, post
from tests.makers.catalog import a_listing
from tests.makers.orders import a_purchase, paid, the_order, the_orders, the_payment
from tests.makers.sales import some_goods_on_sale
from tests.makers.suppliers import an_approved_supplier
from tests.races.card import CountingCard
from tests.races.storm import PATIENCE, all_is_well, at_once, doing, in_any_order

ROUNDS = 8


@pytest.fixture
def melon(people: People) -> Listing:
    an_approved_supplier(people)
    return a_listing(people, stock=500)


def test_confirmed_cancelled_and_lapsed_together_is_one_of_them(
    people: People, melon: Listing, clock: SetClock
) -> None:
    """P3, P11, P35: the order is paid, or paid and owed back, or off; stock and books follow it."""
    tools = people.runtime.tools  # a short hold: the papers of the goods hold through all rounds
    config = replace(tools.config, transfer_hold_workdays=5)
    people.runtime.tools = replace(tools, config=config)
    for place in range(ROUNDS):
        purchase = a_purchase(people, melon)
        payment, order = the_payment(people, purchase), the_order(people, purchase)
        clock.at = purchase.hold_ends_at + timedelta(seconds=1)
        verbs = [
            doing(people, people.actor("manager"), payments.confirm_transfer, payment.id,
                  payment.amount, f"示例流水 {place}"),
            doing(people, people.actor("second_manager"), payments.confirm_transfer, payment.id,
                  payment.amount, f"示例另一流水 {place}"),
            doing(people, people.actor("employee"), orders.cancel, order.id, "示例：不要了"),
            doing(people, people.actor("supplier"), orders.cancel, order.id, "示例：没有货"),
            _lapse(people),
        ]  # fmt: skip
        in_any_order(verbs, place)
        with people.runtime.reading() as session:
            state = session.get_one(Order, order.id).state
            money = session.get_one(Payment, payment.id)
            refund = session.scalar(select(Refund).where(Refund.order_id == order.id))
        assert (state, money.state, money.refunded, refund is not None) in {
            (OrderState.PAID, PaymentState.SETTLED, ZERO, False),
            (OrderState.CANCELLED, PaymentState.SETTLED, payment.amount, True),
            (OrderState.CANCELLED, PaymentState.VOID, ZERO, False),
            (OrderState.LAPSED, PaymentState.VOID, ZERO, False),
        }
        if refund is not None:  # owed money that stays for months would be a fault by itself (P9)
            doing(people, people.actor("second_manager"), payments.settle_refund, refund.id,
                  f"示例退款 {place}")()  # fmt: skip
    all_is_well(people)


def test_money_confirmed_while_one_of_two_orders_is_called_off_is_noted_in_full_or_not_at_all(
    people: People,
) -> None:
    """P3: whoever comes first, what is settled is what was typed; the rest is owed back."""
    goods = some_goods_on_sale(people)
    for place in range(4):
        purchase = a_purchase(people, goods.melons, goods.nuts)
        payment, order = the_payment(people, purchase), the_orders(people, purchase)[0]
        due = order.goods + order.freight
        confirmed = doing(people, people.actor("manager"), payments.confirm_transfer, payment.id,
                          payment.amount, f"示例流水 {place}")  # fmt: skip
        cancelled = doing(people, people.actor("employee"), orders.cancel, order.id, "示例：不要了")
        outcomes = in_any_order([confirmed, cancelled], place)
        left = the_payment(people, purchase)
        assert sorted(outcomes) in (["done", "done"], ["amount_differs", "done"])
        if left.state is PaymentState.SETTLED:
            assert (left.amount, left.refunded) == (payment.amount, due)
        else:
            assert (left.state, left.refunded) == (PaymentState.AWAITING, ZERO)
            assert left.amount == payment.amount - due
    all_is_well(people)


def _lapse(people: People) -> Callable[[], object]:
    def once() -> None:
        with people.runtime.work() as w:
            orders.lapse_due(w)

    return lambda: people.runtime.again(once)


def test_eight_hands_give_one_refund_back_once(people: People, melon: Listing) -> None:
    """P4: whatever number they type, one is written and one booked."""
    for place in range(4):
        purchase = paid(people, a_purchase(people, melon))
        order = the_order(people, purchase)
        doing(people, people.actor("employee"), orders.cancel, order.id, "示例：不要了")()
        with people.runtime.reading() as session:
            refund = session.scalars(select(Refund).where(Refund.order_id == order.id)).one()
        outcomes = at_once(
            *(
                doing(people, people.actor(who), payments.settle_refund, refund.id, f"示例 {n}")
                for n, who in enumerate(["manager", "second_manager"] * 4, place * 8)
            )
        )
        assert sorted(outcomes) == ["done", *["wrong_state"] * 7]
        with people.runtime.reading() as session:
            assert session.get_one(Refund, refund.id).state is RefundState.SETTLED
            booked = select(JournalTransaction.id).where(
                JournalTransaction.key == f"refund-settled:{refund.id}"
            )
            assert len(session.scalars(booked).all()) == 1
    all_is_well(people)


def test_one_number_of_the_bank_is_noted_for_one_payment(people: People, melon: Listing) -> None:
    """P3: the same number typed for eight payments at once counts for one."""
    asked = [the_payment(people, a_purchase(people, melon)) for _ in range(8)]
    outcomes = at_once(
        *(
            doing(people, people.actor("manager"), payments.confirm_transfer, one.id, one.amount,
                  "示例流水 7")
            for one in asked
        )
    )  # fmt: skip
    assert sorted(outcomes) == [*["bank_ref_used"] * 7, "done"]
    all_is_well(people)


def test_what_the_card_gateway_says_twice_counts_once(people: People, melon: Listing) -> None:
    """P3: eight copies of one word of the gateway; another charge for it moves nothing."""
    purchase = a_purchase(people, melon, tender=Tender.CARD)
    payment = the_payment(people, purchase)
    with people.runtime.work(people.actor("employee")) as w:
        asked = payments.begin_charge(w, payment.id)
    assert asked is not None
    word = Charge("cs_1", str(asked.id), ChargeState.TAKEN, asked.amount, money_ref="pi_1")
    assert at_once(*[_note(people, word)] * 8) == ["done"] * 8
    other = replace(word, provider_ref="cs_2", money_ref="pi_2")
    assert at_once(*[_note(people, other)] * 4) == ["done"] * 4
    with people.runtime.reading() as session:
        kinds = session.scalars(select(Discrepancy.kind)).all()
    assert kinds == [DiscrepancyKind.CHARGE]
    assert the_payment(people, purchase).provider_ref == "pi_1"
    all_is_well(people)


def _note(people: People, word: Charge) -> Callable[[], object]:
    def once() -> None:
        with people.runtime.work() as w:
            payments.note(w, word)

    return lambda: people.runtime.again(once)


def test_an_order_called_off_while_the_card_is_charged_leaves_no_money_behind(
    people: People, app: Flask, client_as: Callable[[str], FlaskClient]
) -> None:
    """P3: what the gateway took for two orders goes back when one is off; the rest is paid then."""
    card = CountingCard()
    people.runtime.tools = replace(people.runtime.tools, card=card)
    goods = some_goods_on_sale(people)
    purchase = a_purchase(people, goods.melons, goods.nuts, tender=Tender.CARD)
    payment, order = the_payment(people, purchase), the_orders(people, purchase)[0]
    buyer, page = client_as("employee"), f"/purchases/{purchase.id}"
    with ThreadPoolExecutor(1) as thread:
        paying = thread.submit(post, buyer, f"/payments/{payment.id}/pay", on=page)
        assert card.asked.wait(PATIENCE)
        doing(people, people.actor("employee"), orders.cancel, order.id, "示例：不要了")()
        card.may_answer.set()
        assert paying.result(PATIENCE).status_code == 409
    assert card.kept == ZERO
    assert post(buyer, f"/payments/{payment.id}/pay", on=page).status_code == 303
    payment = the_payment(people, purchase)
    assert (payment.state, card.kept) == (PaymentState.SETTLED, payment.amount)
    all_is_well(people)
