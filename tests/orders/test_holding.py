"""Paid orders that do not leave as they are: held, proposed about by a reviewer, answered by the
buyer; never a parcel without a decision."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.catalog import service as catalog
from marketplace.catalog.models import Batch, Listing
from marketplace.commands import serving
from marketplace.commands.verifying import check_all
from marketplace.kernel.clock import SetClock, end_of_day
from marketplace.kernel.errors import Forbidden, Invalid, Missing, Refused, SamePerson, WrongState
from marketplace.kernel.funds import FundSource
from marketplace.orders import queries, service
from marketplace.orders.models import Hold, Order
from marketplace.orders.service.holding import open_hold
from marketplace.orders.states import (
    DeliveryState,
    HoldChoice,
    HoldReason,
    HoldState,
    OrderState,
)
from marketplace.payments import queries as payments
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.models import Paper
from marketplace.suppliers.states import PaperKind
from marketplace.work.models import TrailEntry
from tests.fixtures import People
from tests.makers.batches import a_good_batch, batches_for
from tests.makers.catalog import a_listing
from tests.makers.orders import a_purchase, paid, shipped, the_order
from tests.makers.sales import a_sale
from tests.makers.suppliers import UNTIL, a_paper, an_approved_supplier

AFTERWARDS = end_of_day(UNTIL)
CONTACT, EMPLOYEE = "13900000001", "13500000000"


@pytest.fixture
def melon(people: People) -> Listing:
    an_approved_supplier(people)
    return a_listing(people)


@pytest.fixture
def order(people: People, melon: Listing) -> Order:
    return the_order(people, paid(people, a_purchase(people, melon)))


def held(people: People, clock: SetClock) -> Hold:
    """The worker's round after the papers have run out."""
    clock.at = AFTERWARDS
    serving.once(people.runtime)
    return the_hold(people)


def the_hold(people: People) -> Hold:
    with people.runtime.reading() as session:
        return session.scalars(select(Hold)).one()


def proposed(people: People, hold: Hold, choice: HoldChoice, name: str = "reviewer") -> Hold:
    with people.runtime.work(people.actor(name)) as w:
        return service.propose(w, hold.id, choice, "示例说明")


def agreed(people: People, hold: Hold, seen: HoldChoice, name: str = "employee") -> Hold:
    with people.runtime.work(people.actor(name)) as w:
        return service.agree(w, hold.id, seen.value)


def refused(people: People, hold: Hold, seen: HoldChoice, name: str = "employee") -> Hold:
    with people.runtime.work(people.actor(name)) as w:
        return service.refuse(w, hold.id, seen.value, "示例：不等了")


def recalled(people: People, batch: Batch, *, withdraw: bool = False) -> None:
    """At once, and with everything that follows after the commit."""
    with people.runtime.work(people.actor("reviewer")) as w:
        catalog.recall(w, batch.id, "示例：农残超标", withdraw_goods=withdraw)
    while people.runtime.deliver():
        pass


def now_of(people: People, order: Order) -> tuple[OrderState, DeliveryState]:
    with people.runtime.reading() as session:
        found = queries.order(session, people.actor("auditor"), order.id)
    return found.order.state, found.delivery.state


def heard(people: People, mobile: str) -> list[str]:
    while people.runtime.deliver():
        pass
    return people.runtime.tools.sms.recent(mobile)


def sent(people: People, order: Order) -> None:
    shipped(people, order)


def test_a_paid_order_is_held_by_the_worker_once_the_papers_have_run_out(
    people: People, order: Order, clock: SetClock
) -> None:
    hold = held(people, clock)
    assert (hold.state, hold.reason) == (HoldState.OPEN, HoldReason.PAPERS)
    assert "示例 伽师瓜" in hold.words
    assert len([text for text in heard(people, CONTACT) if "不能发货" in text]) == 1
    clock.advance(hours=2)
    serving.once(people.runtime)
    assert the_hold(people).id == hold.id


def test_a_paid_order_is_held_as_soon_as_a_paper_is_revoked(people: People, order: Order) -> None:
    """Without the clock: the worker hears of it."""
    with people.runtime.reading() as session:
        asked = select(Paper.id).where(Paper.kind == PaperKind.INSPECTION_REPORT)
        report = session.scalars(asked.where(Paper.supplier_id == order.supplier_id)).one()
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.revoke_paper(w, report, "示例：检测机构来函作废")
    told = heard(people, CONTACT)
    assert (the_hold(people).state, the_hold(people).reason) == (HoldState.OPEN, HoldReason.PAPERS)
    assert len([text for text in told if "不能发货" in text]) == 1
    (why,) = [text for text in told if "撤销采信" in text]
    assert "检测机构来函作废" in why
    assert "重新提交" in why


def test_a_second_before_nothing_is_held(people: People, order: Order, clock: SetClock) -> None:
    clock.at = AFTERWARDS
    clock.advance(seconds=-1)
    serving.once(people.runtime)
    with people.runtime.reading() as session:
        assert session.scalars(select(Hold)).all() == []


