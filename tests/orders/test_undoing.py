"""Cancelling and lapsing: stock back exactly once, money owed back or not asked any more."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from marketplace.accounts import service as accounts
from marketplace.catalog.models import Listing
from marketplace.kernel.actor import Role
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused, WrongState
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import Money
from marketplace.ledger import queries as ledger
from marketplace.orders import queries, service
from marketplace.orders.models import Order
from marketplace.orders.states import OrderState
from marketplace.payments import queries as payments
from marketplace.payments.states import PaymentState, RefundState
from tests.fixtures import People
from tests.makers.orders import a_purchase, paid, shipped, the_order, the_orders, the_payment
from tests.orders.test_placing import stock_of


def cancelled(people: People, order: Order, name: str = "employee") -> Order:
    with people.runtime.work(people.actor(name)) as w:
        return service.cancel(w, order.id, "不要了")


def test_an_unpaid_order_gives_its_stock_back_and_is_not_asked_for(
    people: People, melon: Listing
) -> None:
    purchase = a_purchase(people, melon)
    order = cancelled(people, the_order(people, purchase))
    assert (order.state, order.cancel_reason) == (OrderState.CANCELLED, "不要了")
    assert stock_of(people.runtime, melon) == (100, 0, 0)
    assert the_payment(people, purchase).state is PaymentState.VOID


def test_of_two_unpaid_orders_the_other_is_still_asked_for(
    people: People, melon: Listing, walnut: Listing
) -> None:
    purchase = a_purchase(people, melon, walnut)
    first, second = the_orders(people, purchase)
    cancelled(people, first)
    payment = the_payment(people, purchase)
    assert (payment.state, payment.amount) == (PaymentState.AWAITING, Money(60_00))
    paid(people, purchase)
    states = {order.id: order.state for order in the_orders(people, purchase)}
    assert states == {first.id: OrderState.CANCELLED, second.id: OrderState.PAID}
    assert stock_of(people.runtime, melon) == (100, 0, 0)
    assert stock_of(people.runtime, walnut) == (98, 0, 2)


def test_when_both_are_cancelled_no_money_is_asked(
    people: People, melon: Listing, walnut: Listing
) -> None:
    purchase = a_purchase(people, melon, walnut)
    for order in the_orders(people, purchase):
        cancelled(people, order)
    assert the_payment(people, purchase).state is PaymentState.VOID


def test_a_paid_order_owes_its_money_back_and_its_stock_is_sold_again(
    people: People, melon: Listing
) -> None:
    purchase = paid(people, a_purchase(people, melon))
    order = the_order(people, purchase)
    assert stock_of(people.runtime, melon) == (98, 0, 2)
    cancelled(people, order)
    assert stock_of(people.runtime, melon) == (100, 0, 0)
    with people.runtime.reading() as session:
        (refund,) = payments.refunds_of(session, order.id)
        assert list(ledger.faults(session)) == []
    assert (refund.state, refund.amount) == (RefundState.REQUESTED, Money(118_00))


def test_the_supplier_may_cancel_too(people: People, melon: Listing) -> None:
    order = the_order(people, paid(people, a_purchase(people, melon)))
    assert cancelled(people, order, "supplier").state is OrderState.CANCELLED


def test_what_is_on_its_way_is_not_cancelled(people: People, melon: Listing) -> None:
    order = shipped(people, the_order(people, paid(people, a_purchase(people, melon))))
    with pytest.raises(WrongState):
        cancelled(people, order)
    assert stock_of(people.runtime, melon) == (98, 0, 2)


def test_an_order_is_cancelled_once(people: People, melon: Listing) -> None:
    order = the_order(people, paid(people, a_purchase(people, melon)))
    cancelled(people, order)
    with pytest.raises(WrongState):
        cancelled(people, order)
    assert stock_of(people.runtime, melon) == (100, 0, 0)


def test_a_cancellation_says_why(people: People, melon: Listing) -> None:
    order = the_order(people, a_purchase(people, melon))
    with (
        pytest.raises(Invalid, match="reason_missing"),
        people.runtime.work(people.actor("employee")) as w,
    ):
        service.cancel(w, order.id, "  ")


@pytest.mark.parametrize(
    "stranger", ["second_employee", "second_supplier", "union_buyer", "manager", "auditor"]
)
def test_a_stranger_cancels_nothing(people: People, melon: Listing, stranger: str) -> None:
    """P18: as if there were no such order."""
    order = the_order(people, a_purchase(people, melon))
    with pytest.raises(Missing):
        cancelled(people, order, stranger)


def test_of_a_union_the_buyer_cancels_and_the_approver_does_not(
    people: People, melon: Listing
) -> None:
    (grant,) = people.actor("union_buyer").grants
    purchase = a_purchase(
        people,
        melon,
        name="union_buyer",
        organisation_id=grant.organisation_id,
        source=FundSource.UNION,
    )
    order = the_order(people, purchase)
    with pytest.raises(Forbidden):
        cancelled(people, order, "union_approver")
    assert cancelled(people, order, "union_buyer").state is OrderState.CANCELLED


def test_what_is_not_paid_in_time_lapses_once(
    people: People, clock: SetClock, melon: Listing, walnut: Listing
) -> None:
    """P11: none outlives its time; the worker looks every second."""
    purchase = a_purchase(people, melon, walnut)
    in_time = a_purchase(people, melon, name="second_employee")
    paid(people, in_time)
    clock.at = purchase.hold_ends_at - timedelta(seconds=1)
    with people.runtime.work() as w:
        assert service.lapse_due(w) == 0
    clock.at = purchase.hold_ends_at
    for expected in (2, 0):
        with people.runtime.work() as w:
            assert service.lapse_due(w) == expected
    assert {order.state for order in the_orders(people, purchase)} == {OrderState.LAPSED}
    assert the_order(people, in_time).state is OrderState.PAID
    assert the_payment(people, purchase).state is PaymentState.VOID
    assert stock_of(people.runtime, melon) == (98, 0, 2)
    assert stock_of(people.runtime, walnut) == (100, 0, 0)


def test_money_that_comes_after_the_lapse_is_not_taken_in_silence(
    people: People, clock: SetClock, melon: Listing
) -> None:
    purchase = a_purchase(people, melon)
    clock.at = purchase.hold_ends_at
    with people.runtime.work() as w:
        service.lapse_due(w)
    with pytest.raises(Refused, match="payment_void"):
        paid(people, purchase)
    assert the_order(people, purchase).state is OrderState.LAPSED


def test_money_that_is_not_the_sum_of_the_open_orders_pays_none_of_them(
    people: People, melon: Listing
) -> None:
    """P3: to the fen."""
    purchase = a_purchase(people, melon)
    with pytest.raises(Refused, match="paid_for_nothing"), people.runtime.work() as w:
        service.mark_paid(w, purchase.id, purchase.total - Money(1), "transfer")
    assert the_order(people, purchase).state is OrderState.PLACED


def test_only_the_system_lets_orders_lapse(people: People, clock: SetClock, melon: Listing) -> None:
    clock.at = a_purchase(people, melon).hold_ends_at
    with pytest.raises(Forbidden), people.runtime.work(people.actor("employee")) as w:
        service.lapse_due(w)


def test_another_role_elsewhere_opens_no_verb_here(people: People, melon: Listing) -> None:
    (elsewhere,) = people.actor("second_supplier").grants
    with people.runtime.work() as w:
        buyer = uuid.UUID(people.ids["employee"])
        accounts.grant(w, buyer, elsewhere.organisation_id, Role.SUPPLIER_STAFF)
    order = the_order(people, paid(people, a_purchase(people, melon)))
    with pytest.raises(Missing):
        shipped(people, order, "second_supplier", {})
    with pytest.raises(Forbidden):
        shipped(people, order, "employee", {})


def test_an_approver_who_is_an_employee_too_does_not_cancel_for_the_union(
    people: People, melon: Listing
) -> None:
    (union,), (group,) = people.actor("union_buyer").grants, people.actor("employee").grants
    with people.runtime.work() as w:
        approver = uuid.UUID(people.ids["union_approver"])
        accounts.grant(w, approver, group.organisation_id, Role.EMPLOYEE)
    wish = {"organisation_id": union.organisation_id, "source": FundSource.UNION}
    order = the_order(people, a_purchase(people, melon, name="union_buyer", **wish))
    with pytest.raises(Forbidden):
        cancelled(people, order, "union_approver")


def test_nothing_is_shipped_before_it_is_paid(people: People, melon: Listing) -> None:
    order = the_order(people, a_purchase(people, melon))
    with pytest.raises(WrongState):
        shipped(people, order)


def test_received_goods_complete_the_order(people: People, melon: Listing) -> None:
    order = shipped(people, the_order(people, paid(people, a_purchase(people, melon))))
    with people.runtime.work(people.actor("employee")) as w:
        service.receive(w, order.id)
    with people.runtime.reading() as session:
        view = queries.order(session, people.actor("employee"), order.id)
    assert view.order.state is OrderState.COMPLETED
    assert view.verbs == ()


def test_who_may_see_the_address(people: People, melon: Listing) -> None:
    purchase = a_purchase(people, melon)
    order = the_order(people, purchase)

    def street(name: str) -> str | None:
        with people.runtime.reading() as session:
            found = queries.order(session, people.actor(name), order.id).destination
        return found.street if found else None

    assert street("employee") == "示例路 1 号"
    assert street("supplier") is None
    assert street("auditor") == street("manager") == "＊＊＊"
    paid(people, purchase)
    assert street("supplier") == "示例路 1 号"
    cancelled(people, order)
    assert street("supplier") is None
    for stranger in ("second_employee", "second_supplier", "union_treasurer", "reviewer"):
        with pytest.raises(Missing):
            street(stranger)
