"""Makers of what suppliers are owed: completed → stated → confirmed → in a run → with the bank."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.catalog.models import Listing
from marketplace.kernel.clock import SetClock
from marketplace.orders import service as orders
from marketplace.orders.models import Order
from marketplace.settlement import queries, service
from marketplace.settlement.models import Payout, PayoutRun, SupplierStatement
from tests.makers.orders import a_purchase, paid, shipped, the_order

if TYPE_CHECKING:
    from tests.fixtures import People


def a_completed_order(
    people: People, listing: Listing, buyer: str = "employee", supplier: str = "supplier"
) -> Order:
    """Two pieces, paid, shipped and received."""
    order = the_order(people, paid(people, a_purchase(people, listing, name=buyer)))
    shipped(people, order, supplier)
    with people.runtime.work(people.actor(buyer)) as w:
        return orders.receive(w, order.id)


def taken_back(people: People, order: Order) -> Order:
    with people.runtime.work(people.actor("manager")) as w:
        return orders.take_back(w, order.id, "示例：整单变质")


def next_month(people: People) -> None:
    """The clock stands on the second day of the next month, noon in Shanghai."""
    clock = people.runtime.clock
    assert isinstance(clock, SetClock)
    month = clock.at.month
    while clock.at.month == month:
        clock.advance(days=1)
    clock.advance(days=1)


def the_statements(people: People) -> Sequence[SupplierStatement]:
    """All there are, the oldest period first."""
    with people.runtime.reading() as session:
        asked = select(SupplierStatement).order_by(SupplierStatement.ends_on)
        return session.scalars(asked.order_by(SupplierStatement.ends_on)).all()


def made(people: People) -> SupplierStatement:
    """The newest statement, after the worker has made what there is to make."""
    with people.runtime.work() as w:
        service.make_statements(w)
    return the_statements(people)[-1]


def decided(
    people: People, statement: SupplierStatement, *verbs: tuple[str, str], note: str = "示例"
) -> SupplierStatement:
    """After these (verb, person)."""
    for verb, who in verbs:
        with people.runtime.work(people.actor(who)) as w:
            statement = service.decide(w, statement.id, verb, note)
    return statement


def a_confirmed_statement(people: People, who: str = "supplier") -> SupplierStatement:
    return decided(people, made(people), ("issue", "manager"), ("confirm", who))


def proposed(people: People) -> Sequence[Payout]:
    with people.runtime.work() as w:
        service.propose_payouts(w)
    with people.runtime.reading() as session:
        return [row.payout for row in queries.proposals(session)]


def a_run(people: People, *payouts: Payout) -> PayoutRun:
    """Of these payouts, else of all that are proposed."""
    chosen = [one.id for one in payouts or proposed(people)]
    with people.runtime.work(people.actor("manager")) as w:
        return service.make_run(w, chosen)


def released(people: People, run: PayoutRun) -> PayoutRun:
    with people.runtime.work(people.actor("second_manager")) as w:
        return service.release(w, run.id)


def payouts_in(people: People, run: PayoutRun) -> list[Payout]:
    with people.runtime.reading() as session:
        return [row.payout for row in queries.payouts_in(session, run.id)]


def answered(people: People, payout_id: uuid.UUID, *, sent_back: str = "") -> Payout:
    """By the bank: paid, or sent back with its reason."""
    with people.runtime.work(people.actor("manager")) as w:
        if sent_back:
            return service.note_returned(w, payout_id, sent_back)
        return service.note_paid(w, payout_id, f"示例回单 {payout_id}")
