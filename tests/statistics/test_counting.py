"""One fact per line on paid, its mirror on a cancelled paid order; each at its own instant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy import select

from marketplace.events import OrderCancelled, OrderPaid
from marketplace.kernel.clock import SetClock
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import ZERO, Money
from marketplace.orders import queries as orders
from marketplace.orders.models import Order
from marketplace.statistics import queries, service
from marketplace.statistics.models import FactKind, SalesFact
from marketplace.statistics.rules import Figures, Filter, Grouping
from tests.fixtures import People
from tests.makers.sales import Goods, a_placed_purchase, a_sale, called_off

Totals = Callable[..., Figures]
Faults = Callable[[], Sequence[str]]
NOTHING = Figures(ZERO, 0, 0, 0)


def facts(people: People) -> list[SalesFact]:
    with people.runtime.reading() as session:
        asked = select(SalesFact).order_by(SalesFact.at, SalesFact.title)
        return list(session.scalars(asked))


def test_nothing_is_counted_before_it_is_paid(
    people: People, goods: Goods, totals: Totals, faults: Faults
) -> None:
    a_placed_purchase(people, {goods.melons: 2})
    assert totals() == NOTHING
    assert faults() == []


def test_a_paid_order_is_counted_line_by_line(
    people: People, goods: Goods, totals: Totals, faults: Faults
) -> None:
    a_sale(people, {goods.melons: 2, goods.peppers: 1, goods.nuts: 3})
    assert totals() == Figures(Money(59_00) * 6, orders=2, lines=3, pieces=6)
    assert faults() == []


def test_freight_is_not_sold_goods(people: People, goods: Goods, totals: Totals) -> None:
    (order,) = a_sale(people, {goods.melons: 1})
    assert totals().amount == order.goods


def test_an_order_that_was_never_paid_leaves_no_trace_when_it_is_called_off(
    people: People, goods: Goods, faults: Faults
) -> None:
    purchase = a_placed_purchase(people, {goods.melons: 1})
    with people.runtime.reading() as session:
        (order,) = orders.orders_of(session, purchase.id)
    called_off(people, order)
    assert facts(people) == []
    assert faults() == []


def test_a_paid_order_called_off_is_counted_back_in_the_month_of_the_refund(
    people: People, goods: Goods, clock: SetClock, totals: Totals, faults: Faults
) -> None:
    (order,) = a_sale(people, {goods.melons: 2})
    clock.advance(days=14)  # into December
    called_off(people, order)
    sale, refund = facts(people)
    assert (sale.month, refund.month) == ("2026-11", "2026-12")
    assert (refund.kind, refund.quantity, refund.amount) == (FactKind.REFUND, -2, -sale.amount)
    assert totals() == NOTHING
    assert totals(month_to="2026-11").amount == Money(118_00)
    assert totals(month_from="2026-12").amount == Money(-118_00)
    assert faults() == []


def test_the_month_is_that_of_shanghai(people: People, goods: Goods, clock: SetClock) -> None:
    clock.at = datetime(2026, 11, 30, 16, 30, tzinfo=UTC)  # half past midnight in Shanghai
    a_sale(people, {goods.melons: 1})
    assert [fact.month for fact in facts(people)] == ["2026-12"]


def test_a_union_s_purchase_is_counted_for_its_organisation_and_source(
    people: People, goods: Goods, totals: Totals, faults: Faults
) -> None:
    (order,) = a_sale(people, {goods.nuts: 4}, "union_buyer", source=FundSource.WELFARE)
    a_sale(people, {goods.nuts: 1})
    assert totals(organisation=str(order.organisation_id)).pieces == 4
    assert totals(source="welfare").pieces == 4
    assert totals(organisation="private").pieces == 1
    assert faults() == []


def test_asked_for_one_list_only_that_list_is_shown(people: People, goods: Goods) -> None:
    a_sale(people, {goods.melons: 1, goods.peppers: 1})
    with people.runtime.reading() as session:
        manager = people.actor("manager")
        every = queries.groups(session, manager, Filter(), Grouping.DESIGNATION)
        assert len(every) > 1  # the lists overlap
        for row in every:
            asked = Filter(designation=row.key)
            (only,) = queries.groups(session, manager, asked, Grouping.DESIGNATION)
            assert only == row
            assert queries.totals(session, manager, asked) == row.figures


def test_the_same_news_twice_counts_once(
    people: People, goods: Goods, totals: Totals, faults: Faults
) -> None:
    (order,) = a_sale(people, {goods.melons: 2})
    _tell_again(people, order)
    assert totals().pieces == 2
    called_off(people, order)
    _tell_again(people, order)
    assert totals() == NOTHING
    assert len(facts(people)) == 2
    assert faults() == []


def _tell_again(people: People, order: Order) -> None:
    """What the order announced, once more, to statistics alone."""
    with people.runtime.work() as w:
        now = orders.row(w.session, order.id)
        lines = orders.sold_lines(w.session, order.id)
        assert now.paid_at
        service.count_sale(
            w,
            OrderPaid(
                now.paid_at, now.id, now.purchase_id, now.number, now.supplier_id,
                now.supplier.legal_name, now.organisation_id, now.purchase.source.value,
                "transfer", now.goods, now.supply, now.freight, lines,
            ),
        )  # fmt: skip
        if now.cancelled_at:
            service.count_refund(
                w,
                OrderCancelled(
                    now.cancelled_at, now.id, now.purchase_id, now.number, now.supplier_id,
                    now.organisation_id, True, now.goods, now.supply, now.freight, lines,
                ),
            )  # fmt: skip
