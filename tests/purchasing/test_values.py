"""What each person got, for the payroll: sums to what was paid, names the source and who paid."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from marketplace.banking import queries as banking
from marketplace.catalog.models import Listing
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Forbidden, Missing
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import Money, total
from marketplace.orders import queries as orders
from marketplace.orders import service as buying
from marketplace.orders.models import Purchase
from marketplace.purchasing import rules, service
from marketplace.purchasing.models import Plan
from marketplace.unions import service as unions
from marketplace.unions.models import Budget, Union
from tests.fixtures import People
from tests.makers.banking import came, taken, the_line
from tests.makers.catalog import a_listing
from tests.makers.purchasing import a_plan, ordered, paid
from tests.makers.suppliers import an_approved_supplier
from tests.makers.unions import a_budget

SignIn = Callable[[str], FlaskClient]
CENTRE = "示例市总工会财务共享中心"


@pytest.fixture
def melon(people: People) -> Listing:
    an_approved_supplier(people)
    return a_listing(people, sale_price=Money(33_33), supply_price=Money(20_00))


def a_plan_of_three(
    people: People, melon: Listing, payer: str = "", budget: Budget | None = None
) -> Plan:
    budget = budget or a_budget(people)
    if payer:
        with people.runtime.work(people.actor("union_treasurer")) as w:
            unions.name_payer(w, budget.id, payer)
    return a_plan(people, ((melon.id, 1),), count=3, budget=budget)


def test_shares_differ_by_a_fen_at_most_and_sum_to_the_whole() -> None:
    assert rules.shared(Money(100), 3) == [Money(34), Money(33), Money(33)]
    assert rules.shared(Money(2), 3) == [Money(1), Money(1), Money(0)]
    assert rules.shared(Money(2), 0) == []


def test_the_values_of_a_plan_sum_to_what_was_paid_and_are_its_treasurers_alone(
    people: People, melon: Listing
) -> None:
    plan = paid(people, a_plan_of_three(people, melon, CENTRE))
    with people.runtime.work(people.actor("union_treasurer")) as w:
        union = w.session.get_one(Union, plan.union_id)
        found = service.export_values(w, union.id, 2026)
        assert service.export_values(w, union.id, 2025) == ()
        assert (
            total(one.amount for one in found)
            == w.session.get_one(Purchase, plan.purchase_id).total
        )
        assert {one.purchase.source for one in found} <= set(FundSource) - {FundSource.PERSONAL}
        assert {one.purchase.payer for one in found} == {CENTRE}
        assert len(found) == 3
    for name, fault in (("union_buyer", Forbidden), ("manager", Missing)):
        with pytest.raises(fault), people.runtime.work(people.actor(name)) as w:
            service.export_values(w, union.id, 2026)


def test_what_is_not_paid_or_was_called_off_is_nobodys_value(
    people: People, melon: Listing
) -> None:
    budget = a_budget(people)
    waiting = ordered(people, a_plan_of_three(people, melon, budget=budget))
    off = paid(people, a_plan_of_three(people, melon, budget=budget))
    with people.runtime.work(people.actor("union_buyer")) as w:
        (order,) = orders.orders_of(w.session, off.purchase_id)
        buying.cancel(w, order.id, "示例：不办了")
    with people.runtime.work(people.actor("union_treasurer")) as w:
        assert service.export_values(w, waiting.union_id, 2026) == ()


@pytest.mark.sqlite_only
def test_the_sheets_are_handed_to_the_treasurer(
    people: People, client_as: SignIn, melon: Listing
) -> None:
    plan = paid(people, a_plan_of_three(people, melon, "=1+1"))
    treasurer = client_as("union_treasurer")
    assert f"/plans/values/{plan.union_id}/csv" in treasurer.get("/plans").get_data(as_text=True)
    sheet = treasurer.get(f"/plans/values/{plan.union_id}/csv?year=2026").get_data()
    lines = list(csv.reader(io.StringIO(sheet.decode("utf-8-sig"))))
    assert lines[0] == list(rules.VALUE_HEADINGS)
    assert len(lines) == 4
    assert "'=1+1" in lines[1]
    book = treasurer.get(f"/plans/values/{plan.union_id}/xlsx?year=2026")
    assert book.get_data()[:2] == b"PK"


def test_a_transfer_in_the_payers_name_is_proposed_first(
    people: People, melon: Listing, clock: SetClock
) -> None:
    plan = ordered(people, a_plan_of_three(people, melon, CENTRE))
    with people.runtime.reading() as session:
        (order,) = orders.orders_of(session, plan.purchase_id)
        amount = order.goods + order.freight
    taken(people, came("S1", amount.yuan, "货款", party=CENTRE))
    with people.runtime.reading() as session:
        (candidate,) = banking.candidates(session, the_line(people))
    assert (candidate.why, candidate.purchase.payer) == ("name", CENTRE)