def test_nothing_of_it_leaves_before_it_is_decided(
    people: People, order: Order, clock: SetClock
) -> None:
    hold = held(people, clock)
    batches = batches_for(people, order)
    with pytest.raises(Refused, match="order_held"):
        shipped(people, order, batches=batches)
    proposed(people, hold, HoldChoice.SHIP)
    with pytest.raises(Refused, match="order_held"):
        shipped(people, order, batches=batches)


def test_what_buyer_and_reviewer_agree_to_ship_leaves_although_the_papers_ran_out(
    people: People, order: Order, clock: SetClock
) -> None:
    hold = held(people, clock)
    proposed(people, hold, HoldChoice.SHIP)
    agreed(people, hold, HoldChoice.SHIP)
    with people.runtime.work() as w:
        assert service.hold_out_of_force(w) == 0  # for the same papers it is not asked again
    sent(people, order)
    assert now_of(people, order) == (OrderState.PAID, DeliveryState.SHIPPED)


def test_agreed_to_another_batch_it_leaves_only_with_papers_in_force(
    people: People, order: Order, clock: SetClock
) -> None:
    hold = held(people, clock)
    proposed(people, hold, HoldChoice.REPLACE)
    agreed(people, hold, HoldChoice.REPLACE)
    with pytest.raises(Refused, match="papers_ran_out"):
        sent(people, order)
    until = UNTIL.replace(year=2028)
    renewal = a_paper(
        PaperKind.INSPECTION_REPORT, number="示例 9", valid_from=UNTIL, valid_until=until
    )
    with people.runtime.work(people.actor("supplier")) as w:
        paper = suppliers.hand_in(w, order.supplier_id, renewal)
    with people.runtime.work(people.actor("reviewer")) as w:
        suppliers.accept_paper(w, paper.id)
    sent(people, order)
    assert now_of(people, order) == (OrderState.PAID, DeliveryState.SHIPPED)


@pytest.mark.parametrize("answer", [agreed, refused])
def test_an_agreed_refund_or_a_refusal_gives_the_money_back_in_the_same_step(
    people: People, order: Order, clock: SetClock, answer: object
) -> None:
    """P29, P36: one row of the trail for each step; books, stock and figures agree afterwards."""
    choice = HoldChoice.REFUND if answer is agreed else HoldChoice.SHIP
    hold = held(people, clock)
    proposed(people, hold, choice)
    answer(people, hold, choice)  # type: ignore[operator]  # one of the two above
    assert now_of(people, order) == (OrderState.CANCELLED, DeliveryState.WAITING)
    with people.runtime.reading() as session:
        assert len(payments.refunds_of(session, order.id)) == 1
        asked = select(TrailEntry.verb).where(TrailEntry.subject_kind == "Hold")
        verbs = session.scalars(asked.order_by(TrailEntry.number)).all()
        faults = check_all(session, clock.at, anchor=people.runtime.anchor)
    assert verbs == ["hold", "propose", "agree" if answer is agreed else "refuse"]
    assert {k: v for k, v in faults.items() if v and k != "trail"} == {}


def test_the_buyer_is_told_of_the_proposal_and_answers_what_he_saw(
    people: People, order: Order, clock: SetClock
) -> None:
    hold = held(people, clock)
    proposed(people, hold, HoldChoice.SHIP)
    assert order.number in heard(people, EMPLOYEE)[0]
    proposed(people, hold, HoldChoice.REFUND)  # said anew meanwhile
    with pytest.raises(Refused, match="proposal_changed"):
        agreed(people, hold, HoldChoice.SHIP)
    agreed(people, hold, HoldChoice.REFUND)
    with pytest.raises(WrongState):
        proposed(people, hold, HoldChoice.SHIP)


def test_nobody_answers_before_there_is_a_proposal(
    people: People, order: Order, clock: SetClock
) -> None:
    hold = held(people, clock)
    with pytest.raises(WrongState):
        agreed(people, hold, HoldChoice.SHIP)


def test_only_a_reviewer_who_neither_buys_nor_sells_proposes(
    people: People, order: Order, clock: SetClock
) -> None:
    hold = held(people, clock)
    for name in ("supplier", "employee", "auditor", "manager"):
        with pytest.raises(Forbidden):
            proposed(people, hold, HoldChoice.SHIP, name)
    for both in (people.both("reviewer", "supplier"), people.both("employee", "reviewer")):
        with people.runtime.work(both) as w, pytest.raises(SamePerson):
            service.propose(w, hold.id, HoldChoice.SHIP, "示例")


def test_only_the_orders_own_buyer_answers(people: People, order: Order, clock: SetClock) -> None:
    """P18: another's hold is missing; the supplier does not answer for the buyer."""
    hold = held(people, clock)
    proposed(people, hold, HoldChoice.SHIP)
    for name in ("second_employee", "union_buyer"):
        with pytest.raises(Missing):
            agreed(people, hold, HoldChoice.SHIP, name)
    with pytest.raises(Forbidden):
        agreed(people, hold, HoldChoice.SHIP, "supplier")


