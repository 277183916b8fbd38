"""Statements and payouts at each stage of theirs, made through the services: one a month."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from marketplace.catalog.models import Listing
from marketplace.kernel.clock import SetClock
from marketplace.orders import service as buying
from marketplace.settlement import service
from marketplace.settlement.models import Payout, SupplierStatement
from marketplace.suppliers.models import Supplier
from tests.fixtures import People
from tests.makers.onboarding import a_confirmed_account
from tests.makers.orders import a_placement, an_address, paid, shipped, the_order
from tests.makers.settlement import a_run, answered, decided, made, payouts_in, proposed, released
from tests.permissions.claiming import claim_all
from tests.permissions.directing import pay_directly

OWN_NUMBER = "104610120000077777"
STAGES = ("returned", "released", "prepared", "proposed", "disputed", "issued", "draft")


def settle(people: People, things: dict[str, str]) -> None:
    """The clock goes back for what was received, and forward again; it ends where it stood."""
    with people.runtime.reading() as session:
        supplier = session.get_one(Supplier, uuid.UUID(things["supplier"]))
    a_confirmed_account(people, supplier, number=OWN_NUMBER)
    clock = people.runtime.clock
    assert isinstance(clock, SetClock)
    now = clock.at
    _orders(people, things, clock)
    statements = _statements(people, things, clock)
    clock.at = now
    _answer(people, statements)
    _payouts(people, things, statements)
    claim_all(people, things)
    pay_directly(people, things)


def _month(clock: SetClock, place: int) -> datetime:
    """The second day of the month in which the statement of this stage is made."""
    return clock.at.replace(month=5 + place, day=2)


def _orders(people: People, things: dict[str, str], clock: SetClock) -> None:
    with people.runtime.reading() as session:
        goods = session.get_one(Listing, uuid.UUID(things["listing"]))
    address = an_address(people)
    now, buyer = clock.at, people.actor("employee")  # who was nobody yet in those months
    for place, stage in enumerate((*STAGES, "completed")):
        with people.runtime.work(buyer) as w:
            purchase = buying.place(w, a_placement(address, goods))
        order = the_order(people, paid(people, purchase))
        shipped(people, order)
        if stage in STAGES:
            clock.at = _month(clock, place) - timedelta(days=10)
        with people.runtime.work(buyer) as w:
            buying.receive(w, order.id)
        clock.at = now
        things[f"{stage}_settled_order"] = str(order.id)


def _statements(
    people: People, things: dict[str, str], clock: SetClock
) -> dict[str, SupplierStatement]:
    found = {}
    now = clock.at
    for place, stage in enumerate(STAGES):
        clock.at = _month(clock, place)
        found[stage] = made(people)
        clock.at = now
        things[f"{stage}_statement"] = str(found[stage].id)
        things[f"{stage}_statement_number"] = found[stage].number
    return found


def _answer(people: People, statements: dict[str, SupplierStatement]) -> None:
    for stage, one in statements.items():
        if stage != "draft":
            decided(people, one, ("issue", "manager"))
        if stage == "disputed":
            decided(people, one, ("dispute", "supplier"))
        elif stage not in {"draft", "issued"}:
            decided(people, one, ("confirm", "supplier"))


def _payouts(
    people: People, things: dict[str, str], statements: dict[str, SupplierStatement]
) -> None:
    """A run that was released, one that waits for `manager`, and a proposal."""
    waiting = {payout.statement_id: payout for payout in proposed(people)}
    kept: dict[str, Payout] = {
        stage: waiting[one.id] for stage, one in statements.items() if one.id in waiting
    }
    left = released(people, a_run(people, kept["returned"], kept["released"]))
    answered(people, kept["returned"].id, sent_back="示例：户名不符")
    with people.runtime.work(people.actor("second_manager")) as w:
        prepared = service.make_run(w, [kept["prepared"].id])
    things |= {f"{stage}_payout": str(one.id) for stage, one in kept.items()}
    things |= {f"{stage}_payout_number": one.number for stage, one in kept.items()}
    things |= {"released_run": str(left.id), "prepared_run": str(prepared.id)}
    things["prepared_run_number"] = prepared.number
    assert len(payouts_in(people, left)) == 2
