"""Organisations pay each supplier's own account: one transfer per order, nothing comes to us."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from marketplace.catalog.models import Listing
from marketplace.commands.verifying import check_all
from marketplace.config import Config, Misconfigured
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused, SamePerson, WrongState
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.orders import queries as orders
from marketplace.orders import rules, service
from marketplace.orders.models import Order
from marketplace.orders.states import OrderState
from marketplace.payments import service as payments
from marketplace.payments.models import Payment, Tender
from marketplace.payments.states import PaymentState, RefundState
from marketplace.purchasing import service as plans
from marketplace.purchasing.models import Plan
from marketplace.settlement import queries as settlement
from marketplace.suppliers.models import BankAccount, Supplier
from marketplace.suppliers.states import AccountState
from tests.fixtures import People, post
from tests.makers.catalog import a_listing
from tests.makers.directing import (
    a_direct_plan,
    completed,
    paying_directly,
    payment_of,
    received,
    refunds_of,
    sent_back,
)
from tests.makers.onboarding import NUMBER, a_confirmed_account, a_waiting_account
from tests.makers.orders import a_placement, an_address, shipped
from tests.makers.purchasing import a_plan, approved
from tests.makers.sales import WUDU
from tests.makers.suppliers import an_approved_supplier
from tests.purchasing.test_approving import amounts

SignIn = Callable[[str], FlaskClient]
OTHER_NUMBER = "104610120000077777"


@pytest.fixture
def goods(people: People) -> tuple[Listing, Listing]:
    """Of two suppliers, who both have an account."""
    a_confirmed_account(people, an_approved_supplier(people, "supplier", 1))
    second = an_approved_supplier(people, "second_supplier", 2)
    a_confirmed_account(people, second, "second_supplier", OTHER_NUMBER)
    nuts = a_listing(people, "second_supplier", "SL-0003", title="示例 核桃", county=WUDU)
    return a_listing(people), nuts


@pytest.fixture
def bought(people: People, goods: tuple[Listing, Listing]) -> tuple[Plan, Order, Order]:
    """A plan with one order of each supplier."""
    plan = a_direct_plan(people, *goods)
    with people.runtime.reading() as session:
        asked = select(Order).where(Order.purchase_id == plan.purchase_id)
        found = {order.supplier_id: order for order in session.scalars(asked)}
    mine, theirs = (found[one.supplier_id] for one in goods)
    return plan, mine, theirs


Bought = tuple[Plan, Order, Order]


def faults(people: People) -> Sequence[str]:
    with people.runtime.reading() as session:
        outcome = check_all(session, people.runtime.clock.now())
    found = [fault for some in outcome.values() for fault in some]
    return [fault for fault in found if "no claim stands behind" not in fault]  # we ask without one


def books(people: People, *kinds: AccountKind) -> list[Money]:
    with people.runtime.reading() as session:
        return [ledger.balance(session, kind) for kind in kinds]


def order_now(people: People, order: Order) -> Order:
    with people.runtime.reading() as session:
        return session.get_one(Order, order.id)


def test_each_supplier_is_asked_for_by_one_reference_to_his_own_account(
    people: People, bought: Bought
) -> None:
    """P3: one payment per order, of its amount, to the account that was confirmed then."""
    _plan, mine, theirs = bought
    first, second = payment_of(people, mine), payment_of(people, theirs)
    assert first.reference != second.reference
    for order, asked, number in ((mine, first, NUMBER), (theirs, second, OTHER_NUMBER)):
        assert asked.amount == order.goods + order.freight
        assert (asked.tender, asked.state) == (Tender.DIRECT, PaymentState.AWAITING)
        assert asked.pay_to is not None
        assert asked.pay_to["number"] == number
    assert faults(people) == []


def test_a_supplier_confirms_the_exact_amount_of_his_own_order_and_nothing_of_it_is_ours(
    people: People, bought: Bought
) -> None:
    """P1, P2, P4: Failure 20: what he keeps is a memorandum, and we owe him nothing."""
    plan, mine, theirs = bought
    asked = payment_of(people, mine)
    wrong = (
        ("supplier", mine, asked.amount - Money(1), Refused),
        ("supplier", theirs, asked.amount, Missing),
        ("second_supplier", mine, asked.amount, Missing),
        ("union_buyer", mine, asked.amount, Forbidden),
        ("manager", mine, asked.amount, Missing),
    )
    for who, order, amount, kind in wrong:
        with pytest.raises(kind), people.runtime.work(people.actor(who)) as w:
            service.confirm_receipt(w, order.id, amount, "示例到账 1")
    both = people.both("union_buyer", "supplier")
    with pytest.raises(SamePerson), people.runtime.work(both) as w:
        service.confirm_receipt(w, mine.id, asked.amount, "示例到账 1")
    received(people, mine)
    other = payment_of(people, theirs).amount
    second = people.actor("second_supplier")
    with pytest.raises(Refused, match="bank_ref_used"), people.runtime.work(second) as w:
        service.confirm_receipt(w, theirs.id, other, f"示例到账 {asked.reference}")
    assert [order_now(people, one).state for one in (mine, theirs)] == ["paid", "placed"]
    spent = amounts(people, plan.budget_id)[3]
    assert spent == asked.amount
    assert books(people, AccountKind.DIRECT_PAID, AccountKind.BANK_CLEARING) == [spent, ZERO]
    shipped(people, mine)
    with people.runtime.work(people.actor("union_buyer")) as w:
        service.receive(w, mine.id)
    kinds = (AccountKind.DIRECT_PAID, AccountKind.SUPPLIER_PAYABLE, AccountKind.DUE_TO_SUPPLIER)
    assert books(people, *kinds, AccountKind.FREIGHT) == [ZERO, ZERO, ZERO, ZERO]
    with people.runtime.reading() as session:
        assert ledger.sales_by_order(session)[mine.id] == mine.goods
        assert settlement.suppliers_owed(session, people.runtime.clock.now(), most=9) == ()
    assert faults(people) == []


def test_what_goes_back_the_supplier_sends_and_the_buyer_confirms(
    people: People, bought: Bought
) -> None:
    """P4: cancelled before it left."""
    plan, mine, _theirs = bought
    received(people, mine)
    with people.runtime.work(people.actor("union_buyer")) as w:
        service.cancel(w, mine.id, "示例：不需要了")
    (refund,) = refunds_of(people, mine)
    owed = [AccountKind.DIRECT_PAID, AccountKind.DIRECT_REFUNDS, AccountKind.REFUNDS]
    assert books(people, *owed) == [refund.amount, -refund.amount, ZERO]
    assert faults(people) == []
    with pytest.raises(Forbidden), people.runtime.work(people.actor("manager")) as w:
        service.confirm_refund(w, refund.id)  # nobody has sent it, and it is not his to have
    for who, kind in (("second_supplier", Missing), ("union_buyer", Forbidden)):
        with pytest.raises(kind), people.runtime.work(people.actor(who)) as w:
            service.send_refund(w, refund.id, "示例退款 1")
    sent_back(people, refund)
    for who, kind in (("supplier", Forbidden), ("employee", Missing)):
        with pytest.raises(kind), people.runtime.work(people.actor(who)) as w:
            service.confirm_refund(w, refund.id)
    assert amounts(people, plan.budget_id)[3] == refund.amount
    with people.runtime.work(people.actor("union_buyer")) as w:
        service.confirm_refund(w, refund.id)
    assert amounts(people, plan.budget_id)[3] == ZERO
    assert books(people, *owed) == [ZERO, ZERO, ZERO]


def test_what_was_accepted_goes_back_in_parts_and_as_a_whole(
    people: People, bought: Bought
) -> None:
    """P4: what the supplier kept he keeps no more."""
    plan, _mine, theirs = bought
    owed = [AccountKind.DIRECT_PAID, AccountKind.DIRECT_REFUNDS, AccountKind.REFUNDS]
    completed(people, theirs, "second_supplier")
    with people.runtime.reading() as session:
        line = orders.lines_of(session, theirs.id)[0].id
    with people.runtime.work() as w:
        service.refund_parts(w, theirs.id, [rules.Part(line, Money(5_00))])
    assert books(people, *owed) == [Money(5_00), -Money(5_00), ZERO]
    assert faults(people) == []
    with people.runtime.work(people.actor("manager")) as w:
        service.take_back(w, theirs.id, "示例：整单变质")
    for one in refunds_of(people, theirs):
        sent_back(people, one, "second_supplier")
        with people.runtime.work(people.actor("manager")) as w:
            service.confirm_refund(w, one.id)
    assert books(people, *owed) == [ZERO, ZERO, ZERO]
    assert amounts(people, plan.budget_id)[3] == ZERO
    assert faults(people) == []


def test_a_manager_undoes_a_receipt_that_was_a_mistake_with_words_while_nothing_has_left(
    people: People, bought: Bought
) -> None:
    plan, mine, theirs = bought
    received(people, mine)
    for who, kind in (("supplier", Forbidden), ("union_buyer", Forbidden), ("auditor", Forbidden)):
        with pytest.raises(kind), people.runtime.work(people.actor(who)) as w:
            service.unpay(w, mine.id, "示例：记错")
    manager = people.actor("manager")
    with pytest.raises(Invalid), people.runtime.work(manager) as w:
        service.unpay(w, mine.id, " ")
    with pytest.raises(WrongState), people.runtime.work(manager) as w:
        service.unpay(w, theirs.id, "示例：还没有收")
    with people.runtime.work(manager) as w:
        service.unpay(w, mine.id, "示例：记成了别家的款")
    (refund,) = refunds_of(people, mine)
    assert (order_now(people, mine).state, refund.state) == ("cancelled", RefundState.UNDONE)
    assert books(people, AccountKind.DIRECT_PAID, AccountKind.DIRECT_REFUNDS) == [ZERO, ZERO]
    assert amounts(people, plan.budget_id)[3] == ZERO
    shipped(people, received(people, theirs, "second_supplier"), "second_supplier")
    with pytest.raises(WrongState), people.runtime.work(manager) as w:
        service.unpay(w, theirs.id, "示例：已经发走")
    assert faults(people) == []


def test_a_refund_that_did_not_arrive_is_owed_again_and_one_that_did_needs_no_word_of_the_supplier(
    people: People, bought: Bought, client_as: SignIn
) -> None:
    """Failure 9: no refund is stuck between two who wait for each other."""
    plan, mine, _theirs = bought
    received(people, mine)
    with people.runtime.work(people.actor("union_buyer")) as w:
        service.cancel(w, mine.id, "示例：不需要了")
    (refund,) = refunds_of(people, mine)
    buyer, twofold = people.actor("union_buyer"), people.both("supplier", "manager")
    with pytest.raises(WrongState), people.runtime.work(buyer) as w:
        service.contest_refund(w, refund.id, "示例：没有到账")
    sent_back(people, refund)
    for who, kind in ((people.actor("supplier"), Forbidden), (twofold, SamePerson)):
        with pytest.raises(kind), people.runtime.work(who) as w:
            service.contest_refund(w, refund.id, "示例：没有到账")
    with pytest.raises(Invalid), people.runtime.work(buyer) as w:
        service.contest_refund(w, refund.id, " ")
    page = client_as("union_buyer")
    contested = post(page, f"/refunds/{refund.id}/contest", on=f"/orders/{mine.id}", note="没到")
    assert contested.status_code == 303
    (again,) = refunds_of(people, mine)
    assert (again.state, again.provider_ref) == (RefundState.REQUESTED, None)
    assert "没到" in client_as("supplier").get("/notices").get_data(as_text=True)
    sent_back(people, refund)  # under the same number, which may be used once more
    with people.runtime.work(buyer) as w:
        service.contest_refund(w, refund.id, "示例：还是没有到账")
    with people.runtime.work(buyer) as w:
        service.confirm_refund(w, refund.id)
    assert amounts(people, plan.budget_id)[3] == ZERO
    assert books(people, AccountKind.DIRECT_PAID, AccountKind.DIRECT_REFUNDS) == [ZERO, ZERO]
    assert faults(people) == []


def test_nobody_who_stands_on_a_side_undoes_what_the_sides_did(
    people: People, bought: Bought
) -> None:
    """P15: two hats on one head are still one head."""
    _plan, mine, theirs = bought
    received(people, mine)
    for side in ("supplier", "union_approver"):
        both = people.both("manager", side)
        with pytest.raises(SamePerson), people.runtime.work(both) as w:
            service.unpay(w, mine.id, "示例：记错")
        with people.runtime.reading() as session:
            shown = orders.order(session, both, mine.id).verbs
        assert "unpay" not in {step.verb for step in shown}
    with people.runtime.work(people.actor("union_buyer")) as w:
        service.cancel(w, mine.id, "示例：不需要了")
    (refund,) = refunds_of(people, mine)
    sent_back(people, refund)
    for side in ("manager", "union_buyer"):
        both = people.both("supplier", side)
        with pytest.raises(SamePerson), people.runtime.work(both) as w:
            service.confirm_refund(w, refund.id)
    completed(people, theirs, "second_supplier")
    treasurer = people.both("manager", "union_treasurer")
    with pytest.raises(SamePerson), people.runtime.work(treasurer) as w:
        service.take_back(w, theirs.id, "示例：整单变质")


def test_the_number_of_a_receipt_that_was_undone_may_be_given_for_the_right_order(
    people: People, bought: Bought
) -> None:
    """The mistake was whose money it is; its number is true."""
    _plan, mine, theirs = bought
    received(people, mine)
    number = payment_of(people, mine).provider_ref
    with people.runtime.work(people.actor("manager")) as w:
        service.unpay(w, mine.id, "示例：记成了别家的款")
    asked = payment_of(people, theirs)
    with people.runtime.work(people.actor("second_supplier")) as w:
        service.confirm_receipt(w, theirs.id, asked.amount, number or "")
    assert order_now(people, theirs).state is OrderState.PAID
    assert faults(people) == []


def test_what_is_not_paid_in_time_lapses_order_by_order(
    people: People, bought: Bought, clock: SetClock
) -> None:
    """P11: and the money of one that lapsed is not confirmed any more."""
    plan, mine, theirs = bought
    received(people, mine)
    clock.advance(days=60)
    with people.runtime.work() as w:
        assert service.lapse_due(w) == 1
    assert [order_now(people, one).state for one in (mine, theirs)] == ["paid", "lapsed"]
    with pytest.raises(Refused, match="payment_void"):
        received(people, theirs, "second_supplier")
    assert amounts(people, plan.budget_id)[2:] == (ZERO, mine.goods + mine.freight)
    assert not [fault for fault in faults(people) if "paper" not in fault and "gate" not in fault]


def test_persons_and_suppliers_without_an_account_are_no_part_of_it(
    people: People, goods: tuple[Listing, Listing]
) -> None:
    """Nothing may come to us without a basis; and money goes to no account that nobody checked."""
    address = an_address(people)
    buyer = people.actor("employee")
    with paying_directly(people):
        for tender, code in (
            (Tender.TRANSFER, "no_collection_basis"),
            (Tender.DIRECT, "tender_not_offered"),
        ):
            with pytest.raises(Refused, match=code), people.runtime.work(buyer) as w:
                service.place(w, a_placement(address, goods[0], tender=tender))
    with (
        paying_directly(people),
        pytest.raises(Refused, match="no_collection_basis"),
        people.runtime.work(people.actor("union_approver")) as w,
    ):
        payments.open_funding(w, goods[0].id, Money(1_00))
    with people.runtime.work() as w:
        w.session.execute(update(BankAccount).values(state=AccountState.WITHDRAWN))
    plan = approved(people, a_plan(people, ((goods[0].id, 1),), count=2))
    buyer = people.actor("union_buyer")
    with (
        paying_directly(people),
        pytest.raises(Refused, match="supplier_without_account"),
        people.runtime.work(buyer) as w,
    ):
        plans.order(w, plan.id)
    said = {"MARKETPLACE_COLLECTION": "elsewhere"}
    with pytest.raises(Misconfigured, match="COLLECTION is one of"):
        Config.read(said)


def test_no_order_is_paid_to_an_account_that_waits_or_rests(
    people: People, goods: tuple[Listing, Listing]
) -> None:
    """A change that nobody has confirmed yet may be a thief's: money waits for it."""
    plan = approved(people, a_plan(people, ((goods[0].id, 1),), count=2))
    with people.runtime.reading() as session:
        supplier = session.get_one(Supplier, goods[0].supplier_id)
    a_waiting_account(people, supplier, number="104610120000055555")
    with (
        paying_directly(people),
        pytest.raises(Refused, match="supplier_without_account"),
        people.runtime.work(people.actor("union_buyer")) as w,
    ):
        plans.order(w, plan.id)


