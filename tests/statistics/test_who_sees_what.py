"""One predicate decides whose sales a person sees; it is asked by every question."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from marketplace.kernel.funds import FundSource
from marketplace.statistics import queries
from marketplace.statistics.rules import Figures, Filter, Grouping
from tests.fixtures import People
from tests.makers.sales import Goods, a_sale

Totals = Callable[..., Figures]


@pytest.fixture(autouse=True)
def sales(people: People, goods: Goods) -> None:
    """One piece of the first supplier, two of the second, four of the second for the union."""
    a_sale(people, {goods.melons: 1, goods.nuts: 2})
    a_sale(people, {goods.nuts: 4}, "union_buyer", source=FundSource.UNION)


@pytest.mark.parametrize(
    ("name", "pieces"),
    [
        ("manager", 7),
        ("auditor", 7),
        ("supplier", 1),
        ("second_supplier", 6),
        ("union_buyer", 4),
        ("union_approver", 4),
        ("union_treasurer", 4),
        ("employee", 0),
        ("reviewer", 0),
    ],
)
def test_everybody_sees_their_own(people: People, totals: Totals, name: str, pieces: int) -> None:
    assert totals(name).pieces == pieces
    with people.runtime.reading() as session:
        actor = people.actor(name)
        for by in Grouping:
            groups = queries.groups(session, actor, Filter(), by)
            if by is not Grouping.DESIGNATION:
                assert sum(row.figures.pieces for row in groups) == pieces
        page = queries.lines(session, actor, Filter(), 1)
        assert sum(fact.quantity for fact in page.items) == pieces
        cells = queries.line_cells(session, actor, Filter(), lists={}, say=lambda text, **_: text)
        assert sum(int(row[-2] or 0) for row in cells) == pieces


def test_a_supplier_cannot_ask_for_another_s_figures(
    people: People, goods: Goods, totals: Totals, client_as: Callable[[str], FlaskClient]
) -> None:
    other = str(goods.nuts.supplier_id)
    assert totals("supplier", supplier=goods.nuts.supplier_id).pieces == 0
    for path in ("/statistics", "/statistics/lines", "/statistics/lines.csv"):
        answer = client_as("supplier").get(path, query_string={"supplier": other})
        assert answer.status_code == 422
        assert "示例合作社2" not in answer.get_data(as_text=True)


def test_the_choices_tell_nothing_of_others(people: People) -> None:
    with people.runtime.reading() as session:
        found = queries.choices(session, people.actor("supplier"))
    assert [name for _id, name in found.suppliers] == ["示例合作社1"]
    assert found.organisations == (("private", ""),)


@pytest.mark.parametrize("name", ["employee", "reviewer"])
def test_others_are_turned_away(client_as: Callable[[str], FlaskClient], name: str) -> None:
    assert client_as(name).get("/statistics").status_code == 403


def test_the_tie_to_the_ledger_is_for_overseers(people: People) -> None:
    with people.runtime.reading() as session:
        for name in ("manager", "auditor"):
            found = queries.tie(session, people.actor(name))
            assert found is not None
            assert found.holds
        assert queries.tie(session, people.actor("supplier")) is None
