"""What the gateway sends by itself: believed when signed just now, and then only as a hint."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.catalog.models import Listing
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import JournalTransaction
from marketplace.ledger.states import AccountKind
from marketplace.orders import service as orders
from marketplace.payments import service
from marketplace.payments.models import Discrepancy, Dispute, GatewayNotice, Payment, Tender
from marketplace.payments.states import DisputeState, OperationKind, PaymentState, RefundState
from marketplace.payments.views.hearing import LONGEST_EVENT
from marketplace.ports.payments import (
    Charge,
    ChargeState,
    DisputeOutcome,
    DisputeTold,
    Given,
    GivenState,
)
from marketplace.work.models import TrailEntry
from tests.fixtures import People
from tests.makers.orders import a_purchase, the_payment
from tests.payments.buying import a_sale, discrepancies, tell
from tests.payments.standin import ACCOUNT, SECRET, Standin
from tests.races.storm import all_is_well

PATH = "/payments/gateway"
CARDS = (AccountKind.CARD_CLEARING, AccountKind.CARD_DISPUTED, AccountKind.CARD_LOSS)
EVENT = "checkout.session.completed"


def counted(people: People) -> tuple[int, int]:
    """Rows of the trail and of the journal."""
    with people.runtime.reading() as session:
        return (
            session.scalar(select(func.count(TrailEntry.number))) or 0,
            session.scalar(select(func.count(JournalTransaction.id))) or 0,
        )


def test_what_is_not_signed_just_now_by_the_gateway_is_not_believed(
    app: Flask, people: People, standin: Standin, melon: Listing, caplog: pytest.LogCaptureFixture
) -> None:
    """P6: Failure 11, Failure 12: 400, nothing written; the log counts it, without secrets."""
    sale = a_sale(people, standin, melon)
    sale.take()
    (number,) = standin.sessions
    body, client, now = standin.event(EVENT, number), app.test_client(), standin.now()
    good = standin.signed(body)
    refused: list[tuple[bytes, dict[str, str]]] = [
        (body, {}),
        (body, {"Stripe-Signature": ""}),
        (body, {"Stripe-Signature": "t=1,v1=0"}),
        (body, standin.signed(body, secret="whsec_of_another")),
        (body, standin.signed(body, at=now - timedelta(seconds=301))),
        (body, standin.signed(body, at=now + timedelta(seconds=301))),
        (body.replace(b"cs_", b"CS_"), good),
        (body + b" ", good),
        (b"", standin.signed(b"")),
        (b"[]", standin.signed(b"[]")),
        (b"\xff", good),
    ]
    before = counted(people)
    with caplog.at_level(logging.WARNING):
        for sent, headers in refused:
            assert client.post(PATH, data=sent, headers=headers).status_code == 400
    assert len([r for r in caplog.records if "not believed" in r.message]) == len(refused)
    assert SECRET not in caplog.text
    assert client.post(PATH, data=b"x" * (LONGEST_EVENT + 1), headers=good).status_code == 413
    assert client.get(PATH).status_code == 405
    assert counted(people) == before
    assert sale.payment.state is PaymentState.AWAITING
    at_the_edge = now - timedelta(seconds=300)
    assert tell(app, standin, body, at=at_the_edge) == 204
    assert sale.payment.state is PaymentState.SETTLED


@pytest.mark.sqlite_only  # tests/races does it at once, on both
def test_an_event_that_comes_a_hundred_times_counts_once(
    app: Flask, people: People, standin: Standin, melon: Listing
) -> None:
    """P6: with one number, and with a hundred of them."""
    sale = a_sale(people, standin, melon)
    sale.take()
    (number,) = standin.sessions
    same = standin.event(EVENT, number)
    client = app.test_client()
    assert tell(client, standin, same) == 204
    before, asked = counted(people), len(standin.calls)
    for _time in range(80):
        assert tell(client, standin, same) == 204
    assert len(standin.calls) == asked
    for _time in range(20):
        assert tell(client, standin, standin.event(EVENT, number)) == 204
    assert counted(people) == before
    all_is_well(people)


def test_an_event_is_known_only_with_its_effect(
    app: Flask, people: People, standin: Standin, melon: Listing
) -> None:
    """P7: while the gateway cannot be asked, it is told to come again."""
    sale = a_sale(people, standin, melon)
    sale.take()
    (number,) = standin.sessions
    body = standin.event(EVENT, number)
    standin.faults.dead = True
    assert tell(app, standin, body) == 503
    with people.runtime.reading() as session:
        assert session.scalar(select(func.count(GatewayNotice.id))) == 0
    standin.faults.dead = False
    assert tell(app, standin, body) == 204
    assert sale.payment.state is PaymentState.SETTLED


def test_an_event_pays_no_bank_transfer(
    app: Flask, people: People, standin: Standin, melon: Listing
) -> None:
    """Failure 11: whatever a charge names as its reference."""
    transfer = the_payment(people, a_purchase(people, melon))
    for place, name in enumerate((str(transfer.id), transfer.reference, "", "中文", "0" * 200)):
        sale = a_sale(people, standin, melon)
        number = sale.begin()
        standin.sessions[number]["client_reference_id"] = name
        standin.pay(number)
        assert tell(app, standin, standin.event(EVENT, number)) == 204
        assert discrepancies(people) == ["no_order"] * (place + 1)
    assert the_payment(people, a_purchase(people, melon)).tender is Tender.TRANSFER
    with people.runtime.reading() as session:
        assert session.get_one(type(transfer), transfer.id).state is PaymentState.AWAITING


def test_events_about_nothing_of_ours_change_nothing(
    app: Flask, people: People, standin: Standin, melon: Listing
) -> None:
    sale = a_sale(people, standin, melon)
    body = json.loads(standin.event(EVENT, sale.begin()))
    before = counted(people)
    for thing in ({"object": "payout", "id": "po_1"}, {"object": "checkout.session", "id": "cs_x"}):
        told = json.dumps({**body, "id": f"evt_{thing['id']}", "data": {"object": thing}}).encode()
        assert tell(app, standin, told) == 204
    assert counted(people) == before


class Undone(Exception):
    """Nothing of it is kept."""


@pytest.mark.sqlite_only  # the same statements in another order, 120 times
def test_every_order_of_what_is_told_ends_in_one_state(
    people: People, standin: Standin, melon: Listing
) -> None:
    """Failure 19: created, processing, succeeded, refunded and disputed, each twice."""
    sale = a_sale(people, standin, melon)
    sale.begin()
    (asked,) = sale.operations(OperationKind.CHARGE)
    created = Charge("cs_1", str(asked.id), ChargeState.OPEN, asked.amount, account=ACCOUNT)
    taken = replace(created, state=ChargeState.TAKEN, money_ref="pi_1")
    given = Given("re_1", "", Money(5_00), GivenState.DONE)
    lost = DisputeTold("du_1", Money(1_00), DisputeOutcome.LOST)
    told = (
        created,
        replace(created, send_to="https://gateway.example/"),
        taken,
        replace(taken, given=(given,)),
        replace(taken, disputes=(replace(lost, outcome=DisputeOutcome.OPEN), lost)),
    )
    told = tuple(replace(one, provider_ref=asked.provider_ref or "") for one in told)
    ends = set()
    for place, order in enumerate(permutations(told)):
        with pytest.raises(Undone), people.runtime.work() as w:
            for one in order:
                for _again in range(1 + (place % 3 == 0)):
                    service.note(w, one)
            w.session.flush()
            payment = w.session.get_one(Payment, asked.payment_id)
            differing = tuple(w.session.scalars(select(Discrepancy.kind)))
            disputed = tuple(w.session.scalars(select(Dispute.state)))
            announced = tuple(sorted(type(event).__name__ for event in w.announced))
            ends.add((payment.state, payment.provider_ref, announced, differing, disputed))
            raise Undone
    announced = ("DisputeEnded", "DisputeOpened", "PaymentSettled")
    assert ends == {
        (PaymentState.SETTLED, "pi_1", announced, ("foreign_refund",), (DisputeState.LOST,))
    }


def test_events_that_come_late_and_in_any_order_change_nothing(
    app: Flask, people: People, standin: Standin, melon: Listing
) -> None:
    """Failure 19: over HTTP, after our own books have it all."""
    sale = a_sale(people, standin, melon)
    number = sale.begin()
    created = standin.event("checkout.session.created", number)
    processing = standin.event("payment_intent.processing", standin.pay(number))
    taken = standin.event(EVENT, number)
    service.look(people.runtime, sale.payment.id)
    refund = sale.cancel()
    service.give_back(people.runtime, people.actor("manager"), refund.id)
    refunded = standin.event("charge.refunded", *standin.refunds)
    before = counted(people)
    for one in (refunded, taken, created, processing, refunded):
        assert tell(app, standin, one) == 204
    assert counted(people) == before
    all_is_well(people)


def test_a_dispute_is_booked_and_won_or_lost(
    app: Flask, people: People, standin: Standin, melon: Listing, client_as: object
) -> None:
    """P4: what a bank keeps back is not with the gateway; won, it is again; lost, it is a loss."""
    booked = []
    for outcome in ("won", "lost"):
        sale = a_sale(people, standin, melon)
        money = sale.settle()
        number = standin.dispute(money, 118_00)
        for kind in ("charge.dispute.created", "charge.dispute.updated"):
            assert tell(app, standin, standin.event(kind, number)) == 204
        all_is_well(people)
        standin.disputes[number]["status"] = outcome
        assert tell(app, standin, standin.event("charge.dispute.closed", number)) == 204
        with people.runtime.reading() as session:
            dispute = session.scalars(select(Dispute).where(Dispute.provider_ref == number)).one()
            assert dispute.state is DisputeState(outcome)
            booked.append(tuple(ledger.balance(session, kind).fen for kind in CARDS))
    assert booked == [(118_00, 0, 0), (118_00, 0, 118_00)]
    assert discrepancies(people) == []
    number = standin.dispute(money, 1)  # more than is left of what was taken
    assert tell(app, standin, standin.event("charge.dispute.created", number)) == 204
    assert discrepancies(people) == ["dispute_amount"]
    all_is_well(people)


def test_the_word_that_a_refund_went_out_may_come_before_the_answer(
    app: Flask, people: People, standin: Standin, melon: Listing
) -> None:
    """Failure 15: and twice after it; one entry in the books for one refund."""
    sale = a_sale(people, standin, melon)
    sale.settle()
    refund = sale.cancel()
    client = app.test_client()
    standin.faults.tell_first = lambda kind, number: _told(client, standin, kind, number)
    assert service.give_back(people.runtime, people.actor("manager"), refund.id)
    standin.faults.tell_first = None
    (number,) = standin.refunds
    for _time in range(2):
        assert tell(client, standin, standin.event("refund.updated", number)) == 204
    with people.runtime.reading() as session:
        found = session.get_one(type(refund), refund.id)
        keys = select(func.count(JournalTransaction.id)).where(
            JournalTransaction.key == f"refund-settled:{refund.id}"
        )
        assert (found.state, found.provider_ref) == (RefundState.SETTLED, number)
        assert session.scalar(keys) == 1
    assert len(sale.operations(OperationKind.REFUND)) == 1
    all_is_well(people)


def _told(client: FlaskClient, standin: Standin, kind: str, number: str) -> None:
    assert tell(client, standin, standin.event(kind, number)) == 204


def test_money_given_back_by_somebody_else_is_told_to_the_managers(
    app: Flask, people: People, standin: Standin, melon: Listing
) -> None:
    """P4: a click in the gateway's own pages, and a refund that fails after all."""
    sale = a_sale(people, standin, melon)
    money = sale.settle()
    standin.refunds["re_foreign"] = {
        "id": "re_foreign", "object": "refund", "payment_intent": money, "amount": 5_00,
        "currency": "cny", "status": "succeeded", "metadata": {},
    }  # fmt: skip
    assert tell(app, standin, standin.event("charge.refunded", "re_foreign")) == 204
    assert discrepancies(people) == ["foreign_refund"]
    del standin.refunds["re_foreign"]
    refund = sale.cancel()
    service.give_back(people.runtime, people.actor("manager"), refund.id)
    (number,) = standin.refunds
    standin.refunds[number]["status"] = "failed"
    assert tell(app, standin, standin.event("refund.failed", number)) == 204
    assert discrepancies(people) == ["foreign_refund", "refund_failed"]
    all_is_well(people)


def test_a_page_that_ended_unpaid_is_followed_by_another(
    app: Flask, people: People, standin: Standin, melon: Listing
) -> None:
    sale = a_sale(people, standin, melon)
    first = sale.begin()
    standin.expire(first)
    assert tell(app, standin, standin.event("checkout.session.expired", first)) == 204
    second = sale.begin()
    assert first != second
    standin.expire(second)
    third = sale.begin()  # also when nobody told of it
    standin.pay(third)
    service.look(people.runtime, sale.payment.id)
    assert sale.payment.amount == Money(118_00)
    assert sale.payment.state is PaymentState.SETTLED
    with people.runtime.work(people.actor("employee")) as w:
        orders.cancel(w, sale.order.id, "示例")
    all_is_well(people)
