"""What holds goods back meets whoever lets them go: a parcel leaves before it or after it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sqlalchemy import func, select

from marketplace.catalog import service as catalog
from marketplace.kernel.clock import SetClock
from marketplace.orders import queries
from marketplace.orders import service as orders
from marketplace.orders.models import Hold
from marketplace.orders.states import HoldChoice, HoldState
from marketplace.payments.models import Refund
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.models import Paper, Waiver
from marketplace.suppliers.states import PaperKind
from marketplace.work import Work
from tests.fixtures import People
from tests.makers.batches import a_good_batch, batches_for
from tests.makers.catalog import a_listing
from tests.makers.orders import a_purchase, paid, the_order
from tests.makers.suppliers import a_waiver, an_approved_supplier
from tests.races.storm import DONE, PATIENCE, all_is_well, at_once, doing, tally


def while_it_waits(
    people: People, name: str, act: Callable[[Work], object], other: Callable[[], object]
) -> str:
    """What becomes of `other`, begun while somebody's unit of work is not over yet."""
    outcome: list[str] = []
    waits = threading.Thread(target=lambda: outcome.extend(at_once(other)))
    with people.runtime.work(people.actor(name)) as w:
        act(w)
        waits.start()
        waits.join(timeout=0.5)
        assert outcome == []
    waits.join(PATIENCE)
    return outcome[0]


def test_no_parcel_leaves_by_a_paper_that_is_being_revoked(people: People) -> None:
    """P16: the supplier is held by both, so one of them is first."""
    supplier = an_approved_supplier(people)
    order = the_order(people, paid(people, a_purchase(people, a_listing(people))))
    batches = batches_for(people, order)
    with people.runtime.reading() as session:
        asked = select(Paper.id).where(Paper.kind == PaperKind.INSPECTION_REPORT)
        report = session.scalars(asked.where(Paper.supplier_id == supplier.id)).one()

    def ship(w: Work) -> object:
        return orders.ship(w, order.id, "顺丰速运", "SF1001", batches=batches)

    def revoke(w: Work) -> object:
        return suppliers.revoke_paper(w, report, "示例")

    ships = doing(people, people.actor("supplier"), ship)
    assert while_it_waits(people, "reviewer", revoke, ships) == "papers_ran_out"
    all_is_well(people)


def test_no_parcel_leaves_from_a_batch_that_is_being_recalled(people: People) -> None:
    an_approved_supplier(people)
    melon = a_listing(people)
    order = the_order(people, paid(people, a_purchase(people, melon)))
    batch = a_good_batch(people, melon)
    batches = batches_for(people, order)

    def ship(w: Work) -> object:
        return orders.ship(w, order.id, "顺丰速运", "SF1001", batches=batches)

    def recall(w: Work) -> object:
        return catalog.recall(w, batch.id, "示例", withdraw_goods=True)

    ships = doing(people, people.actor("supplier"), ship)
    assert while_it_waits(people, "reviewer", recall, ships) == "batch_recalled"
    all_is_well(people)


def test_one_held_order_that_everybody_decides_at_once_is_decided_once(
    people: People, clock: SetClock
) -> None:
    """Two reviewers propose, the buyer agrees and refuses, its supplier calls off: one refund."""
    an_approved_supplier(people)
    melon = a_listing(people)
    order = the_order(people, paid(people, a_purchase(people, melon)))
    batch = a_good_batch(people, melon)
    with people.runtime.work(people.actor("reviewer")) as w:
        catalog.recall(w, batch.id, "示例", withdraw_goods=False)
    while people.runtime.deliver():
        pass
    with people.runtime.reading() as session:
        hold = session.scalars(select(Hold)).one()

    def proposes(name: str, choice: HoldChoice) -> Callable[[], object]:
        return doing(people, people.actor(name), orders.propose, hold.id, choice, "示例")

    told = at_once(proposes("reviewer", HoldChoice.REPLACE),
                   proposes("second_reviewer", HoldChoice.REFUND))  # fmt: skip
    assert told == [DONE, DONE]  # said anew is allowed; the buyer answers what he saw
    with people.runtime.reading() as session:
        choice = session.scalars(select(Hold.choice)).one()
    assert choice is not None
    employee = people.actor("employee")
    outcome = at_once(
        doing(people, employee, orders.agree, hold.id, HoldChoice.REFUND.value),
        doing(people, employee, orders.refuse, hold.id, choice.value, "示例"),
        doing(people, people.actor("supplier"), orders.cancel, order.id, "示例"),
    )
    assert tally(outcome)[DONE] == 1, outcome
    with people.runtime.reading() as session:
        assert session.scalar(select(func.count(Refund.id))) == 1
        assert session.scalars(select(Hold.state)).one() in {
            HoldState.AGREED, HoldState.REFUSED, HoldState.DROPPED,
        }  # fmt: skip  # a set
        assert queries.waiting_hold(session, order.id) is None
    all_is_well(people)


def test_a_waiver_is_proposed_once_and_confirmed_once(people: People) -> None:
    supplier = an_approved_supplier(people)
    first, second = people.actor("reviewer"), people.actor("second_reviewer")
    with people.runtime.reading():
        wanted = a_waiver(people.runtime.clock.now())
    proposes = doing(people, second, suppliers.propose_waiver, supplier.id, wanted)
    told = while_it_waits(
        people, "reviewer", lambda w: suppliers.propose_waiver(w, supplier.id, wanted), proposes
    )
    assert told == "waiver_waits"
    with people.runtime.reading() as session:
        waiver = session.scalars(select(Waiver)).one()
    assert waiver.proposed_by == first.person_id
    confirms = doing(people, second, suppliers.use_waiver, waiver.id, "confirm", "")
    ends = doing(people, first, suppliers.use_waiver, waiver.id, "end", "示例")
    outcome = at_once(confirms, ends)
    assert DONE in outcome
    again = at_once(confirms)
    assert again != [DONE]
    all_is_well(people)
