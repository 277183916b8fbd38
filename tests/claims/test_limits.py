"""How often and until when an order may be claimed, and who may not decide about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.catalog.models import Listing
from marketplace.claims import rules, service
from marketplace.kernel.clock import SetClock
from marketplace.kernel.errors import Forbidden, Missing, Refused
from marketplace.kernel.funds import FundSource
from marketplace.kernel.money import ZERO
from marketplace.orders import queries as orders
from marketplace.orders import service as ordering
from marketplace.orders.states import OrderState
from marketplace.work.models import TrailEntry
from tests.fixtures import People
from tests.makers.claims import a_quality_claim, a_shipped_order, said
from tests.makers.orders import a_purchase, paid, shipped, the_order

Faults = Callable[[], Sequence[str]]


def test_an_order_is_not_kept_from_settlement_by_claim_after_claim(
    people: People, melon: Listing, clock: SetClock, faults: Faults
) -> None:
    """P9: neither by their number nor by never saying that the goods are there."""
    often = a_shipped_order(people, melon)
    for _ in range(rules.MOST_CLAIMS):
        said(people, a_quality_claim(people, often, 1), "employee", "withdraw")
    with pytest.raises(Refused, match="claim_not_open"):
        a_quality_claim(people, often, 1)
    late = a_shipped_order(people, melon)
    days = people.runtime.tools.config.completion_days
    clock.advance(days=days, hours=48, seconds=-1)  # fruit: 48 hours from receipt
    said(people, a_quality_claim(people, late, 1), "employee", "withdraw")
    clock.advance(seconds=1)
    with pytest.raises(Refused, match="claim_not_open"):
        a_quality_claim(people, late, 1)
    with people.runtime.work() as w:
        assert ordering.complete_due(w) == 2
    with people.runtime.reading() as session:
        assert orders.row(session, late.id).state is OrderState.COMPLETED
    assert faults() == []


def test_what_counts_as_received_counts_from_its_last_parcel(clock: SetClock) -> None:
    left, days = clock.now(), timedelta(days=15)
    assert rules.taken_from(None, None, left, 15) == left
    assert rules.taken_from(None, left, left + timedelta(days=1), 15) == left + timedelta(days=1)
    assert rules.taken_from(None, left, left + timedelta(days=99), 15) == left + days
    assert rules.taken_from(left, left, left + timedelta(days=99), 15) == left


def test_a_manager_of_one_side_decides_nothing_and_why_somebody_did_stands_in_the_trail(
    people: People, melon: Listing
) -> None:
    """P15, P29: an officer of the union that bought, staff of the supplier."""
    (grant,) = people.actor("union_buyer").grants
    bought = a_purchase(
        people, melon, name="union_buyer", organisation_id=grant.organisation_id,
        source=FundSource.UNION,
    )  # fmt: skip
    order = shipped(people, the_order(people, paid(people, bought)))
    claim = a_quality_claim(people, order, 18_00, name="union_buyer")
    said(people, claim, "supplier", "offer", amount=ZERO)
    said(people, claim, "union_buyer", "dispute")
    for other in ("union_approver", "union_treasurer", "supplier"):
        with (
            pytest.raises((Forbidden, Missing)),
            people.runtime.work(people.both("manager", other)) as w,
        ):
            service.decide(w, claim.id, "dismiss", service.Answer(note="示例"))
    said(people, claim, "manager", "dismiss", note="示例：照片看不出问题")
    with people.runtime.reading() as session:
        asked = select(TrailEntry).where(TrailEntry.verb == "dismiss")
        (deed,) = session.scalars(asked)
    assert deed.data["note"] == "示例：照片看不出问题"