def test_a_planted_difference_is_found(people: People, bought: Bought) -> None:
    """P36: amounts, and what the books hold of them."""
    _plan, mine, _theirs = bought
    received(people, mine)
    with people.runtime.work() as w:
        changed = update(Payment).where(Payment.order_id == mine.id)
        w.session.execute(changed.values(amount=Payment.amount + Money(1)))
    found = faults(people)
    assert any("its supplier is asked" in fault for fault in found)
    assert any("direct_paid: the books say" in fault for fault in found)


def test_the_pages_say_how_to_pay_and_let_the_supplier_confirm(
    people: People, bought: Bought, client_as: SignIn
) -> None:
    plan, mine, theirs = bought
    asked = payment_of(people, mine)
    text = client_as("union_buyer").get(f"/purchases/{plan.purchase_id}").get_data(as_text=True)
    assert NUMBER in text
    assert OTHER_NUMBER in text
    assert asked.reference in text
    supplier = client_as("supplier")
    listed = supplier.get("/receipts").get_data(as_text=True)
    assert mine.number in listed
    assert theirs.number not in listed
    form = {"amount": "1.00", "bank_ref": "示例到账 5"}
    refused = post(supplier, f"/orders/{mine.id}/receipt", **form)
    assert refused.status_code == 409
    assert "1.00" in refused.get_data(as_text=True)
    done = post(supplier, f"/orders/{mine.id}/receipt", **form | {"amount": asked.amount.yuan})
    assert done.status_code == 303
    assert order_now(people, mine).state is OrderState.PAID
