"""Organisations pay once they have the goods: the order goes out at once, its money falls due."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from marketplace.accounts.models import Notice
from marketplace.catalog.models import Listing, Reservation
from marketplace.commands.verifying import check_all
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Refused, WrongState
from marketplace.kernel.money import ZERO, Money
from marketplace.kernel.workdays import calendar
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.orders import queries as orders
from marketplace.orders import rules, service
from marketplace.orders.models import Order, Purchase
from marketplace.payments import service as payments
from marketplace.payments.models import Payment
from marketplace.payments.states import RefundState
from marketplace.purchasing.models import Plan
from marketplace.settlement import queries as settlement
from tests.fixtures import People
from tests.makers.batches import batches_for
from tests.makers.catalog import a_listing
from tests.makers.directing import refunds_of
from tests.makers.on_account import (
    a_later_plan,
    accepted,
    asked_for,
    orders_of,
    paying_later,
    transferred,
)
from tests.makers.onboarding import a_confirmed_account
from tests.makers.orders import a_placement, an_address, shipped
from tests.makers.sales import WUDU
from tests.makers.suppliers import an_approved_supplier
from tests.purchasing.test_approving import amounts

Bought = tuple[Plan, Order, Order]


@pytest.fixture
def goods(people: People) -> tuple[Listing, Listing]:
    """Of two suppliers, who both have an account."""
    a_confirmed_account(people, an_approved_supplier(people, "supplier", 1))
    an_approved_supplier(people, "second_supplier", 2)
    nuts = a_listing(people, "second_supplier", "SL-0003", title="示例 核桃", county=WUDU)
    return a_listing(people), nuts


@pytest.fixture
def bought(people: People, goods: tuple[Listing, Listing]) -> Iterator[Bought]:
    """A plan with one order of each supplier, to be paid ten working days after its acceptance."""
    with paying_later(people):
        plan = a_later_plan(people, *goods)
        mine, theirs = orders_of(people, plan, *goods)
        yield plan, mine, theirs


def faults(people: People) -> Sequence[str]:
    with people.runtime.reading() as session:
        outcome = check_all(session, people.runtime.clock.now())
    found = [fault for some in outcome.values() for fault in some]
    return [fault for fault in found if "no claim stands behind" not in fault]  # we ask without one


def state(people: People, order: Order) -> str:
    with people.runtime.reading() as session:
        return session.get_one(Order, order.id).state.value


def taken_off(people: People, order: Order, amount: Money) -> None:
    """What a claim that is granted does."""
    with people.runtime.reading() as session:
        line = orders.lines_of(session, order.id)[0].id
    with people.runtime.work() as w:
        service.refund_parts(w, order.id, [rules.Part(line, amount)])


def test_an_order_goes_out_before_its_money_and_is_due_once_it_is_accepted(
    people: People, bought: Bought, clock: SetClock
) -> None:
    """P2, P9, P11: held until it is called off; the supplier is owed nothing before the money."""
    plan, mine, theirs = bought
    first, second = asked_for(people, mine), asked_for(people, theirs)
    assert (first.amount, first.due_at) == (mine.goods + mine.freight, None)
    assert first.reference != second.reference
    clock.advance(days=20)
    with people.runtime.work() as w:
        assert service.lapse_due(w) == 0
        assert service.tell_overdue(w) == 0
        ends = set(w.session.scalars(select(Reservation.ends_at)))
    assert (state(people, mine), ends) == ("on_account", {None})
    shipped(people, mine)
    accepted(people, mine)
    due = calendar().plus(clock.now(), 10)
    assert (state(people, mine), asked_for(people, mine).due_at) == ("on_account", due)
    assert asked_for(people, theirs).due_at is None
    with people.runtime.reading() as session:
        assert settlement.suppliers_owed(session, clock.now(), most=9) == ()
        assert ledger.sales_by_order(session) == {}
    assert not [one for one in faults(people) if "gate" not in one]
    transferred(people, mine)
    assert [state(people, one) for one in (mine, theirs)] == ["completed", "on_account"]
    with people.runtime.reading() as session:
        owed = ledger.balance(session, AccountKind.DUE_TO_SUPPLIER, mine.supplier_id)
    assert owed == -(mine.supply + mine.freight)
    assert amounts(people, plan.budget_id)[3] == mine.goods + mine.freight
    assert not [one for one in faults(people) if "gate" not in one]


def test_whoever_is_late_is_told_once_and_stands_first_on_the_list(
    people: People, bought: Bought, clock: SetClock, client_as: Callable[[str], FlaskClient]
) -> None:
    _plan, mine, theirs = bought
    shipped(people, mine)
    accepted(people, mine)
    clock.advance(days=30)
    for told in (1, 0):
        with people.runtime.work() as w:
            assert service.tell_overdue(w) == told
    with people.runtime.reading() as session:
        asked = select(Notice.code).where(Notice.organisation_id == mine.organisation_id)
        said = [code for code in session.scalars(asked) if code.startswith("payment_")]
    assert sorted(said) == ["payment_due", "payment_overdue"]
    page = client_as("manager").get("/payments/").text
    assert "有 1 笔验收后付款已经逾期" in page
    assert page.index(asked_for(people, mine).reference) < page.index(
        asked_for(people, theirs).reference
    )


def test_what_claims_take_off_before_it_is_paid_is_not_asked_for(
    people: People, bought: Bought
) -> None:
    """P4, P5: exact to the fen, in the ledger, the statistics and the budget."""
    plan, mine, theirs = bought
    whole = mine.goods + mine.freight
    shipped(people, mine)
    taken_off(people, mine, Money(3_33))
    accepted(people, mine)
    taken_off(people, mine, Money(1_01))
    assert asked_for(people, mine).amount == whole - Money(4_34)
    assert {one.state for one in refunds_of(people, mine)} == {RefundState.TAKEN_OFF}
    assert faults(people) == []
    manager = people.actor("manager")
    with pytest.raises(Refused, match="amount_differs"), people.runtime.work(manager) as w:
        payments.confirm_transfer(w, asked_for(people, mine).id, whole, "示例到账 1")
    transferred(people, mine)
    assert state(people, mine) == "completed"
    with people.runtime.reading() as session:
        assert ledger.sales_by_order(session)[mine.id] == mine.goods - Money(4_34)
        assert ledger.balance(session, AccountKind.BUYER_CREDIT) == ZERO
        assert ledger.balance(session, AccountKind.REFUNDS) == ZERO
    assert amounts(people, plan.budget_id)[3] == whole - Money(4_34)
    assert faults(people) == []
    taken_off(people, mine, Money(2_00))  # after it was paid it goes back
    assert [one.state for one in refunds_of(people, mine)].count(RefundState.REQUESTED) == 1
    shipped(people, theirs, "second_supplier")
    accepted(people, theirs)
    taken_off(people, theirs, theirs.goods)
    if not theirs.freight:
        assert state(people, theirs) == "completed"
    assert faults(people) == []


def test_what_never_leaves_of_an_order_that_is_paid_later_is_free_again(
    people: People, bought: Bought
) -> None:
    """P10: it was held, not sold."""
    _plan, mine, _theirs = bought
    with people.runtime.reading() as session:
        (line,) = orders.lines_of(session, mine.id)
    batches = batches_for(people, mine)
    with people.runtime.work(people.actor("supplier")) as w:
        parcel = service.NewShipment("顺丰速运", "SF1234567890", {line.id: 1}, batches)
        service.send(w, mine.id, parcel)
    with people.runtime.work() as w:
        order = orders.row(w.session, mine.id, for_change=True)
        service.refund_parts(w, mine.id, [rules.Part(line.id, line.unit_price)])
        service.drop_rest(w, order, {line.id: 1})
    assert faults(people) == []
    accepted(people, mine)
    transferred(people, mine)
    assert state(people, mine) == "completed"
    assert faults(people) == []


def test_what_is_called_off_before_it_leaves_is_free_again_and_not_asked_for(
    people: People, bought: Bought
) -> None:
    """P10, P11: what nobody wants any more nobody keeps."""
    plan, mine, theirs = bought
    with people.runtime.work(people.actor("union_buyer")) as w:
        service.cancel(w, mine.id, "示例：不需要了")
    with people.runtime.reading() as session:
        kept = {one.state.value for one in session.scalars(select(Reservation))}
    assert (state(people, mine), kept) == ("cancelled", {"released", "held"})
    assert asked_for(people, mine).state == "void"
    assert amounts(people, plan.budget_id)[2] == theirs.goods + theirs.freight
    shipped(people, theirs, "second_supplier")
    with pytest.raises(WrongState), people.runtime.work(people.actor("union_buyer")) as w:
        service.cancel(w, theirs.id, "示例：不需要了")
    assert faults(people) == []


def test_what_a_claim_took_off_an_order_that_is_called_off_is_free_again_too(
    people: People, bought: Bought
) -> None:
    """P12: the budget keeps nothing for what nobody will pay."""
    plan, mine, theirs = bought
    taken_off(people, mine, Money(3_33))
    with people.runtime.work(people.actor("union_buyer")) as w:
        service.cancel(w, mine.id, "示例：不需要了")
    assert amounts(people, plan.budget_id)[2] == theirs.goods + theirs.freight
    assert faults(people) == []
    with people.runtime.work() as w:
        other = update(Order).where(Order.id == theirs.id)
        w.session.execute(other.values(goods=Order.goods + Money(1)))
    assert "of them are not paid" in "\n".join(faults(people))


def test_nobody_pays_later_but_organisations_and_only_where_it_is_offered(
    people: People, goods: tuple[Listing, Listing]
) -> None:
    """Failure 20: what is not offered is not taken."""
    with pytest.raises(Refused, match="tender_not_offered"):
        a_later_plan(people, *goods)
    address, buyer = an_address(people), people.actor("employee")
    with (
        paying_later(people),
        pytest.raises(Refused, match="tender_not_offered"),
        people.runtime.work(buyer) as w,
    ):
        service.place(w, a_placement(address, goods[0], on_account=True))


def test_planted_differences_are_found(people: People, bought: Bought) -> None:
    """P36: what is asked, when it is due, and that somebody agreed."""
    _plan, mine, theirs = bought
    with people.runtime.work() as w:
        changed = update(Payment).where(Payment.order_id == mine.id)
        w.session.execute(changed.values(taken_off=Payment.taken_off + Money(1)))
        later = update(Payment).where(Payment.order_id == theirs.id)
        w.session.execute(later.values(due_at=w.now))
    found = "\n".join(faults(people))
    assert "taken off, its refunds say otherwise" in found
    assert "its payment is due" in found
    with people.runtime.work() as w:
        w.session.execute(update(Purchase).values(on_account=False))
    assert "nobody agreed to that" in "\n".join(faults(people))
