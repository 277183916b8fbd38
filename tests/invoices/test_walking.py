"""From the request to the red invoice: net invoiced is net paid, to the fen, at every step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import select

from marketplace.catalog.models import Listing
from marketplace.commands import serving
from marketplace.invoices import queries, rules, service
from marketplace.invoices.models import InvoiceRequest
from marketplace.invoices.states import (
    Difference,
    InvoiceState,
    RequestState,
)
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused, SamePerson, WrongState
from marketplace.kernel.money import ZERO, Money
from marketplace.orders import service as orders
from marketplace.orders.models import Order
from marketplace.orders.states import TitleKind
from marketplace.unions.models import Union
from tests.fixtures import People
from tests.makers import purchasing as plans
from tests.makers.invoices import (
    a_number,
    a_paid_order,
    an_invoice_of,
    asked,
    entered,
    issued,
    reddened,
    the_request,
)
from tests.makers.orders import a_purchase, the_order
from tests.makers.settlement import a_completed_order, taken_back
from tests.makers.suppliers import an_approved_supplier

Faults = Callable[[], Sequence[str]]


def differences(people: People, order: Order) -> tuple[Difference, ...]:
    with people.runtime.reading() as session:
        return queries.ways_of_order(
            session, people.actor("auditor"), order.id, people.runtime.clock.now()
        ).differences


def test_an_order_is_asked_for_invoiced_in_parts_and_taken_by_its_buyer(
    people: People, melon: Listing, faults: Faults
) -> None:
    order = a_completed_order(people, melon)
    assert differences(people, order) == (Difference.NOT_ASKED,)
    request = asked(people, order)
    assert (request.wanted, request.state) == (order.goods + order.freight, RequestState.REQUESTED)
    with pytest.raises(Refused, match="already_asked"):
        asked(people, order)
    entered(people, request, an_invoice_of(people, request, Money(18_00)))
    assert differences(people, order) == (Difference.TO_ISSUE,)
    with pytest.raises(Refused, match="invoice_too_much"):  # one fen more than is left
        rest = request.wanted - Money(17_99)
        entered(people, request, an_invoice_of(people, request, rest))
    request = the_request(people, order)
    entered(people, request, an_invoice_of(people, request))
    request = the_request(people, order)
    assert (request.invoiced, request.state) == (request.wanted, RequestState.ISSUED)
    assert differences(people, order) == ()
    for who, kind in (("supplier", Forbidden), ("union_buyer", Missing)):
        with pytest.raises(kind), people.runtime.work(people.actor(who)) as w:
            service.decide(w, request.id, "deliver")
    with people.runtime.work(people.actor("employee")) as w:
        assert service.decide(w, request.id, "deliver").state is RequestState.DELIVERED
    assert faults() == []


def test_a_refund_is_followed_by_a_red_invoice(
    people: People, melon: Listing, faults: Faults
) -> None:
    """Whole at first, then what was taken back too much is invoiced anew."""
    order = a_completed_order(people, melon)
    request, blue = issued(people, order)
    taken_back(people, order)
    request = the_request(people, order)
    assert (request.wanted, request.state) == (ZERO, RequestState.RED_DUE)
    assert Difference.RED_DUE in differences(people, order)
    page = {"number": order.number}
    with people.runtime.reading() as session:
        open_ = queries.to_remind(session, people.runtime.clock.now(), 9)
    assert list(open_) == [], page  # its time has not run out
    reddened(people, request.id, blue, Money(50_00))
    with pytest.raises(Refused, match="red_too_much"):
        reddened(people, request.id, blue)
    reddened(people, request.id, blue, blue.amount - Money(50_00))
    request = the_request(people, order)
    assert (request.invoiced, request.state) == (ZERO, RequestState.RED_LETTERED)
    assert [fault for fault in faults() if "refunds" not in fault] == []


def test_a_red_invoice_that_the_buyer_has_stays_so_when_the_money_arrives(
    people: People, melon: Listing
) -> None:
    order = a_completed_order(people, melon)
    request, blue = issued(people, order)
    taken_back(people, order)
    reddened(people, request.id, blue)
    with people.runtime.work(people.actor("employee")) as w:
        service.decide(w, request.id, "deliver")
    with people.runtime.work() as w:
        service.follow_order(w, order.id)  # as when the bank has sent the refund
    assert the_request(people, order).state is RequestState.DELIVERED


def test_what_is_called_off_before_it_was_invoiced_is_not_asked_for_any_more(
    people: People, melon: Listing, faults: Faults
) -> None:
    order = a_paid_order(people, melon)
    request = asked(people, order)
    with people.runtime.work(people.actor("employee")) as w:
        orders.cancel(w, order.id, "示例")
    with people.runtime.reading() as session:
        assert session.get_one(InvoiceRequest, request.id).state is RequestState.WITHDRAWN
        assert queries.live_requests(session, order.id) == {}
    with pytest.raises(Refused, match="request_withdrawn"):
        entered(people, request, an_invoice_of(people, request))
    with pytest.raises(Refused, match="not_paid_yet"):
        asked(people, order)
    assert [fault for fault in faults() if "refunds" not in fault] == []


def test_only_what_is_paid_is_asked_for_and_only_by_its_buyer(
    people: People, melon: Listing
) -> None:
    placed = the_order(people, a_purchase(people, melon))
    with pytest.raises(Refused, match="not_paid_yet"):
        asked(people, placed)
    order = a_paid_order(people, melon)
    for who, kind in (
        ("supplier", Forbidden),
        ("second_supplier", Missing),
        ("union_buyer", Missing),
    ):
        with pytest.raises(kind), people.runtime.work(people.actor(who)) as w:
            service.ask(w, order.id, None)
    with (
        pytest.raises(Refused, match="title_missing"),
        people.runtime.work(people.actor("employee")) as w,
    ):
        service.ask(w, order.id, None)
    with people.runtime.work(people.actor("second_supplier")) as w:
        foreign = service.add_title(w, rules.Title(TitleKind.PERSON, "示例外人"), is_default=True)
    with pytest.raises(Missing), people.runtime.work(people.actor("employee")) as w:
        service.ask(w, order.id, foreign.id)
    request = asked(people, order)
    with people.runtime.work(people.actor("employee")) as w:
        assert service.decide(w, request.id, "withdraw").state is RequestState.WITHDRAWN
    again = asked(people, order, rules.Title(TitleKind.PERSON, "示例家人"))
    entered(people, again, an_invoice_of(people, again, Money(1_00)))
    with (
        pytest.raises(WrongState),
        people.runtime.work(people.actor("employee")) as w,
    ):
        service.decide(w, again.id, "withdraw")


def test_a_union_is_asked_for_by_itself_and_invoiced_to_its_own_code(
    people: People, faults: Faults
) -> None:
    """Everything it pays, to the union committee's name and 81… code; its suppliers apart."""
    plan = plans.paid(people, plans.a_plan(people))
    with people.runtime.reading() as session:
        union = session.scalars(select(Union)).one()
        (order,) = session.scalars(select(Order).where(Order.purchase_id == plan.purchase_id))
    request = the_request(people, order)
    assert (request.title_name, request.title_code) == (union.name, union.credit_code)
    assert request.title_code.startswith("81")
    with pytest.raises(Invalid, match="invoice_buyer_code"):
        entered(
            people,
            request,
            an_invoice_of(people, request, buyer_code=request.supplier.credit_code or ""),
        )
    entered(people, request, an_invoice_of(people, request))
    assert differences(people, order) == (Difference.NOT_ACCEPTED,)
    assert faults() == []


