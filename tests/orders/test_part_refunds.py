"""Giving back a part: line by line, never more than its price, in every book the same fen."""

from __future__ import annotations

import uuid

import pytest

from marketplace.catalog.models import Listing
from marketplace.commands.verifying import check_all
from marketplace.kernel.errors import Invalid, Refused, WrongState
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.orders import queries, service
from marketplace.orders.models import Order
from marketplace.orders.rules import Part, share
from marketplace.payments import queries as payments
from marketplace.payments import service as paying
from marketplace.payments.models import Refund, Tender
from tests.fixtures import People
from tests.makers.claims import given_back
from tests.makers.orders import a_purchase, paid, shipped, the_order
from tests.makers.settlement import a_completed_order, taken_back


def gave_back(people: People, order: Order, fen: int, pieces: int = 0) -> Refund:
    """Of the order's only line, as a claim would."""
    with people.runtime.work() as w:
        (line,) = queries.lines_of(w.session, order.id)
        return given_back(w, order.id, [Part(line.id, Money(fen), pieces)])


def all_is_well(people: People) -> None:
    with people.runtime.reading() as session:
        outcome = check_all(session, people.runtime.clock.now())
    assert [fault for faults in outcome.values() for fault in faults] == []


def owed(people: People, kind: AccountKind) -> Money:
    with people.runtime.reading() as session:
        return -ledger.balance(session, kind)


def test_parts_that_go_back_before_completion_are_never_due(people: People, melon: Listing) -> None:
    """P4, P28: two pieces for ¥118.00, ¥90.00 of it the supplier's; he is owed what is left."""
    order = the_order(people, paid(people, a_purchase(people, melon)))
    shipped(people, order)
    gave_back(people, order, 33_33)
    gave_back(people, order, 1, pieces=1)
    assert owed(people, AccountKind.REFUNDS) == Money(33_34)
    with people.runtime.work(people.actor("employee")) as w:
        service.receive(w, order.id)
    left = share(Money(90_00), Money(118_00), Money(118_00)) - share(
        Money(90_00), Money(33_34), Money(118_00)
    )
    assert owed(people, AccountKind.DUE_TO_SUPPLIER) == left
    all_is_well(people)


def test_parts_that_go_back_after_completion_are_due_no_more(
    people: People, melon: Listing
) -> None:
    """P4: line by line down to nothing, the supplier gives back exactly what he was owed."""
    order = a_completed_order(people, melon)
    for fen in (1, 39_33, 39_33, 39_33):
        gave_back(people, order, fen)
    assert owed(people, AccountKind.DUE_TO_SUPPLIER) == ZERO
    assert owed(people, AccountKind.PRICE_DIFFERENCE) == ZERO
    all_is_well(people)
    with pytest.raises(Refused, match="already_refunded"):
        taken_back(people, order)


def test_no_line_gives_back_more_than_its_price(people: People, melon: Listing) -> None:
    """P4: neither money nor pieces, nor by somebody else's line."""
    order, other = a_completed_order(people, melon), a_completed_order(people, melon)
    gave_back(people, order, 100_00, pieces=2)
    for fen, pieces in ((18_01, 0), (1, 1)):
        with pytest.raises(Refused, match="refund_too_much"):
            gave_back(people, order, fen, pieces)
    with pytest.raises(Invalid), people.runtime.work() as w:
        service.refund_parts(w, other.id, [Part(uuid.uuid4(), ZERO)])
    with people.runtime.reading() as session:
        (line,) = queries.lines_of(session, order.id)
    with pytest.raises(Refused, match="refund_too_much"), people.runtime.work() as w:
        service.refund_parts(w, other.id, [Part(line.id, Money(1))])
    all_is_well(people)


def test_what_is_left_goes_back_with_the_whole_order(people: People, melon: Listing) -> None:
    """P4, P28: what went back in parts does not go back again, and is not counted again."""
    order = a_completed_order(people, melon)
    gave_back(people, order, 20_00, pieces=1)
    taken_back(people, order)
    with people.runtime.reading() as session:
        amounts = sorted(one.amount for one in payments.refunds_of(session, order.id))
    assert amounts == [Money(20_00), Money(98_00)]
    assert owed(people, AccountKind.DUE_TO_SUPPLIER) == ZERO
    all_is_well(people)
    with pytest.raises(WrongState):
        gave_back(people, order, 1)


def test_nothing_goes_back_in_parts_before_it_is_paid(people: People, melon: Listing) -> None:
    with pytest.raises(WrongState):
        gave_back(people, the_order(people, a_purchase(people, melon)), 1)


def test_each_part_goes_back_to_its_card(people: People, melon: Listing) -> None:
    """P4: one operation at the gateway for each refund."""
    order = the_order(people, paid(people, a_purchase(people, melon, tender=Tender.CARD)))
    for fen in (1_00, 2_00):
        refund = gave_back(people, order, fen)
        for _again in range(2):
            paying.give_back(people.runtime, people.actor("manager"), refund.id)
    assert owed(people, AccountKind.REFUNDS) == ZERO
    all_is_well(people)
