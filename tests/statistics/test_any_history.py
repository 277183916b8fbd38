"""Whatever is bought, paid and called off: groups add up, figures open, the recount agrees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from marketplace.catalog.models import Listing
from marketplace.commands.verifying import check_all
from marketplace.extension import make_runtime
from marketplace.kernel.clock import SetClock
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import Money, total
from marketplace.statistics import queries
from marketplace.statistics.rules import Figures, Filter, Grouping
from tests.databases import Databases, Place
from tests.fixtures import NOON, People
from tests.makers.sales import Goods, a_placed_purchase, called_off, paid

BUYERS = {
    "employee": FundSource.PERSONAL,
    "second_employee": FundSource.PERSONAL,
    "union_buyer": FundSource.UNION,
}
OVERLAPPING = {  # what of a group may be counted in several groups
    Grouping.COUNTY: {"orders"},
    Grouping.DESIGNATION: {"amount", "orders", "lines", "pieces"},
}


@dataclass(frozen=True)
class Step:
    """Somebody buys; `fate` of each order: paid and kept, paid and called off, or not paid."""

    buyer: str
    wanted: tuple[int, int, int]  # pieces of melons, peppers, nuts
    is_paid: bool
    calls_off: bool
    days_before: int
    days_between: int


steps = st.builds(
    Step,
    buyer=st.sampled_from(sorted(BUYERS)),
    wanted=st.tuples(*[st.integers(0, 3)] * 3).filter(any),
    is_paid=st.booleans() | st.just(True),
    calls_off=st.booleans(),
    days_before=st.integers(0, 9),
    days_between=st.integers(0, 9),
)


@pytest.fixture
def shop(people: People, goods: Goods) -> Goods:
    """Ready to be copied: everything is in the one file."""
    people.runtime.engine.dispose()
    return goods


@contextmanager
def a_copy(people: People, place: Place, databases: Databases) -> Iterator[People]:
    """The same shop in another folder, so that every history begins anew."""
    with TemporaryDirectory() as folder:
        copied = databases.clone(place, Path(folder) / "data")
        runtime = make_runtime(copied.config, clock=SetClock(NOON))
        yield replace(people, runtime=runtime)
        runtime.engine.dispose()
        databases.drop(copied)


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # four steps are short enough to read; shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each history has its own copy
)
@given(history=st.lists(steps, min_size=1, max_size=4))
def test_any_history_adds_up(
    people: People, place: Place, databases: Databases, shop: Goods, history: list[Step]
) -> None:
    """P1, P2, P5, P10, P28: books sum to zero, balances are the sums of their entries, totals those
    of their lines, pieces are where they must be, and every figure equals a recount."""
    with a_copy(people, place, databases) as there:
        kept = total(_lived(there, shop, step) for step in history)
        manager = there.actor("manager")
        with there.runtime.reading() as session:
            outcome = check_all(session, there.runtime.clock.now())
            assert [fault for faults in outcome.values() for fault in faults] == []
            assert queries.totals(session, manager, Filter()).amount == kept
            tie = queries.tie(session, manager)
            assert tie is not None
            assert tie.holds
            for by in Grouping:
                _adds_up(session, there, by)


def _lived(there: People, shop: Goods, step: Step) -> Money:
    """Let it happen; answers what stays sold."""
    clock = there.runtime.clock
    assert isinstance(clock, SetClock)
    clock.advance(days=step.days_before)
    goods: dict[Listing, int] = {
        listing: pieces
        for listing, pieces in zip((shop.melons, shop.peppers, shop.nuts), step.wanted, strict=True)
        if pieces
    }
    purchase = a_placed_purchase(there, goods, step.buyer, source=BUYERS[step.buyer])
    if not step.is_paid:
        return Money(0)
    first, *others = paid(there, purchase)
    clock.advance(days=step.days_between)
    if step.calls_off:
        called_off(there, first, step.buyer)
        return total(order.goods for order in others)
    return total(order.goods for order in (first, *others))


def _adds_up(session: Session, there: People, by: Grouping) -> None:
    """The groups sum to the whole, and each figure is the sum of the lines that it opens to."""
    manager = there.actor("manager")
    rows = queries.groups(session, manager, Filter(), by)
    whole = queries.totals(session, manager, Filter())
    summed = Figures(
        total(row.figures.amount for row in rows),
        *(
            sum(getattr(row.figures, name) for row in rows)
            for name in ("orders", "lines", "pieces")
        ),
    )
    for name in {"amount", "orders", "lines", "pieces"} - OVERLAPPING.get(by, set()):
        assert getattr(summed, name) == getattr(whole, name), (by, name)
    for row in rows:
        opened = Filter().narrowed(by, row.key)
        assert queries.totals(session, manager, opened) == row.figures
        page = queries.lines(session, manager, opened, 1)
        assert page.pages == 1
        assert total(fact.amount for fact in page.items) == row.figures.amount
        assert sum(fact.quantity for fact in page.items) == row.figures.pieces