def test_a_number_is_used_once_over_all(people: People, melon: Listing) -> None:
    first, second = (asked(people, a_paid_order(people, melon)) for _ in range(2))
    number = a_number()
    entered(people, first, an_invoice_of(people, first, Money(1_00), number=number))
    for request in (first, second):
        with pytest.raises(Refused, match="invoice_number_used"):
            entered(people, request, an_invoice_of(people, request, Money(1_00), number=number))


def test_a_red_invoice_takes_back_what_is_there_of_its_own_request(
    people: People, melon: Listing
) -> None:
    """It names a blue one that counts, and never takes back more than is left of it."""
    first, blue = issued(people, a_paid_order(people, melon))
    second, other = issued(people, a_paid_order(people, melon))
    for request, wanted, told in (
        (first, other, "red_of_nothing"),
        (second, blue, "red_of_nothing"),
    ):
        with pytest.raises(Refused, match=told):
            reddened(people, request.id, wanted)
    with pytest.raises(Refused, match="red_too_much"):
        reddened(people, first.id, blue, blue.amount + Money(1))
    with pytest.raises(Invalid, match="red_without_blue"):
        entered(people, first, an_invoice_of(people, first, Money(-1)))
    with pytest.raises(Invalid, match="red_not_negative"):
        entered(people, first, an_invoice_of(people, first, Money(1), blue=blue.number))
    red = reddened(people, first.id, blue, Money(1_00))
    with pytest.raises(Refused, match="red_of_nothing"):  # a red one is not taken back
        entered(people, first, an_invoice_of(people, first, Money(-1), blue=red.number))


