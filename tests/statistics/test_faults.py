"""A recount finds every fact that was tampered with, lost or made up."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import text

from marketplace.statistics import queries
from tests.fixtures import People
from tests.makers.sales import Goods, a_sale, called_off

DEFECTS = {
    "an amount off by one fen": "UPDATE mp_sales_fact SET amount = amount + 1 WHERE kind = 'sale'",
    "another quantity": "UPDATE mp_sales_fact SET quantity = quantity + 1 WHERE kind = 'refund'",
    "another county": "UPDATE mp_sales_fact SET county_code = '110101'",
    "another month": "UPDATE mp_sales_fact SET month = '2026-10' WHERE kind = 'sale'",
    "another source": "UPDATE mp_sales_fact SET source = 'union'",
    "a list too few": "DELETE FROM mp_fact_designation WHERE slug = (SELECT min(slug) FROM"
    " mp_fact_designation)",
    "a refund that is gone": "DELETE FROM mp_sales_fact WHERE kind = 'refund'",
    "a refund of a sale that stands": "UPDATE mp_sales_fact SET order_line_id ="
    " (SELECT l.id FROM mp_order_line l JOIN mp_order o ON o.id = l.order_id"
    " WHERE o.state = 'paid') WHERE kind = 'refund'",
}

_LISTS_OF = "DELETE FROM mp_fact_designation WHERE fact_id IN (SELECT id FROM mp_sales_fact WHERE"


@pytest.fixture
def history(people: People, goods: Goods) -> None:
    (order,) = a_sale(people, {goods.melons: 2})
    called_off(people, order)
    a_sale(people, {goods.nuts: 1})


class _TakenBack(Exception):
    """The defect was only tried."""


@pytest.mark.usefixtures("history")
def test_every_planted_defect_is_found(people: People, faults: Callable[[], Sequence[str]]) -> None:
    assert faults() == []
    unnoticed = []
    for name, defect in DEFECTS.items():
        with pytest.raises(_TakenBack), people.runtime.work() as w:
            if defect.startswith("DELETE FROM mp_sales_fact"):
                w.session.execute(text(f"{_LISTS_OF} kind = 'refund')"))
            planted = w.session.execute(text(defect)).rowcount  # type: ignore[attr-defined]  # a cursor result
            if not planted or not list(queries.faults(w.session)):
                unnoticed.append(name)
            raise _TakenBack
    assert unnoticed == []
    assert faults() == []


@pytest.mark.usefixtures("history")
def test_the_fault_names_the_order(people: People, faults: Callable[[], Sequence[str]]) -> None:
    with people.runtime.work() as w:
        number = w.session.execute(
            text("SELECT number FROM mp_order WHERE state = 'paid'")
        ).scalar()
        w.session.execute(
            text("UPDATE mp_sales_fact SET amount = amount + 1 WHERE order_number = :number"),
            {"number": number},
        )
    told = faults()
    assert len(told) == 2  # against the order line, and against the ledger
    assert str(number) in told[0]
    assert "¥59.01 instead of ¥59.00" in told[0]
