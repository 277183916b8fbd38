"""What tests of reviews stand on: a good of one supplier."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from marketplace.catalog.models import Listing
from marketplace.commands.verifying import check_all
from tests.fixtures import People
from tests.makers.catalog import a_listing
from tests.makers.suppliers import an_approved_supplier


@pytest.fixture
def melon(people: People) -> Listing:
    """Two pieces: ¥118.00 for ¥90.00 of supply; fruit."""
    an_approved_supplier(people)
    return a_listing(people)


@pytest.fixture
def faults(people: People) -> Callable[[], Sequence[str]]:
    """Everything that `verify` finds."""

    def found() -> Sequence[str]:
        with people.runtime.reading() as session:
            outcome = check_all(session, people.runtime.clock.now())
        return [fault for faults in outcome.values() for fault in faults]

    return found