def test_an_invoice_issued_on_behalf_counts_when_a_manager_has_looked(
    people: People, melon: Listing, faults: Faults
) -> None:
    an_approved_supplier(people, "second_supplier", 2)
    order = a_paid_order(people, melon)
    request = asked(people, order)
    number = a_number()
    office = {"seller_name": "示例县税务局（代开机关）", "seller_code": "1", "number": number}
    with pytest.raises(Invalid, match="invoice_seller_name"):
        entered(people, request, an_invoice_of(people, request, **office))
    first = entered(people, request, an_invoice_of(people, request, **office), on_behalf="农户代开")
    assert (first.state, the_request(people, order).invoiced) == (InvoiceState.WAITING, ZERO)
    assert differences(people, order) == (Difference.TO_ISSUE, Difference.WAITS)
    for who, kind in (("supplier", Forbidden), ("auditor", Forbidden), ("employee", Forbidden)):
        with pytest.raises(kind), people.runtime.work(people.actor(who)) as w:
            service.decide_invoice(w, first.id, "accept", "")
    with pytest.raises(SamePerson), people.runtime.work(people.both("manager", "supplier")) as w:
        service.decide_invoice(w, first.id, "accept", "")
    with pytest.raises(Invalid), people.runtime.work(people.actor("manager")) as w:
        service.decide_invoice(w, first.id, "refuse", " ")
    with people.runtime.work(people.actor("manager")) as w:
        service.decide_invoice(w, first.id, "refuse", "看不清")
    again = entered(people, request, an_invoice_of(people, request, **office), on_behalf="农户代开")
    with people.runtime.work(people.actor("manager")) as w:
        service.decide_invoice(w, again.id, "accept", "")
    assert the_request(people, order).state is RequestState.ISSUED
    assert faults() == []


def test_a_supplier_whose_time_runs_out_is_told_once(
    people: People, melon: Listing, clock: SetClock
) -> None:
    """The days to issue are working days; the worker tells, the manager sees."""
    order = a_paid_order(people, melon)
    request = asked(people, order)
    clock.advance(days=9)
    assert Difference.LATE in differences(people, order)
    serving.once(people.runtime)
    told = the_request(people, order).reminded_at
    assert told is not None
    clock.advance(hours=1)
    serving.once(people.runtime)
    assert the_request(people, order).reminded_at == told
    with people.runtime.reading() as session:
        page = queries.requests(session, None, clock.now(), 1)
    assert [one.id for one in page.items] == [request.id]
