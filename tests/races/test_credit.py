"""One balance in many windows, one code in many hands, and an end that comes meanwhile."""

from __future__ import annotations

import pytest

from marketplace.catalog.models import Listing
from marketplace.credit import service
from marketplace.credit.queries import Wanted
from marketplace.kernel.clock import SetClock
from marketplace.kernel.money import Money
from marketplace.orders import service as orders
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.credit import a_batch, a_budget_with_members, a_grant, credit_of, funded
from tests.makers.orders import a_placement, a_purchase, an_address, the_order
from tests.makers.suppliers import an_approved_supplier
from tests.races.storm import all_is_well, at_once, doing, in_any_order, tally


@pytest.fixture
def walnut(people: People) -> Listing:
    """¥30.00 a piece, freight included."""
    an_approved_supplier(people)
    return a_listing(
        people, sale_price=Money(30_00), supply_price=Money(22_00), stock=500, freight_included=True
    )


def test_sixteen_windows_spend_one_balance_once(people: People, walnut: Listing) -> None:
    """P13: Failure 7: ¥100.00 for purchases of ¥60.00 by credit alone: one, never two; the ¥40.00
    that are left then pay their part of one more."""
    funded(people, a_grant(people, a_budget_with_members(people), Money(100_00)))
    address, buyer = an_address(people), people.actor("employee")
    wanted = [
        a_placement(address, walnut, pay_with=Wanted(credit=True), own=Money(own))
        for own in (*[0] * 14, 20_00, 20_00)
    ]
    outcomes = at_once(*(doing(people, buyer, orders.place, one) for one in wanted))
    assert outcomes[:14].count("done") == 1
    assert set(outcomes) <= {"done", "cover_changed"}
    (available, held, spent, _) = credit_of(people)[0]
    assert (available + held + spent, spent) == (100_00, 60_00)
    assert held == 40_00 * outcomes[14:].count("done")
    all_is_well(people)


def test_one_code_in_thirty_two_hands_pays_once(people: People, walnut: Listing) -> None:
    """P14: Failure 1: and of a batch that may be used five times five are, whoever comes."""
    buyers = [people.actor(name) for name in ("employee", "second_employee")]
    addresses = [an_address(people, name) for name in ("employee", "second_employee")]
    batch, codes = a_batch(people, codes=32, most=5, most_per_person=4)

    def wish(place: int, code: str) -> object:
        hand = place % 2
        placement = a_placement(addresses[hand], walnut, pay_with=Wanted(voucher=code))
        return doing(people, buyers[hand], orders.place, placement)

    outcomes = at_once(*(wish(place, codes[0]) for place in range(32)))  # type: ignore[arg-type]  # calls
    assert tally(outcomes) == {"done": 1, "voucher_unknown": 31}
    outcomes = at_once(*(wish(place, code) for place, code in enumerate(codes[1:], 1)))  # type: ignore[arg-type]  # calls
    assert outcomes.count("done") == batch.most - 1
    assert set(outcomes) <= {"done", "voucher_used_up", "voucher_limit_person"}
    all_is_well(people)


def test_an_end_that_comes_while_orders_are_called_off_loses_nothing(
    people: People, walnut: Listing, clock: SetClock
) -> None:
    """P13: what comes back before the end and after it is with the union, each fen once."""
    funded(people, a_grant(people, a_budget_with_members(people), Money(100_00), days=2))
    buyers = ("employee", "second_employee")
    off = [
        the_order(people, a_purchase(people, walnut, name=name, pay_with=Wanted(credit=True)))
        for name in buyers
    ]
    clock.advance(days=2)
    calls = [
        doing(people, people.actor(name), orders.cancel, order.id, "示例：不要了")
        for name, order in zip(buyers, off, strict=True)
    ]
    ends = doing(people, people.actor("manager"), lambda w: service.end_due(w.by_system()))
    assert set(in_any_order([*calls, ends], 1)) == {"done"}
    for name in buyers:
        assert credit_of(people, name) == [(0, 0, 0, 100_00)]
    all_is_well(people)