def test_a_union_answers_by_its_buyer(people: People, melon: Listing, clock: SetClock) -> None:
    (order,) = a_sale(people, {melon: 3}, "union_buyer", source=FundSource.UNION)
    hold = held(people, clock)
    proposed(people, hold, HoldChoice.REFUND)
    with pytest.raises(Forbidden):
        agreed(people, hold, HoldChoice.REFUND, "union_treasurer")
    agreed(people, hold, HoldChoice.REFUND, "union_buyer")
    assert now_of(people, order)[0] is OrderState.CANCELLED


def test_an_order_that_is_called_off_meanwhile_needs_no_decision(
    people: People, order: Order, clock: SetClock
) -> None:
    held(people, clock)
    with people.runtime.work(people.actor("employee")) as w:
        service.cancel(w, order.id, "示例：不要了")
    assert the_hold(people).state is HoldState.DROPPED


def test_a_proposal_needs_its_reason(people: People, order: Order, clock: SetClock) -> None:
    hold = held(people, clock)
    with people.runtime.work(people.actor("reviewer")) as w, pytest.raises(Invalid):
        service.propose(w, hold.id, HoldChoice.SHIP, "  ")


def test_a_recall_holds_what_is_on_its_way_and_what_has_not_left(
    people: People, melon: Listing
) -> None:
    batch = a_good_batch(people, melon)
    on_its_way, waits, received = (
        the_order(people, paid(people, a_purchase(people, melon))) for _each in range(3)
    )
    sent(people, on_its_way)
    sent(people, received)
    with people.runtime.work(people.actor("employee")) as w:
        service.receive(w, received.id)
    recalled(people, batch)
    with people.runtime.reading() as session:
        found = {hold.order_id: hold for hold in session.scalars(select(Hold))}
    assert found.keys() == {on_its_way.id, waits.id}
    assert {hold.reason for hold in found.values()} == {HoldReason.RECALL}
    with (
        people.runtime.work(people.actor("employee")) as w,
        pytest.raises(Refused, match="order_held"),
    ):
        service.receive(w, on_its_way.id)


def test_what_has_arrived_before_its_order_was_locked_is_not_held(
    people: People, melon: Listing, order: Order
) -> None:
    batch = a_good_batch(people, melon)
    sent(people, order)
    with people.runtime.work(people.actor("employee")) as w:
        service.receive(w, order.id)
    cause = service.Cause(HoldReason.RECALL, (melon.id,), "示例：召回", batch_id=batch.id)
    with people.runtime.work() as w:
        locked = queries.row(w.session, order.id, for_change=True)
        assert open_hold(w, locked, cause) is None


def test_a_parcel_on_its_way_is_called_back_and_its_money_goes_back(
    people: People, melon: Listing, order: Order, clock: SetClock
) -> None:
    batch = a_good_batch(people, melon)
    sent(people, order)
    recalled(people, batch)
    hold = the_hold(people)
    with pytest.raises(Invalid, match="hold_choice"):
        proposed(people, hold, HoldChoice.REPLACE)
    proposed(people, hold, HoldChoice.REFUND)
    agreed(people, hold, HoldChoice.REFUND)
    assert now_of(people, order) == (OrderState.CANCELLED, DeliveryState.CALLED_BACK)
    with people.runtime.reading() as session:
        faults = check_all(session, clock.at, anchor=people.runtime.anchor)
    assert {k: v for k, v in faults.items() if v and k != "trail"} == {}


def test_after_a_recall_the_order_leaves_from_another_batch_if_the_buyer_agrees(
    people: People, melon: Listing, order: Order
) -> None:
    recalled(people, a_good_batch(people, melon, "L-1"))
    hold = the_hold(people)
    with pytest.raises(Invalid, match="hold_choice"):
        proposed(people, hold, HoldChoice.SHIP)
    proposed(people, hold, HoldChoice.REPLACE)
    agreed(people, hold, HoldChoice.REPLACE)
    a_good_batch(people, melon, "L-2")
    sent(people, order)
    assert now_of(people, order)[1] is DeliveryState.SHIPPED


def test_worse_news_opens_a_proposal_anew(
    people: People, melon: Listing, order: Order, clock: SetClock
) -> None:
    batch = a_good_batch(people, melon)
    hold = held(people, clock)
    proposed(people, hold, HoldChoice.SHIP)
    recalled(people, batch)
    found = the_hold(people)
    assert (found.state, found.reason, found.choice) == (HoldState.OPEN, HoldReason.RECALL, None)
    assert "召回" in found.words
    assert "证照" in found.words


def test_the_list_shows_everybody_what_concerns_him(
    people: People, order: Order, clock: SetClock
) -> None:
    """P18: operators all, the supplier its own, the buyer his own."""
    held(people, clock)

    def count(name: str) -> int:
        with people.runtime.reading() as session:
            return queries.held(session, people.actor(name), clock.at, 1).total

    names = ("reviewer", "auditor", "supplier", "employee", "second_employee", "second_supplier")
    assert [count(name) for name in names] == [1, 1, 1, 1, 0, 0]
