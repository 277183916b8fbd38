"""Credit pays first, own money the rest; what goes back goes where it came from, to the fen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import select

from marketplace.catalog.models import Listing
from marketplace.credit import service
from marketplace.credit.queries import Wanted
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Refused
from marketplace.kernel.money import ZERO, Money
from marketplace.ledger import queries as ledger
from marketplace.ledger.states import AccountKind
from marketplace.orders import queries as orders_queries
from marketplace.orders import service as orders
from marketplace.orders.models import Purchase
from marketplace.orders.rules import Part
from marketplace.orders.states import OrderState
from marketplace.payments import service as payments
from marketplace.payments.models import PaymentPart, Refund, Tender
from marketplace.payments.states import PaymentState, RefundState
from marketplace.unions import queries as unions
from marketplace.unions.models import Budget
from tests.fixtures import People
from tests.makers.claims import given_back
from tests.makers.credit import a_grant, approved, credit_of, funded
from tests.makers.orders import a_purchase, paid, the_order, the_orders, the_payment

Faults = Callable[[], Sequence[str]]
WITH_CREDIT = Wanted(credit=True)


def parts_of(people: People, purchase: Purchase) -> list[list[tuple[str, int, int]]]:
    """(kind, amount, returned) in fen of each order of a purchase."""
    found = []
    for order in the_orders(people, purchase):
        with people.runtime.reading() as session:
            own = session.scalars(select(PaymentPart).where(PaymentPart.order_id == order.id))
            found.append(sorted((p.kind.value, p.amount.fen, p.returned.fen) for p in own))
    return found


def budget_of(people: People, budget: Budget) -> tuple[int, int, int, int]:
    """(available, reserved, committed, spent) in fen."""
    with people.runtime.reading() as session:
        row = unions.budget(session, people.actor("union_treasurer"), budget.id)
    return row.available.fen, row.reserved.fen, row.committed.fen, row.spent.fen


def called_off(people: People, order_id: object) -> None:
    with people.runtime.work(people.actor("employee")) as w:
        orders.cancel(w, order_id, "示例：不要了")  # type: ignore[arg-type]  # of an order


def test_the_money_of_a_grant_walks_from_the_budget_to_its_members(
    people: People, budget: Budget, faults: Faults
) -> None:
    """P12: reserved, committed and spent; nobody has credit before the union's money is here."""
    grant = a_grant(people, budget)
    assert budget_of(people, budget) == (19_900_00, 100_00, 0, 0)
    approved(people, grant)
    assert budget_of(people, budget) == (19_900_00, 0, 100_00, 0)
    assert credit_of(people) == []
    assert faults() == []


def test_credit_pays_first_and_own_money_the_rest_of_each_order(
    people: People, budget: Budget, melon: Listing, walnut: Listing, faults: Faults
) -> None:
    """P5, P13: ¥50.00 over orders of ¥118.00 and ¥60.00 by largest remainder; held, then spent."""
    funded(people, a_grant(people, budget))
    assert budget_of(people, budget) == (19_900_00, 0, 0, 100_00)
    purchase = a_purchase(people, melon, walnut, pay_with=WITH_CREDIT, own=Money(128_00))
    payment = the_payment(people, purchase)
    assert (payment.amount, payment.covered) == (Money(128_00), Money(50_00))
    assert parts_of(people, purchase) == [
        [("credit", 33_15, 0), ("own", 84_85, 0)],
        [("credit", 16_85, 0), ("own", 43_15, 0)],
    ]
    assert credit_of(people) == [(0, 50_00, 0, 0)]
    assert faults() == []
    paid(people, purchase)
    assert {order.state for order in the_orders(people, purchase)} == {OrderState.PAID}
    assert credit_of(people) == [(0, 0, 50_00, 0)]
    assert faults() == []


def test_a_refund_goes_to_both_sources_and_any_series_of_parts_is_exact(
    people: People, budget: Budget, melon: Listing, walnut: Listing, faults: Faults
) -> None:
    """P4, P13: one order is called off; its own two shares go back, not a fen of the other's."""
    funded(people, a_grant(people, budget))
    purchase = paid(people, a_purchase(people, melon, walnut, pay_with=WITH_CREDIT))
    first, _second = the_orders(people, purchase)
    called_off(people, first.id)
    assert parts_of(people, purchase)[0] == [("credit", 33_15, 33_15), ("own", 84_85, 84_85)]
    assert credit_of(people) == [(33_15, 0, 16_85, 0)]
    with people.runtime.reading() as session:
        (refund,) = session.scalars(select(Refund))
    assert (refund.amount, refund.own, refund.state) == (
        Money(118_00), Money(84_85), RefundState.REQUESTED,
    )  # fmt: skip
    with people.runtime.work(people.actor("second_manager")) as w:
        payments.settle_refund(w, refund.id, "示例退款 1")
    assert the_payment(people, purchase).refunded == Money(84_85)
    assert faults() == []


