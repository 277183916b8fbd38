"""Parts of one line given back by many at once, while somebody undoes the whole order."""

from __future__ import annotations

import pytest

from marketplace.catalog.models import Listing
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.money import Money, total
from marketplace.orders import queries, service
from marketplace.orders.models import Order
from marketplace.orders.rules import Part
from marketplace.payments import queries as payments
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.claims import given_back
from tests.makers.settlement import a_completed_order
from tests.makers.suppliers import an_approved_supplier
from tests.orders.test_part_refunds import all_is_well
from tests.races.storm import at_once, doing, in_any_order


@pytest.fixture
def order(people: People) -> Order:
    """¥118.00, one line."""
    an_approved_supplier(people)
    melon: Listing = a_listing(people)
    return a_completed_order(people, melon)


def test_a_line_gives_back_its_price_once_however_many_ask(people: People, order: Order) -> None:
    """P4: of six who want half of it each, two get it."""
    with people.runtime.reading() as session:
        (line,) = queries.lines_of(session, order.id)
    half = [Part(line.id, Money(59_00))]
    outcomes = at_once(*(doing(people, SYSTEM, given_back, order.id, half) for _ in range(6)))
    assert sorted(outcomes) == ["done"] * 2 + ["refund_too_much"] * 4
    all_is_well(people)


def test_parts_and_the_whole_together_are_what_was_paid(people: People, order: Order) -> None:
    """P4: whoever comes first; the rest goes back once."""
    with people.runtime.reading() as session:
        (line,) = queries.lines_of(session, order.id)
    part = [Part(line.id, Money(40_00))]
    manager = people.actor("manager")
    outcomes = in_any_order(
        [
            doing(people, manager, service.take_back, order.id, "示例"),
            *(doing(people, SYSTEM, given_back, order.id, part) for _ in range(3)),
        ],
        1,
    )
    assert "done" in outcomes
    with people.runtime.reading() as session:
        back = total(one.amount for one in payments.refunds_of(session, order.id))
    assert back == Money(118_00)
    all_is_well(people)
