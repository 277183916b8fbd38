"""Order, pay, cancel, refund: the budget follows the money, and what was approved is bought."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from marketplace.catalog import service as catalog
from marketplace.catalog.models import Listing
from marketplace.catalog.rules import seen_of
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.kernel.money import ZERO, Money
from marketplace.kernel.workdays import calendar
from marketplace.orders import service as orders
from marketplace.orders.models import Address, Order, OrderLine, Purchase
from marketplace.payments import service as payments
from marketplace.payments.models import Refund
from marketplace.purchasing import queries, service
from marketplace.purchasing.models import Plan, Recipient
from marketplace.suppliers.models import Supplier
from marketplace.work import Work
from tests.fixtures import People
from tests.makers.catalog import a_listing, some_goods
from tests.makers.purchasing import a_plan, approved, ordered, paid
from tests.makers.suppliers import an_approved_supplier
from tests.purchasing.test_approving import TOTAL, amounts

GRANTED = Money(20_000_00)


def the_orders(w: Work, plan: Plan) -> list[Order]:
    asked = select(Order).where(Order.purchase_id == plan.purchase_id).order_by(Order.number)
    return list(w.session.scalars(asked))


def test_an_approved_plan_is_ordered_and_its_money_committed(people: People) -> None:
    plan = ordered(people, a_plan(people))
    assert amounts(people, plan.budget_id) == (GRANTED - TOTAL, ZERO, TOTAL, ZERO)
    with people.runtime.reading() as session:
        purchase = session.get_one(Purchase, plan.purchase_id)
        (line,) = session.scalars(select(OrderLine))
    assert (purchase.total, purchase.organisation_id) == (TOTAL, plan.organisation_id)
    assert (purchase.source, purchase.key) == ("union", f"plan:{plan.id}")
    assert line.quantity == 60


def test_ordering_twice_buys_once(people: People) -> None:
    """P31: the plan is its own key."""
    plan = ordered(people, a_plan(people))
    with people.runtime.work(people.actor("union_buyer")) as w:
        again = service.order(w, plan.id)
        assert again.purchase_id == plan.purchase_id
        assert len(the_orders(w, plan)) == 1


def test_the_approver_does_not_order(people: People) -> None:
    plan = approved(people, a_plan(people))
    with pytest.raises(Forbidden), people.runtime.work(people.actor("union_approver")) as w:
        service.order(w, plan.id)


@pytest.mark.parametrize(
    "change",
    [
        update(Listing).values(sale_price=Money(58_00)),
        update(Supplier).values(freight_fee=Money(1)),
        update(Recipient).values(name="另一个人"),
        update(Address).values(street="另一条路"),
    ],
    ids=["price", "freight", "people", "address"],
)
def test_what_changed_after_the_approval_is_not_ordered(people: People, change) -> None:  # type: ignore[no-untyped-def]  # a statement
    """P15: any change of what was approved voids it."""
    plan = approved(people, a_plan(people))
    with people.runtime.work() as w:
        w.session.execute(change)
    with (
        pytest.raises(Refused, match="plan_changed"),
        people.runtime.work(people.actor("union_buyer")) as w,
    ):
        service.order(w, plan.id)
    assert amounts(people, plan.budget_id) == (GRANTED - TOTAL, TOTAL, ZERO, ZERO)


def test_a_good_revised_at_the_same_price_after_the_approval_is_not_ordered(
    people: People,
) -> None:
    plan = approved(people, a_plan(people))
    with people.runtime.work(people.actor("supplier")) as w:
        listing = w.session.scalars(select(Listing)).one()
        change = catalog.revise(w, listing.id, some_goods(spec="1个/箱"))
        assert change is not None
        seen = seen_of(change.base, change.fingerprint)
    with people.runtime.work(people.actor("reviewer")) as w:
        catalog.approve_change(w, change.id, seen)
    buyer = people.actor("union_buyer")
    with pytest.raises(Refused, match="plan_changed"), people.runtime.work(buyer) as w:
        service.order(w, plan.id)
    with people.runtime.reading() as session:
        (row,) = queries.lines(session, plan.id, people.runtime.clock.now())
        assert row.offer is not None
        assert row.has_changed
        assert list(queries.faults(session)) == []


def test_more_stock_after_the_approval_does_not_stop_the_order(people: People) -> None:
    plan = approved(people, a_plan(people))
    with people.runtime.work(people.actor("supplier")) as w:
        listing = w.session.scalars(select(Listing)).one()
        catalog.set_stock(w, listing.id, 110)
    with people.runtime.work(people.actor("union_buyer")) as w:
        assert service.order(w, plan.id).purchase_id is not None


def test_goods_that_sold_out_leave_the_plan_approved(people: People) -> None:
    an_approved_supplier(people)
    listing = a_listing(people, stock=59)
    plan = approved(people, a_plan(people, ((listing.id, 2),)))
    with (
        pytest.raises(catalog.OutOfStock),
        people.runtime.work(people.actor("union_buyer")) as w,
    ):
        service.order(w, plan.id)
    assert amounts(people, plan.budget_id) == (GRANTED - TOTAL, TOTAL, ZERO, ZERO)


def test_paid_money_is_spent(people: People) -> None:
    plan = paid(people, a_plan(people))
    assert amounts(people, plan.budget_id) == (GRANTED - TOTAL, ZERO, ZERO, TOTAL)


def test_an_unpaid_order_called_off_frees_its_money(people: People) -> None:
    plan = ordered(people, a_plan(people))
    with people.runtime.work(people.actor("union_buyer")) as w:
        (order,) = the_orders(w, plan)
        orders.cancel(w, order.id, "示例原因")
    assert amounts(people, plan.budget_id) == (GRANTED, ZERO, ZERO, ZERO)


def test_a_lapsed_order_frees_its_money(people: People, clock: SetClock) -> None:
    plan = ordered(people, a_plan(people))
    clock.at = calendar().plus(clock.at, people.runtime.tools.config.transfer_hold_workdays)
    clock.advance(seconds=1)
    with people.runtime.work() as w:
        assert orders.lapse_due(w) == 1
    assert amounts(people, plan.budget_id) == (GRANTED, ZERO, ZERO, ZERO)


def test_a_paid_order_called_off_frees_its_money_when_it_is_back(people: People) -> None:
    plan = paid(people, a_plan(people))
    with people.runtime.work(people.actor("union_buyer")) as w:
        (order,) = the_orders(w, plan)
        orders.cancel(w, order.id, "示例原因")
    assert amounts(people, plan.budget_id)[3] == TOTAL
    with people.runtime.work(people.actor("manager")) as w:
        refund = w.session.scalars(select(Refund)).one()
        payments.settle_refund(w, refund.id, "示例退款 1")
    assert amounts(people, plan.budget_id) == (GRANTED, ZERO, ZERO, ZERO)


def test_one_supplier_of_two_called_off_frees_its_part(people: People) -> None:
    an_approved_supplier(people)
    an_approved_supplier(people, "second_supplier", 2)
    first, second = a_listing(people), a_listing(people, "second_supplier", "SL-0002")
    plan = ordered(people, a_plan(people, ((first.id, 1), (second.id, 1))))
    with people.runtime.work(people.actor("union_buyer")) as w:
        one, _ = the_orders(w, plan)
        orders.cancel(w, one.id, "示例原因")
    half = Money(TOTAL.fen // 2)
    assert amounts(people, plan.budget_id) == (GRANTED - half, ZERO, half, ZERO)
    with people.runtime.reading() as session:
        found = session.get_one(Plan, plan.id)
        assert queries.progress(session, found) == queries.Progress(orders=2, off=1)


def test_a_plan_approved_by_its_own_requester_is_found(people: People) -> None:
    plan = approved(people, a_plan(people))
    with people.runtime.work() as w:
        w.session.execute(update(Plan).values(approved_by=plan.requested_by))
    with people.runtime.reading() as session:
        (fault,) = queries.faults(session)
    assert "the person who drafted it" in fault
