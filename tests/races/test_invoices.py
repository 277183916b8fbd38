"""One number, the invoices of one order and red ones, handed in by many while money goes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from marketplace.catalog.models import Listing
from marketplace.invoices import queries, service
from marketplace.invoices.models import InvoiceRequest
from marketplace.kernel.money import ZERO, Money
from marketplace.orders import service as orders
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.invoices import (
    PERSON,
    a_number,
    a_paid_order,
    an_invoice_of,
    asked,
    entered,
    the_request,
)
from tests.makers.suppliers import an_approved_supplier
from tests.races.storm import all_is_well, at_once, doing, in_any_order, tally


@pytest.fixture
def melon(people: People) -> Listing:
    an_approved_supplier(people)
    return a_listing(people, stock=500)


def handing_in(
    people: People, request: InvoiceRequest, amount: Money, number: str = "", blue: str = ""
) -> Callable[[], object]:
    """As the page does it: put by, then a unit of work that is done again when it meets another."""
    data = an_invoice_of(people, request, amount, number=number or a_number(), blue=blue)
    return lambda: people.runtime.again(lambda: entered(people, request, data))


def test_a_number_is_used_once_however_many_hand_it_in(people: People, melon: Listing) -> None:
    """For one request and for others at once; each order is asked for once too."""
    order, other = a_paid_order(people, melon), a_paid_order(people, melon)
    with people.runtime.work(people.actor("employee")) as w:
        title = service.add_title(w, PERSON, is_default=True)
    ask = doing(people, people.actor("employee"), service.ask, order.id, title.id)
    assert tally(at_once(*([ask] * 5))) == {"done": 1, "already_asked": 4}
    first, second = the_request(people, order), asked(people, other)
    number = a_number()
    outcomes = at_once(
        *(handing_in(people, one, Money(1_00), number) for one in (first, second) * 3)
    )
    assert tally(outcomes) == {"done": 1, "invoice_number_used": 5}
    files = [one for one in people.runtime.tools.storage.listed() if "invoices/" in one.key]
    assert len(files) == 1  # P24: nothing is left of the others
    all_is_well(people)


def test_what_is_invoiced_is_never_more_than_was_paid(people: People, melon: Listing) -> None:
    """Six halves come at once: two count. Then red ones: never more than their blue one. Money that
    goes back meanwhile makes a red one due."""
    order = a_paid_order(people, melon)
    request = asked(people, order)
    half = Money(request.wanted.fen // 2)
    outcomes = at_once(*(handing_in(people, request, half) for _ in range(6)))
    assert tally(outcomes) == {"done": 2, "invoice_too_much": 4}
    with people.runtime.reading() as session:
        blue = queries.invoices_of(session, [request.id])[0].number
    outcomes = in_any_order(
        [
            *(handing_in(people, request, -half, blue=blue) for _ in range(4)),
            doing(people, people.actor("employee"), orders.cancel, order.id, "示例"),
        ],
        1,
    )
    assert tally(outcomes) == {"done": 2, "red_too_much": 3}
    now = the_request(people, order)
    assert (now.wanted, now.invoiced, now.state) == (ZERO, half, "red_due")
    all_is_well(people)
