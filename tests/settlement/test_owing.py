"""What is owed arises when an order is completed: received, accepted, or not objected to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.catalog.models import Listing
from marketplace.commands import serving
from marketplace.extension import make_runtime
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Forbidden, Invalid, Refused, SamePerson, WrongState
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.orders import service
from marketplace.orders.models import Delivery, Order
from marketplace.orders.states import DeliveryState, OrderState
from tests.databases import Place
from tests.fixtures import People
from tests.makers.orders import a_purchase, paid, shipped, the_order
from tests.makers.settlement import a_completed_order, taken_back

Faults = Callable[[], Sequence[str]]


def owed(people: People, order: Order) -> tuple[Money, Money]:
    """What stands on the supplier's two accounts: not due yet, and due."""
    with people.runtime.reading() as session:
        payable = ledger.balance(session, AccountKind.SUPPLIER_PAYABLE, order.supplier_id)
        due = ledger.balance(session, AccountKind.DUE_TO_SUPPLIER, order.supplier_id)
    return -payable, -due


def test_what_is_received_is_due_to_its_supplier(
    people: People, melon: Listing, faults: Faults
) -> None:
    """P1, P2: the money of the order changes its account, whole, once."""
    order = the_order(people, paid(people, a_purchase(people, melon)))
    assert owed(people, order) == (order.supply, ZERO)
    shipped(people, order)
    with people.runtime.work(people.actor("employee")) as w:
        service.receive(w, order.id)
    assert owed(people, order) == (ZERO, order.supply + order.freight)
    assert faults() == []


def test_what_left_so_many_days_ago_is_taken_as_received_by_the_worker(
    people: People, melon: Listing, clock: SetClock, faults: Faults
) -> None:
    """P34: by the clock, in a round of the worker that `serve` and `work` run."""
    order = the_order(people, paid(people, a_purchase(people, melon)))
    shipped(people, order)
    clock.advance(days=people.runtime.tools.config.completion_days, seconds=-1)
    serving.once(people.runtime)
    assert owed(people, order) == (order.supply, ZERO)
    clock.advance(seconds=1, minutes=10)
    serving.once(people.runtime)
    with people.runtime.reading() as session:
        found = session.get_one(Order, order.id)
        delivery = session.get_one(Delivery, order.delivery_id)
    assert (found.state, delivery.state) == (OrderState.COMPLETED, DeliveryState.RECEIVED)
    assert delivery.received_at == clock.now()
    assert owed(people, order) == (ZERO, order.supply + order.freight)
    assert faults() == []


def test_what_is_not_on_its_way_is_not_completed(
    people: People, melon: Listing, clock: SetClock
) -> None:
    the_order(people, paid(people, a_purchase(people, melon)))
    clock.advance(days=400)
    with people.runtime.work() as w:
        assert service.complete_due(w) == 0


def test_a_manager_who_did_not_buy_takes_a_completed_order_back_with_a_reason(
    people: People, melon: Listing, faults: Faults
) -> None:
    """P4: the buyer is owed the whole, the supplier nothing; sales follow."""
    order = a_completed_order(people, melon)
    for who in ("employee", "supplier", "auditor"):
        with pytest.raises(Forbidden), people.runtime.work(people.actor(who)) as w:
            service.take_back(w, order.id, "示例")
    for who in ("employee", "supplier"):  # who is a manager besides
        both = people.both(who, "manager")
        with pytest.raises(SamePerson), people.runtime.work(both) as w:
            service.take_back(w, order.id, "示例")
    with pytest.raises(Invalid), people.runtime.work(people.actor("manager")) as w:
        service.take_back(w, order.id, " ")
    assert taken_back(people, order).state is OrderState.TAKEN_BACK
    assert owed(people, order) == (ZERO, ZERO)
    with people.runtime.reading() as session:
        assert ledger.balance(session, AccountKind.REFUNDS) == -(order.goods + order.freight)
        assert ledger.sales_by_order(session)[order.id] == ZERO
    with pytest.raises(WrongState):
        taken_back(people, order)
    assert faults() == []


def test_money_that_stays_on_a_clearing_account_is_told_of_after_its_time(
    people: People, melon: Listing, clock: SetClock, faults: Faults
) -> None:
    """P9: a refund that nobody sends is found; before its time it is only listed."""
    taken_back(people, a_completed_order(people, melon))
    clock.advance(days=30)
    assert faults() == []
    clock.at += timedelta(seconds=1)
    (fault,) = faults()
    assert "refunds" in fault


@pytest.mark.sqlite_only  # a setting, before the database is asked
def test_nothing_is_sold_before_the_basis_of_collecting_is_on_record(
    people: People, melon: Listing, place: Place, clock: SetClock
) -> None:
    """Collecting for others without one is forbidden; a demonstration takes no money."""
    for basis, sold in (("", False), (" ", False), ("示例协议 1 号", True)):
        config = replace(place.config, demo=False, collection_basis=basis)
        assert bool(config.unsold()) != sold
        runtime = make_runtime(config, clock=clock)
        there = replace(people, runtime=runtime)
        if sold:
            a_purchase(there, melon)
        else:
            with pytest.raises(Refused, match="no_collection_basis"):
                a_purchase(there, melon)
        runtime.engine.dispose()