def test_many_small_parts_and_the_rest_give_each_source_what_it_gave(
    people: People, budget: Budget, melon: Listing, faults: Faults
) -> None:
    """P4, P13: each fen is rounded to the larger source; the rest makes up for it."""
    funded(people, a_grant(people, budget))
    purchase = paid(people, a_purchase(people, melon, pay_with=WITH_CREDIT))
    order = the_order(people, purchase)
    with people.runtime.reading() as session:
        (line,) = orders_queries.lines_of(session, order.id)
    for fen in (*[1] * 8, order.goods.fen - 8):
        with people.runtime.work(people.actor("manager")) as w:
            given_back(w, order.id, [Part(line.id, Money(fen))])
    (parts,) = parts_of(people, purchase)
    assert [kind for kind, _gave, _back in parts] == ["credit", "own"]
    assert all(gave == back for _kind, gave, back in parts)
    assert faults() == []


def test_a_purchase_that_credit_pays_wholly_is_paid_at_once(
    people: People, budget: Budget, walnut: Listing, faults: Faults
) -> None:
    """P13: and its refund needs no bank."""
    funded(people, a_grant(people, budget, Money(100_00)))
    purchase = a_purchase(people, walnut, pay_with=WITH_CREDIT, own=ZERO, tender=Tender.CARD)
    payment, order = the_payment(people, purchase), the_order(people, purchase)
    assert (payment.state, payment.tender) == (PaymentState.SETTLED, Tender.CREDIT)
    assert order.state is OrderState.PAID
    called_off(people, order.id)
    assert credit_of(people) == [(100_00, 0, 0, 0)]
    with people.runtime.reading() as session:
        (refund,) = session.scalars(select(Refund))
        assert ledger.balance(session, AccountKind.REFUNDS) == ZERO
    assert (refund.state, refund.own) == (RefundState.SETTLED, ZERO)
    assert faults() == []


def test_what_was_held_is_free_again_when_nobody_pays_or_the_order_is_off(
    people: People, budget: Budget, melon: Listing, walnut: Listing, clock: SetClock, faults: Faults
) -> None:
    """P11, P13: given back once, by whichever end comes."""
    funded(people, a_grant(people, budget))
    purchase = a_purchase(people, melon, walnut, pay_with=WITH_CREDIT)
    first, _second = the_orders(people, purchase)
    called_off(people, first.id)
    assert the_payment(people, purchase).amount == Money(43_15)
    assert credit_of(people) == [(33_15, 16_85, 0, 0)]
    clock.advance(days=25)
    with people.runtime.work() as w:
        orders.lapse_due(w)
    assert credit_of(people) == [(50_00, 0, 0, 0)]
    assert faults() == []


def test_an_order_that_credit_paid_is_paid_when_the_one_that_waited_is_off(
    people: People, budget: Budget, melon: Listing, walnut: Listing, faults: Faults
) -> None:
    """P3: nothing is asked any more, so nothing is waited for."""
    funded(people, a_grant(people, budget))
    purchase = a_purchase(people, melon, walnut, pay_with=WITH_CREDIT)
    for order in the_orders(people, purchase):
        called_off(people, order.id)
    assert the_payment(people, purchase).state is PaymentState.VOID
    assert credit_of(people) == [(50_00, 0, 0, 0)]
    assert faults() == []


def test_at_the_second_of_expiry_nothing_is_spent_and_the_rest_goes_to_the_union(
    people: People, budget: Budget, melon: Listing, clock: SetClock, faults: Faults
) -> None:
    """P13: a second before, it pays; at the second, it does not; what comes back later follows."""
    funded(people, a_grant(people, budget, days=2))
    clock.advance(days=2, seconds=-1)
    purchase = paid(people, a_purchase(people, melon, lines=((melon.id, 1),), pay_with=WITH_CREDIT))
    clock.advance(seconds=1)
    with pytest.raises(Refused, match="cover_changed"):
        a_purchase(people, melon, name="second_employee", pay_with=WITH_CREDIT, own=Money(68_00))
    for _twice in range(2):
        with people.runtime.work() as w:
            service.end_due(w)
    assert credit_of(people, "second_employee") == [(0, 0, 0, 50_00)]
    called_off(people, the_order(people, purchase).id)
    assert credit_of(people) == [(0, 0, 0, 50_00)]
    with people.runtime.reading() as session:
        owed = [one for one in session.scalars(select(Refund)) if one.own]
    assert sorted(one.amount.fen for one in owed) == [50_00, 50_00, 59_00]
    for place, one in enumerate(owed):
        with people.runtime.work(people.actor("second_manager")) as w:
            payments.settle_refund(w, one.id, f"示例退款 {place}")
    assert budget_of(people, budget) == (20_000_00, 0, 0, 0)
    assert faults() == []
