"""What tests of money stand on: goods on sale that somebody can buy, and a Stripe to pay them."""

from __future__ import annotations

import pytest

from marketplace.catalog.models import Listing
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.suppliers import an_approved_supplier
from tests.payments.gateway import standin, stripe_server

__all__ = ["melon", "standin", "stripe_server"]


@pytest.fixture
def melon(people: People) -> Listing:
    """¥59.00 a piece, a hundred pieces."""
    an_approved_supplier(people)
    return a_listing(people)
