"""What tests of credit stand on: goods of two suppliers, a union with two members and money."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from marketplace.catalog.models import Listing
from marketplace.commands.verifying import check_all
from marketplace.kernel.money import Money
from marketplace.unions.models import Budget
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.credit import a_budget_with_members
from tests.makers.suppliers import an_approved_supplier


@pytest.fixture
def melon(people: People) -> Listing:
    """¥59.00 a piece, of the first supplier."""
    an_approved_supplier(people)
    return a_listing(people)


@pytest.fixture
def walnut(people: People) -> Listing:
    """¥30.00 a piece, of the second supplier."""
    an_approved_supplier(people, "second_supplier", 2)
    return a_listing(
        people, "second_supplier", "HT-0001", title="示例 薄皮核桃 1 kg", sale_price=Money(30_00),
        supply_price=Money(22_00),
    )  # fmt: skip


@pytest.fixture
def budget(people: People) -> Budget:
    """¥20,000.00 of a union with the two employees on its list."""
    return a_budget_with_members(people)


@pytest.fixture
def faults(people: People) -> Callable[[], Sequence[str]]:
    """Everything that `verify` finds."""

    def found() -> Sequence[str]:
        with people.runtime.reading() as session:
            outcome = check_all(session, people.runtime.clock.now())
        return [fault for faults in outcome.values() for fault in faults]

    return found
