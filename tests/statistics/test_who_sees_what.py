"""One predicate decides whose sales a person sees; it is asked by every question."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
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


PIECES = {
    "manager": 7,
    "auditor": 7,
    "supplier": 1,
    "second_supplier": 6,
    "union_buyer": 4,
    "union_approver": 4,
    "union_treasurer": 4,
    "employee": 0,
    "reviewer": 0,
}


def test_everybody_sees_their_own_by_every_question(people: People) -> None:
    with people.runtime.reading() as session:
        for name, pieces in PIECES.items():
            assert set(_asked_in_every_way(session, people.actor(name))) == {pieces}, name


def _asked_in_every_way(session: Session, actor: Actor) -> Iterator[int]:
    """The pieces, by the total, by each grouping, by the page of lines and by its sheet."""
    yield queries.totals(session, actor, Filter()).pieces
    for by in set(Grouping) - {Grouping.DESIGNATION}:
        yield sum(row.figures.pieces for row in queries.groups(session, actor, Filter(), by))
    yield sum(fact.quantity for fact in queries.lines(session, actor, Filter(), 1).items)
    cells = queries.line_cells(session, actor, Filter(), lists={}, say=lambda text, **_: text)
    yield sum(int(row[-2] or 0) for row in cells)


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


def test_others_are_turned_away(client_as: Callable[[str], FlaskClient]) -> None:
    for name in ("employee", "reviewer"):
        assert client_as(name).get("/statistics").status_code == 403


def test_the_tie_to_the_ledger_is_for_overseers(people: People) -> None:
    with people.runtime.reading() as session:
        for name in ("manager", "auditor"):
            found = queries.tie(session, people.actor(name))
            assert found is not None
            assert found.holds
        assert queries.tie(session, people.actor("supplier")) is None
