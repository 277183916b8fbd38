"""Money that was said to be back and was not: the books are brought back, and it is sent again."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalog.models import Listing
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.orders import service as orders
from marketplace.payments import service
from marketplace.payments.models import PaymentOperation, Refund
from marketplace.payments.states import OperationKind, OperationState, RefundState
from tests.fixtures import People
from tests.payments.buying import a_sale, discrepancies, tell
from tests.payments.standin import Standin
from tests.races.storm import all_is_well


def _balances(people: People) -> tuple[Money, Money]:
    """What the gateway holds for us, and what we owe to buyers."""
    with people.runtime.reading() as session:
        return (
            ledger.balance(session, AccountKind.CARD_CLEARING),
            -ledger.balance(session, AccountKind.REFUNDS),
        )


def test_a_refund_that_fails_afterwards_is_booked_back_and_sent_again(
    app: Flask, people: People, standin: Standin, melon: Listing,
    client_as: Callable[[str], FlaskClient],
) -> None:  # fmt: skip
    """P4, P6: however often it is told, and also when an older word comes after it; twice."""
    manager, sale = people.actor("manager"), a_sale(people, standin, melon)
    sale.settle()
    refund = sale.cancel()
    for bounced in (1, 2):
        assert service.give_back(people.runtime, manager, refund.id)
        assert _balances(people) == (ZERO, ZERO)
        number = list(standin.refunds)[-1]
        for word in ("failed", "failed", "succeeded", "failed"):
            standin.refunds[number]["status"] = word
            assert tell(app, standin, standin.event("refund.failed", number)) == 204
            assert _balances(people) == (Money(118_00), Money(118_00))
        with people.runtime.reading() as session:
            found = session.get_one(Refund, refund.id)
            assert (found.state, found.bounced) == (RefundState.REQUESTED, bounced)
            assert (found.provider_ref, found.settled_at) == (None, None)
        all_is_well(people)
    assert discrepancies(people) == ["refund_failed", "refund_failed"]
    page = client_as("employee").get(f"/orders/{refund.order_id}").get_data(as_text=True)
    assert "被退了回来" in page
    page = client_as("manager").get("/payments/").get_data(as_text=True)
    assert "上次没有退成" in page
    assert service.give_back(people.runtime, manager, refund.id)
    states = sorted(one.state for one in sale.operations(OperationKind.REFUND))
    assert states == [OperationState.DONE] + [OperationState.FAILED] * 2
    assert _balances(people) == (ZERO, ZERO)
    all_is_well(people)


def test_money_that_nobody_needs_sets_out_again_by_itself(
    app: Flask, people: People, standin: Standin, melon: Listing
) -> None:
    """P9: a charge that came when the goods were gone, and whose return failed afterwards."""
    sale = a_sale(people, standin, melon)
    page = sale.begin()
    with people.runtime.work(people.actor("employee")) as w:
        orders.cancel(w, sale.order.id, "示例：不要了")
    standin.pay(page)
    service.look(people.runtime, sale.payment.id)
    people.runtime.deliver()
    (number,) = standin.refunds
    standin.refunds[number]["status"] = "failed"
    assert tell(app, standin, standin.event("refund.failed", number)) == 204
    all_is_well(people)
    people.runtime.deliver()
    assert len(standin.refunds) == 2
    with people.runtime.reading() as session:
        asked = select(PaymentOperation.state).where(PaymentOperation.kind == OperationKind.RETURN)
        assert sorted(session.scalars(asked)) == [OperationState.DONE, OperationState.FAILED]
        assert ledger.balance(session, AccountKind.CARD_EXCESS) == ZERO
    all_is_well(people)
