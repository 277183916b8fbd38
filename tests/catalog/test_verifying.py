"""What was broken behind the services is found and named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from marketplace.catalog import queries, service
from marketplace.catalog.models import Listing
from tests.fixtures import People
from tests.makers.catalog import a_listing, a_submitted_listing
from tests.makers.suppliers import an_approved_supplier


@pytest.fixture
def listing(people: People) -> Listing:
    an_approved_supplier(people)
    made = a_listing(people)
    with people.runtime.work() as w:
        service.hold(w, made.id, 3, w.now + timedelta(minutes=30))
    a_submitted_listing(people, sku="W")  # waits for a reviewer
    return made


def faults(people: People) -> list[str]:
    with people.runtime.reading() as session:
        at = people.runtime.clock.now()
        return [
            *queries.stock_faults(session),
            *queries.zone_faults(session, at),
            *queries.content_faults(session),
            *queries.clock_faults(session),
        ]


def test_a_shop_in_order_has_no_faults(people: People, listing: Listing) -> None:
    assert faults(people) == []


@pytest.mark.parametrize(
    ("defect", "words"),
    [
        (
            "UPDATE mp_listing SET reserved = 2, available = available + 1 WHERE reserved = 3",
            "2 reserved",
        ),
        ("UPDATE mp_listing SET sold = 1, available = available - 1", "1 sold"),
        ("UPDATE mp_listing SET county_code = '320100'", "no sourced list"),
        ("UPDATE mp_listing SET decided_by = submitted_by", "nobody else approved"),
        ("UPDATE mp_listing SET title = '示例 有机伽师瓜'", "claim something else"),
        ("UPDATE mp_listing SET shelf_life = '99 天'", "fingerprint is not of what"),
        ("UPDATE mp_clock_entry SET due_at = opened_at", "is due when nobody promised"),
        ("UPDATE mp_clock_entry SET promised_days = 5", "is due when nobody promised"),
    ],
)
def test_a_planted_defect_is_found(
    people: People, listing: Listing, defect: str, words: str
) -> None:
    with people.runtime.work() as w:
        w.session.execute(text(defect))
    assert any(words in fault for fault in faults(people))
