"""The return page, the gateway's events and impatient people at the same instant."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from marketplace.catalog.models import Listing
from marketplace.ledger.models import JournalTransaction
from marketplace.orders import service as orders
from marketplace.payments import service
from marketplace.payments.models import Refund, Tender
from marketplace.payments.states import OperationKind, PaymentState, RefundState
from tests.fixtures import People
from tests.makers.orders import a_placement, an_address
from tests.payments.buying import Sale, a_sale, discrepancies, tell
from tests.payments.standin import Standin
from tests.races.storm import all_is_well, at_once

ROUNDS = 25  # on each database


def test_the_return_page_and_the_event_at_the_same_instant_are_one_payment(
    app: Flask, people: People, standin: Standin, melon: Listing
) -> None:
    """P6: Failure 16: two events, two looks, 50 rounds on the two databases together."""
    runtime, address = people.runtime, an_address(people)
    for _round in range(ROUNDS):
        wish = a_placement(address, melon, tender=Tender.CARD, lines=((melon.id, 1),))
        with runtime.work(people.actor("employee")) as w:
            sale = Sale(people, standin, orders.place(w, wish))
        payment = sale.payment
        page = sale.begin()
        standin.pay(page)
        card = runtime.tools.card
        bodies = [standin.event("checkout.session.completed", page) for _ in range(2)]
        events = [card.read_event(one, standin.signed(one), standin.now()) for one in bodies]
        outcomes = at_once(
            lambda: service.hear(runtime, events[0]),  # noqa: B023  # done within the round
            lambda: service.hear(runtime, events[0]),  # noqa: B023
            lambda: service.hear(runtime, events[1]),  # noqa: B023
            lambda: service.look(runtime, payment.id),  # noqa: B023
        )
        assert outcomes == ["done"] * 4
        assert sale.payment.state is PaymentState.SETTLED
    with runtime.reading() as session:
        asked = select(func.count(JournalTransaction.id))
        assert session.scalar(asked.where(JournalTransaction.event == "settled")) == ROUNDS
        assert session.scalar(asked.where(JournalTransaction.event == "paid")) == ROUNDS
    assert discrepancies(people) == []
    all_is_well(people)


def test_eight_clicks_give_a_card_its_money_back_once(
    app: Flask, people: People, standin: Standin, melon: Listing
) -> None:
    """P4: Failure 15: with the gateway's event before each answer."""
    sale = a_sale(people, standin, melon)
    sale.settle()
    refund = sale.cancel()
    standin.faults.tell_first = lambda kind, number: _heard(app, standin, kind, number)
    manager = people.actor("manager")
    clicks = [lambda: service.give_back(people.runtime, manager, refund.id)] * 8
    assert at_once(*clicks) == ["done"] * 8
    with people.runtime.reading() as session:
        assert session.get_one(Refund, refund.id).state is RefundState.SETTLED
    assert len(standin.refunds) == 1
    assert len(sale.operations(OperationKind.REFUND)) == 1
    all_is_well(people)


def _heard(app: Flask, standin: Standin, kind: str, number: str) -> None:
    assert tell(app, standin, standin.event(kind, number)) == 204


def test_eight_clicks_on_pay_open_one_page(
    people: People, standin: Standin, melon: Listing
) -> None:
    """P7: and lapsing beside them leaves no page that takes money unseen."""
    sale = a_sale(people, standin, melon)
    assert at_once(*[sale.begin] * 8) == ["done"] * 8
    assert len(standin.sessions) == 1
    assert len(sale.operations(OperationKind.CHARGE)) == 1
