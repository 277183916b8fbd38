"""What tests of buying stand on: an approved supplier with goods on sale, and a second one."""

from __future__ import annotations

import pytest

from marketplace.catalog.models import Listing
from marketplace.kernel.money import Money
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.suppliers import an_approved_supplier


@pytest.fixture
def melon(people: People) -> Listing:
    """¥59.00 a piece, a hundred pieces, of the first supplier."""
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
