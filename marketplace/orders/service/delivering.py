"""The parcel leaves the supplier, the buyer has it in his hands."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from marketplace.catalog import queries as catalog
from marketplace.catalog.states import BatchState
from marketplace.events import OrderCompleted, OrderReceived, OrderShipped
from marketplace.kernel.errors import Invalid, Missing, Refused, WrongState
from marketplace.orders import queries
from marketplace.orders.models import Delivery, LineBatch, Order, OrderLine
from marketplace.orders.states import DELIVERY, ORDER, OrderState
from marketplace.work import Work, move

MOST_COMPLETED = 500  # orders in one round; the next round goes on
Batches = Mapping[uuid.UUID, uuid.UUID]  # order line → the batch it leaves from


class BatchPapersMissing(Refused):
    """Some lines have no batch, or one without its papers; `lines` are the ids of those lines."""

    code = "batch_papers_missing"

    def __init__(self, titles: Sequence[str], lines: Sequence[uuid.UUID]) -> None:
        super().__init__(titles="、".join(titles))
        self.lines = tuple(lines)


def ship(
    w: Work, order_id: uuid.UUID, carrier: str, tracking: str, *, batches: Batches | None = None
) -> Order:
    """Say that a paid order is on its way, each line from its batch. By its supplier.

    A line whose goods need papers of the batch does not leave without them, nor one without a batch
    once some batch of its goods was recalled. Raises Missing,
    Forbidden, WrongState, Invalid (carrier, tracking), Refused (order_held, papers_ran_out,
    batch_recalled), BatchPapersMissing.
    """
    order, delivery = _for_delivery(w, order_id, "ship")
    if order.state is not OrderState.PAID:
        raise WrongState(verb="ship", state=order.state)
    for field, text in (("carrier", carrier), ("tracking", tracking)):
        if not text.strip() or len(text.strip()) > 200:
            raise Invalid("shipping_incomplete", field=field)
    lines = queries.lines_of(w.session, order_id)
    _not_held(w, order)
    _papers_in_force(w, order, lines)
    _leave(w, order, lines, batches or {})
    delivery.carrier, delivery.tracking_number = carrier.strip(), tracking.strip()
    delivery.shipped_at = w.now
    move(w, DELIVERY, delivery, "ship", order=order.number, carrier=delivery.carrier)
    w.announce(OrderShipped(w.now, order.id))
    return order


def receive(w: Work, order_id: uuid.UUID) -> Order:
    """Say that the goods have arrived; the order is completed. By its buyer or union's buyer.

    Raises Missing, Forbidden, WrongState, Refused (order_held: its batch is recalled).
    """
    order, delivery = _for_delivery(w, order_id, "receive")
    _not_held(w, order)
    move(w, DELIVERY, delivery, "receive", order=order.number)
    delivery.received_at = w.now
    _complete(w, order)
    w.announce(OrderReceived(w.now, order.id))
    return order


def complete_due(w: Work) -> int:
    """Take as received what left so many days ago and nobody objected to; answers how many orders.

    By the system, from time to time. What is held, claimed, or called back waits for people.
    """
    since = w.now - timedelta(days=w.tools.config.completion_days)
    done = 0
    for order_id in queries.left_before(w.session, since, most=MOST_COMPLETED):
        order = queries.row(w.session, order_id, for_change=True)
        delivery = w.session.get_one(Delivery, order.delivery_id)
        is_waiting = order.is_claimed or queries.waiting_hold(w.session, order_id)
        if order.state is not OrderState.PAID or is_waiting:
            continue
        move(w, DELIVERY, delivery, "assume", order=order.number)
        delivery.received_at = w.now
        _complete(w, order)
        done += 1
    return done


def _complete(w: Work, order: Order) -> None:
    move(w, ORDER, order, "complete")
    left = order.supply - order.supply_refunded
    w.announce(OrderCompleted(w.now, order.id, order.supplier_id, left, order.freight))


def _for_delivery(w: Work, order_id: uuid.UUID, verb: str) -> tuple[Order, Delivery]:
    order = queries.row(w.session, order_id, for_change=True)
    roles = queries.roles_for(w.actor, order)
    if not roles:
        raise Missing(order_id=order_id)
    delivery = w.session.get_one(Delivery, order.delivery_id)
    DELIVERY.after(delivery.state, verb, roles)  # by the roles that count for this very order
    return order, delivery


def _not_held(w: Work, order: Order) -> None:
    if queries.waiting_hold(w.session, order.id) is not None:
        raise Refused("order_held", number=order.number)


def _papers_in_force(w: Work, order: Order, lines: Sequence[OrderLine]) -> None:
    """At this very second, whether or not anybody has noticed yet. Its supplier is held: a paper is
    revoked before the parcel leaves or after it."""
    w.session.refresh(order.supplier, with_for_update={"read": True})
    out = catalog.out_of_force(w.session, {line.listing_id for line in lines}, w.now)
    if out - queries.allowed_anyway(w.session, order.id):
        titles = "、".join(line.title for line in lines if line.listing_id in out)
        raise Refused("papers_ran_out", titles=titles)


def _leave(w: Work, order: Order, lines: Sequence[OrderLine], chosen: Batches) -> None:
    """Note from which batch each line leaves. A recall comes before it or after."""
    found = catalog.batches_to_ship(w.session, chosen.values(), w.now)
    needed = catalog.papers_needed(w.session, {line.listing_id for line in lines})
    must_name = catalog.must_name_batch(w.session, needed)
    lacking = []
    for line in lines:
        batch_id = chosen.get(line.id)
        standing = found.get(batch_id) if batch_id else None
        if batch_id and (standing is None or standing.batch.listing_id != line.listing_id):
            raise Missing(batch_id=batch_id)
        if standing is None:
            if line.listing_id in must_name:
                lacking.append(line)
            continue
        if standing.batch.state is BatchState.RECALLED:
            raise Refused("batch_recalled", number=standing.batch.number)
        if not standing.may_leave:
            lacking.append(line)
            continue
        w.session.add(_line_batch(w, order, line, standing))
    if lacking:
        raise BatchPapersMissing([line.title for line in lacking], [line.id for line in lacking])


def _line_batch(
    w: Work, order: Order, line: OrderLine, standing: catalog.BatchStanding
) -> LineBatch:
    papers: list[dict[str, Any]] = [
        {
            "id": str(paper.id),
            "kind": paper.kind.value,
            "number": paper.number,
            "issuer": paper.issuer,
        }
        for paper in standing.papers
    ]
    return LineBatch(
        order_line_id=line.id,
        order_id=order.id,
        batch_id=standing.batch.id,
        number=standing.batch.number,
        papers=papers,
        at=w.now,
        by=w.actor.person_id,
    )
