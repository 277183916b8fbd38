"""A shop with something on sale, and the questions of statistics asked by a named person."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from marketplace.statistics import queries
from marketplace.statistics.rules import Figures, Filter
from tests.fixtures import People
from tests.makers.sales import Goods, some_goods_on_sale


@pytest.fixture
def goods(people: People) -> Goods:
    return some_goods_on_sale(people)


@pytest.fixture
def totals(people: People) -> Callable[..., Figures]:
    """`totals("manager", county="653129")`."""

    def asked(name: str = "manager", **wanted: str) -> Figures:
        with people.runtime.reading() as session:
            return queries.totals(session, people.actor(name), Filter(**wanted))  # type: ignore[arg-type]  # named by the caller

    return asked


@pytest.fixture
def faults(people: People) -> Callable[[], Sequence[str]]:
    def found() -> Sequence[str]:
        with people.runtime.reading() as session:
            return list(queries.faults(session))

    return found
