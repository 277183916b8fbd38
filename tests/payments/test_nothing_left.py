"""When most went back before: a page of an older amount, an order of nothing, the last fen."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalog.models import Listing
from marketplace.credit.queries import Wanted
from marketplace.kernel.clock import SetClock
from marketplace.kernel.money import Money
from marketplace.orders import service as orders
from marketplace.orders.states import DeliveryState, HoldChoice, OrderState
from marketplace.payments.models import Tender
from marketplace.payments.states import PaymentState
from marketplace.work.models import TrailEntry
from tests.fixtures import People
from tests.makers.batches import a_good_batch
from tests.makers.catalog import a_listing
from tests.makers.claims import a_quality_claim, a_shipped_order, said
from tests.makers.credit import a_budget_with_members, a_grant, funded
from tests.makers.orders import a_purchase, the_orders
from tests.makers.settlement import a_completed_order, taken_back
from tests.makers.suppliers import an_approved_supplier
from tests.orders.test_holding import agreed, now_of, proposed, recalled, the_hold
from tests.orders.test_part_refunds import gave_back
from tests.payments.buying import Sale, tell
from tests.payments.standin import Standin
from tests.races.storm import all_is_well

SignIn = Callable[[str], FlaskClient]


def test_late_money_of_an_older_amount_goes_back_though_it_equals_what_lapsed(
    app: Flask, people: People, standin: Standin, melon: Listing, clock: SetClock
) -> None:
    """P3, P11: credit paid half of two equal orders, so the page asked for as much as one costs."""
    an_approved_supplier(people, "second_supplier", 2)
    other = a_listing(people, "second_supplier", "HT-0001")
    funded(people, a_grant(people, a_budget_with_members(people), Money(118_00)))
    bought = a_purchase(people, melon, other, tender=Tender.CARD, pay_with=Wanted(credit=True))
    sale = Sale(people, standin, bought)
    page = sale.begin()
    with people.runtime.work(people.actor("employee")) as w:
        orders.cancel(w, the_orders(people, bought)[0].id, "示例：不要了")
    clock.at = bought.hold_ends_at
    sale.lapse()
    standin.pay(page)
    assert tell(app, standin, standin.event("checkout.session.completed", page)) == 204
    people.runtime.deliver()
    assert sale.payment.state is PaymentState.VOID
    assert [one["amount"] for one in standin.refunds.values()] == [118_00]
    all_is_well(people)


def test_a_parcel_that_was_refunded_wholly_is_called_back_all_the_same(
    people: People, melon: Listing
) -> None:
    """P4: the hold of a recall ends, though no money is left to go back."""
    batch = a_good_batch(people, melon)
    order = a_shipped_order(people, melon)
    said(people, a_quality_claim(people, order, 118_00), "supplier", "grant")
    recalled(people, batch)
    hold = the_hold(people)
    proposed(people, hold, HoldChoice.REFUND)
    agreed(people, hold, HoldChoice.REFUND)
    assert now_of(people, order) == (OrderState.CANCELLED, DeliveryState.CALLED_BACK)
    all_is_well(people)


def test_the_last_fen_of_an_order_goes_back_when_nothing_of_it_is_the_suppliers(
    people: People, melon: Listing
) -> None:
    cheap = a_listing(people, sku="MX-0002", supply_price=Money(10_00))
    order = a_completed_order(people, cheap)
    gave_back(people, order, 117_99)
    taken_back(people, order)
    assert now_of(people, order)[0] is OrderState.TAKEN_BACK
    all_is_well(people)


def test_whoever_takes_the_report_of_credit_along_stands_in_the_trail(
    people: People, client_as: SignIn
) -> None:
    """P29: names and amounts of people."""
    grant = a_grant(people, a_budget_with_members(people))
    answer = client_as("union_buyer").get(f"/credit/grants/{grant.id}/report.csv")
    assert answer.status_code == 200
    with people.runtime.reading() as session:
        asked = select(TrailEntry.actor).where(TrailEntry.verb == "export_report")
        assert len(session.scalars(asked).all()) == 1
