"""Who paid what of an order is invoiced apart: the union's credit to the union, own money to the
buyer; a voucher is a discount."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from marketplace.catalog.models import Listing
from marketplace.credit.queries import Wanted
from marketplace.invoices import queries, service
from marketplace.invoices.models import InvoiceRequest
from marketplace.invoices.states import RequestState
from marketplace.kernel.actor import SYSTEM
from marketplace.kernel.errors import Missing
from marketplace.kernel.money import ZERO, Money
from marketplace.orders import queries as orders
from marketplace.orders.models import Order
from marketplace.orders.rules import Part
from tests.fixtures import People
from tests.makers.claims import given_back
from tests.makers.credit import a_batch, a_budget_with_members, a_grant, funded
from tests.makers.invoices import PERSON, an_invoice_of, entered
from tests.makers.orders import a_purchase, paid, the_order


def the_requests(people: People, order: Order) -> dict[str, InvoiceRequest]:
    """By the kind of their titles, as they are now."""
    with people.runtime.reading() as session:
        found = queries.live_requests(session, order.id).values()
        return {one.title_kind.value: queries.row(session, one.id) for one in found}


def test_a_unions_credit_and_own_money_are_invoiced_apart(
    people: People, melon: Listing, faults: Callable[[], Sequence[str]]
) -> None:
    """¥50.00 of credit, ¥20.00 off by a voucher, ¥48.00 of own money; ¥11.80 goes back pro rata."""
    funded(people, a_grant(people, a_budget_with_members(people)))
    _batch, codes = a_batch(people)
    wanted = Wanted(credit=True, voucher=codes[0])
    purchase = a_purchase(people, melon, pay_with=wanted, own=Money(48_00))
    order = the_order(people, paid(people, purchase))
    with people.runtime.work(people.actor("employee")) as w:
        title = service.add_title(w, PERSON, is_default=True)
        service.ask(w, order.id, title.id)
    asked = the_requests(people, order)
    assert {kind: one.wanted for kind, one in asked.items()} == {
        "organisation": Money(50_00),
        "person": Money(48_00),
    }
    for one in asked.values():
        entered(people, one, an_invoice_of(people, one))
    with people.runtime.reading() as session:
        (line,) = orders.lines_of(session, order.id)
        union = queries.request(session, people.actor("union_treasurer"), asked["organisation"].id)
        assert union.request.title_code.startswith("81")
        with pytest.raises(Missing):  # what he paid himself is no affair of the union
            queries.request(session, people.actor("union_treasurer"), asked["person"].id)
    with people.runtime.work(SYSTEM) as w:
        given_back(w, order.id, [Part(line.id, Money(11_80))])
    after = the_requests(people, order)
    assert {one.state for one in after.values()} == {RequestState.RED_DUE}
    shrunk = sum((98_00 - one.wanted.fen for one in after.values()), -98_00)
    assert ZERO < Money(shrunk) <= Money(11_80)
    assert [fault for fault in faults() if "for no claim" not in fault] == []
