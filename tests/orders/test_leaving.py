"""A line leaves from its batch, with its papers; nothing leaves without them, nor from a recalled
batch, nor while a decision is awaited."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from marketplace.catalog import queries as batches
from marketplace.catalog import service as catalog
from marketplace.catalog.models import Batch, Listing
from marketplace.kernel.clock import SetClock, end_of_day
from marketplace.kernel.errors import MarketplaceError, Missing, Refused
from marketplace.orders import queries, service
from marketplace.orders.models import LineBatch, Order
from marketplace.orders.states import DeliveryState
from marketplace.suppliers.states import PaperKind
from tests.fixtures import People
from tests.makers.batches import a_batch, a_good_batch
from tests.makers.catalog import a_listing
from tests.makers.orders import a_purchase, paid, shipped, the_order
from tests.makers.suppliers import UNTIL, an_approved_supplier


@pytest.fixture
def melon(people: People) -> Listing:
    an_approved_supplier(people)
    return a_listing(people)


def an_order(people: People, *goods: Listing) -> Order:
    return the_order(people, paid(people, a_purchase(people, *goods)))


def sent(people: People, order: Order, *batches: Batch) -> Order:
    """Each line of the order from the batch of its good."""
    with people.runtime.reading() as session:
        lines = queries.lines_of(session, order.id)
    of = {batch.listing_id: batch.id for batch in batches}
    chosen = {line.id: of[line.listing_id] for line in lines if line.listing_id in of}
    return shipped(people, order, batches=chosen)


def left(people: People, order: Order) -> list[LineBatch]:
    with people.runtime.reading() as session:
        found = queries.left_from(session, order.id)
    return [one for batches in found.values() for one in batches]


def test_a_line_that_needs_a_paper_does_not_leave_without_a_batch(
    people: People, melon: Listing
) -> None:
    order = an_order(people, melon)
    with pytest.raises(service.BatchPapersMissing) as refusal:
        sent(people, order)
    assert refusal.value.data["titles"] == melon.title


def test_a_line_does_not_leave_from_a_batch_whose_papers_are_missing(
    people: People, melon: Listing
) -> None:
    order, batch = an_order(people, melon), a_batch(people, melon)
    with pytest.raises(service.BatchPapersMissing):
        sent(people, order, batch)
    assert left(people, order) == []


def test_the_batch_and_its_papers_are_kept_with_the_line(people: People, melon: Listing) -> None:
    order, batch = an_order(people, melon), a_good_batch(people, melon)
    sent(people, order, batch)
    (found,) = left(people, order)
    assert (found.batch_id, found.number) == (batch.id, "L-001")
    assert [(one["kind"], one["number"]) for one in found.papers] == [
        (PaperKind.CONFORMITY_COMMITMENT, "L-001-0")
    ]


def test_goods_that_need_no_paper_leave_with_or_without_a_batch(people: People) -> None:
    an_approved_supplier(people)
    honey = a_listing(people, sku="H-1", title="示例 土蜂蜜", category="蜂蜜")
    sent(people, an_order(people, honey))
    batch = a_batch(people, honey, "H-L1")
    order = an_order(people, honey)
    sent(people, order, batch)
    assert [one.number for one in left(people, order)] == ["H-L1"]


def test_pork_needs_both_papers_of_its_batch(people: People) -> None:
    an_approved_supplier(people)
    pork = a_listing(people, sku="P-1", title="示例 黑猪肉", category="肉类")
    order, batch = an_order(people, pork), a_good_batch(people, pork)
    sent(people, order, batch)
    (found,) = left(people, order)
    assert {one["kind"] for one in found.papers} == {
        PaperKind.ANIMAL_QUARANTINE,
        PaperKind.MEAT_INSPECTION,
    }


def test_a_batch_of_another_good_is_missing(people: People, melon: Listing) -> None:
    grapes = a_listing(people, sku="SL-2", title="示例 葡萄")
    order, batch = an_order(people, melon), a_good_batch(people, grapes)
    with people.runtime.reading() as session:
        (line,) = queries.lines_of(session, order.id)
    with pytest.raises(Missing):
        shipped(people, order, batches={line.id: batch.id})


def test_nothing_leaves_from_a_recalled_batch(people: People, melon: Listing) -> None:
    order, batch = an_order(people, melon), a_good_batch(people, melon)
    with people.runtime.work(people.actor("reviewer")) as w:
        catalog.recall(w, batch.id, "示例：农残超标", withdraw_goods=False)
    with pytest.raises(Refused, match="batch_recalled"):
        sent(people, order, batch)


def test_a_used_up_batch_is_not_sent_from(people: People, melon: Listing) -> None:
    order, batch = an_order(people, melon), a_good_batch(people, melon)
    with people.runtime.work(people.actor("supplier")) as w:
        catalog.use_batch(w, batch.id, "close")
    with pytest.raises(service.BatchPapersMissing):
        sent(people, order, batch)


def test_nothing_leaves_from_the_second_on_at_which_a_paper_runs_out(
    people: People, melon: Listing, clock: SetClock
) -> None:
    """P16: also when no sweep has noticed yet; a second before it leaves."""
    early, late = an_order(people, melon), an_order(people, melon)
    batch = a_good_batch(people, melon)
    clock.at = end_of_day(UNTIL)
    clock.advance(seconds=-1)
    sent(people, early, batch)
    clock.advance(seconds=1)
    with pytest.raises(Refused, match="papers_ran_out"):
        sent(people, late, batch)


def test_what_a_line_left_from_is_never_changed(people: People, melon: Listing) -> None:
    order, batch = an_order(people, melon), a_good_batch(people, melon)
    sent(people, order, batch)
    with pytest.raises(DBAPIError, match="append-only"), people.runtime.work() as w:
        w.session.execute(text("UPDATE mp_line_batch SET number = 'x'"))


def test_a_batch_that_is_being_sent_from_is_not_recalled_in_between(
    people: People, melon: Listing
) -> None:
    """P35: from the look at its papers to the note that the line has left."""
    batch = a_good_batch(people, melon)
    asked = text("SELECT id FROM mp_batch WHERE id = :id FOR NO KEY UPDATE NOWAIT")
    with people.runtime.work(people.actor("supplier")) as w:
        assert batches.batches_to_ship(w.session, [batch.id], w.now)
        if people.runtime.engine.dialect.name == "postgresql":  # SQLite lets one write at a time
            with pytest.raises(DBAPIError), people.runtime.engine.connect() as other:
                other.execute(asked, {"id": batch.id})


def test_a_recall_and_a_parcel_at_the_same_time_come_one_after_the_other(
    people: People, melon: Listing
) -> None:
    """P35: whoever is first, no line has left from the batch after its recall."""
    order, batch = an_order(people, melon), a_good_batch(people, melon)
    start, faults = threading.Barrier(2), []

    def send() -> None:
        start.wait()
        try:
            people.runtime.again(lambda: sent(people, order, batch))
        except MarketplaceError as fault:
            faults.append(fault.code)

    def stop() -> None:
        def recall() -> None:
            with people.runtime.work(people.actor("reviewer")) as w:
                catalog.recall(w, batch.id, "示例", withdraw_goods=False)

        start.wait()
        people.runtime.again(recall)

    threads = [threading.Thread(target=act) for act in (send, stop)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    has_left = bool(left(people, order))
    assert faults == ([] if has_left else ["batch_recalled"])
    with people.runtime.reading() as session:
        assert list(queries.faults(session)) == []
        found = queries.order(session, people.actor("supplier"), order.id)
    assert (found.delivery.state is DeliveryState.SHIPPED) == has_left
