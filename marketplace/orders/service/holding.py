"""Paid orders that do not leave as they are: held, a reviewer proposes, the buyer answers."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from marketplace.accounts import service as notices
from marketplace.catalog import queries as catalog
from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid, Missing, Refused, SamePerson
from marketplace.orders import queries, rules
from marketplace.orders.models import Delivery, Hold, Order
from marketplace.orders.service.telling import tell_buyer, tell_supplier
from marketplace.orders.service.undoing import call_off
from marketplace.orders.states import (
    DELIVERY,
    HOLD,
    MAY_LEAVE,
    DeliveryState,
    HoldChoice,
    HoldReason,
    HoldState,
)
from marketplace.payments import service as payments
from marketplace.work import Work, move

LONGEST = 500


@dataclass(frozen=True, slots=True)
class Cause:
    """Why an order is held, and which of its goods are concerned."""

    reason: HoldReason
    listings: tuple[uuid.UUID, ...]
    words: str
    batch_id: uuid.UUID | None = None


def hold_out_of_force(w: Work) -> int:
    """Hold every paid order that has not left and whose goods' papers count no longer;
    answers how many.

    By the system, from time to time: that nothing leaves in the meantime, `ship` sees to itself.
    """
    held: dict[uuid.UUID, int] = {}
    for order_id in queries.not_left_out_of_force(w.session, w.now):
        order = queries.row(w.session, order_id, for_change=True)
        lines = [
            line for line in queries.lines_of(w.session, order_id) if line.shipped < line.to_send
        ]
        out = catalog.out_of_force(w.session, {line.listing_id for line in lines}, w.now)
        titles = "、".join(line.title for line in lines if line.listing_id in out)
        cause = Cause(
            HoldReason.PAPERS,
            tuple(sorted(out)),
            f"证照不再有效或供应商已暂停：{titles}"[:LONGEST],
        )
        if out and open_hold(w, order, cause):
            held[order.supplier_id] = held.get(order.supplier_id, 0) + 1
    for supplier_id in sorted(held):
        tell_supplier(
            w,
            supplier_id,
            f"【直通车】您有{held[supplier_id]}个已付款订单因证照不再有效或暂停供货不能发货，"
            "等待审核人员和买家决定。请尽快上传新证，在“暂停发货的订单”里看进展。",
        )
    return sum(held.values())


def open_hold(w: Work, order: Order, cause: Cause) -> Hold | None:
    """Hold an order, which must be locked; None when it needs none any more. One that waits already
    is widened: a proposal made before the worse news is asked for again."""
    delivery = w.session.get_one(Delivery, order.delivery_id)
    on_its_way = cause.reason is HoldReason.RECALL and delivery.state is DeliveryState.SHIPPED
    not_all_left = delivery.state in {DeliveryState.WAITING, DeliveryState.PARTLY}
    if order.state not in MAY_LEAVE or not (on_its_way or not_all_left):
        return None
    hold = queries.waiting_hold(w.session, order.id)
    if hold is not None:
        return _widened(w, hold, cause)
    hold = Hold(
        id=uuid.uuid4(),
        order_id=order.id,
        supplier_id=order.supplier_id,
        organisation_id=order.organisation_id,
        reason=cause.reason,
        batch_id=cause.batch_id,
        listings=[str(one) for one in cause.listings],
        words=cause.words,
        state=HoldState.OPEN,
        opened_at=w.now,
    )
    w.session.add(hold)
    w.record("hold", hold, to_state=hold.state, order=order.number, reason=hold.reason.value)
    told = {"number": order.number, "reason": f"HoldReason.{hold.reason.value}"}
    page = ("orders.show", {"order_id": str(order.id)})
    notices.notify(w, order.supplier.organisation_id, "order_held", told, at=page)
    return hold


def propose(w: Work, hold_id: uuid.UUID, choice: HoldChoice, note: str) -> Hold:
    """Say what should happen with a held order, and why. By a reviewer who neither bought nor
    sells; may be said anew until the buyer has answered.

    Raises Missing, Forbidden, SamePerson, WrongState, Invalid (choice, note).
    """
    order, hold = _held(w, hold_id)
    HOLD.after(hold.state, "propose", w.actor.roles)
    if queries.roles_for(w.actor, order) - {Role.SYSTEM}:
        raise SamePerson
    delivery = w.session.get_one(Delivery, order.delivery_id)
    if choice not in rules.choices(hold.reason, delivery.state):
        raise Invalid("hold_choice", field="choice", value=choice)
    told = note.strip()
    if not told or len(told) > LONGEST:
        raise Invalid("note_missing", field="note")
    move(w, HOLD, hold, "propose", order=order.number, choice=choice.value, note=told)
    hold.choice, hold.note = choice, told
    hold.proposed_at, hold.proposed_by = w.now, w.actor.person_id
    tell_buyer(w, order, rules.proposal_text(order.number, hold.words, choice))
    return hold


def agree(w: Work, hold_id: uuid.UUID, seen: str) -> Hold:
    """The buyer agrees with what was proposed, as shown: `seen` is the choice on the page. A refund
    is made in the same step.

    Raises Missing, Forbidden, WrongState, Refused (proposal_changed).
    """
    order, hold = _answered(w, hold_id, "agree", seen)
    move(w, HOLD, hold, "agree", order=order.number, choice=seen)
    hold.answered_at, hold.answered_by = w.now, w.actor.person_id
    if hold.choice is HoldChoice.REFUND:
        _give_back(w, order, hold.words)
    return hold


def refuse(w: Work, hold_id: uuid.UUID, seen: str, note: str) -> Hold:
    """The buyer does not agree: the order is called off and its money goes back.

    Raises as agree, and Invalid (reason).
    """
    order, hold = _answered(w, hold_id, "refuse", seen)
    told = rules.reason(note)
    move(w, HOLD, hold, "refuse", order=order.number, choice=seen, note=told)
    hold.answered_at, hold.answered_by, hold.answer = w.now, w.actor.person_id, told
    _give_back(w, order, told)
    return hold


def drop_hold(w: Work, order_id: uuid.UUID) -> None:
    """The order is called off: nothing is left to decide."""
    hold = queries.waiting_hold(w.session, order_id)
    if hold is not None:
        move(w, HOLD, hold, "drop")


def hold_recalled(w: Work, cause: Cause) -> int:
    """Hold what of a recalled batch is on its way, and paid orders for the good that have not left;
    answers how many. Safe to repeat."""
    assert cause.batch_id is not None  # noqa: S101  # a recall names its batch; tells mypy
    (listing_id,) = cause.listings
    held: dict[uuid.UUID, int] = {}
    for order_id in queries.concerned_by_recall(w.session, cause.batch_id, listing_id):
        order = queries.row(w.session, order_id, for_change=True)
        if open_hold(w, order, cause):
            held[order.supplier_id] = held.get(order.supplier_id, 0) + 1
    for supplier_id, count in held.items():
        tell_supplier(
            w,
            supplier_id,
            f"【直通车】{cause.words}。{count}个订单已暂停，等待审核人员和买家决定。",
        )
    return sum(held.values())


def _widened(w: Work, hold: Hold, cause: Cause) -> Hold | None:
    if hold.reason is HoldReason.RECALL or cause.reason is HoldReason.PAPERS:
        return None  # nothing worse than what is being decided already
    if hold.state is HoldState.PROPOSED:
        move(w.by_system(), HOLD, hold, "reopen")
    hold.reason, hold.batch_id, hold.choice, hold.note = cause.reason, cause.batch_id, None, None
    hold.listings = sorted({*hold.listings, *map(str, cause.listings)})
    hold.words = f"{cause.words}；{hold.words}"[:LONGEST]
    w.record("widen", hold, reason=hold.reason.value)
    return hold


def _held(w: Work, hold_id: uuid.UUID) -> tuple[Order, Hold]:
    """The order first, so that shipping and deciding wait for each other."""
    found = w.session.get(Hold, hold_id)
    if found is None:
        raise Missing(hold_id=hold_id)
    order = queries.row(w.session, found.order_id, for_change=True)
    w.session.refresh(found)
    return order, found


def _answered(w: Work, hold_id: uuid.UUID, verb: str, seen: str) -> tuple[Order, Hold]:
    """By the roles that count for this very order. Raises Missing, Forbidden, WrongState."""
    found = w.session.get(Hold, hold_id)
    if found is None:
        raise Missing(hold_id=hold_id)
    # everybody locks the payment before its orders
    payments.lock(w, queries.row(w.session, found.order_id).purchase_id)
    order, hold = _held(w, hold_id)
    roles = queries.roles_for(w.actor, order)
    if not roles:
        raise Missing(hold_id=hold_id)
    HOLD.after(hold.state, verb, roles)
    if hold.choice is None or hold.choice.value != seen:
        raise Refused("proposal_changed")
    return order, hold


def _give_back(w: Work, order: Order, told: str) -> None:
    delivery = w.session.get_one(Delivery, order.delivery_id)
    if delivery.state in {DeliveryState.PARTLY, DeliveryState.SHIPPED}:
        move(w, DELIVERY, delivery, "call_back", order=order.number)
    call_off(w, order, told)
