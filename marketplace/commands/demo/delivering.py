"""What happens to orders once they are placed: paid, shipped, received, called off, paid back."""

from __future__ import annotations

import uuid
from functools import partial

from marketplace.commands.demo.batching import batches_for
from marketplace.commands.demo.script import Days
from marketplace.commands.demo.stage import Stage
from marketplace.kernel.actor import Actor
from marketplace.orders import queries as orders_queries
from marketplace.orders import service as orders
from marketplace.orders.models import Order
from marketplace.orders.states import MAY_LEAVE
from marketplace.payments import queries as payments_queries
from marketplace.payments import service as payments
from marketplace.payments.models import Tender

MANAGER, CARRIER = "manager", "邮政快递包裹"
AT = {"pay": "15:30", "ship": "16:10", "ship_part": "16:10", "receive": "17:20", "lapse": "13:00"}
PAID_BY_CARD = "12:20"  # five minutes after the order


def plan_delivery(stage: Stage, purchase: str, buyer: str, days: Days, *, pay_at: str = "") -> None:
    """The steps that `days` names for every order of the purchase remembered under `purchase`."""
    acts = {
        "pay": partial(pay, stage, purchase),
        "ship": partial(_ship, stage, purchase),
        "ship_part": partial(_ship_part, stage, purchase),
        "receive": partial(_receive, stage, purchase, buyer),
        "lapse": partial(_lapse, stage),
    }
    for name, act in acts.items():
        if name in days:
            stage.plan(days[name], (pay_at if name == "pay" else "") or AT[name], act)


def staff_of(stage: Stage, supplier_id: uuid.UUID) -> str:
    """The name in the script of whoever works for the supplier."""
    found = next(k for k, i in stage.ids.items() if k.startswith("supplier:") and i == supplier_id)
    return f"{found.removeprefix('supplier:')}-staff"


def orders_in(stage: Stage, purchase: str) -> list[Order]:
    with stage.runtime.reading() as session:
        return list(orders_queries.orders_of(session, stage.ids[purchase]))


def refund(stage: Stage, purchase: str) -> None:
    """The manager sends back what is owed of the orders."""
    for order in orders_in(stage, purchase):
        with stage.runtime.reading() as session:
            asked = payments_queries.of_purchase(session, order.purchase_id)
            due = payments_queries.refunds_of(session, order.id)
        for number, owed in enumerate(due, 1):
            if asked and asked.tender is Tender.CARD:
                payments.give_back(stage.runtime, stage.actor(MANAGER), owed.id)
                continue
            with stage.work(MANAGER) as w:
                payments.settle_refund(w, owed.id, f"示例退款-{order.number}-{number}")


def take_back(stage: Stage, purchase: str, reason: str) -> None:
    """A manager undoes what was completed."""
    for order in orders_in(stage, purchase):
        with stage.work(MANAGER) as w:
            orders.take_back(w, order.id, reason)


def pay(stage: Stage, purchase: str) -> None:
    """The money of a purchase, or of a union for its credit, as it comes."""
    with stage.runtime.reading() as session:
        asked = payments_queries.of_purchase(session, stage.ids[purchase])
    if asked is None:
        raise LookupError(purchase)
    if asked.tender is Tender.TRANSFER:
        with stage.work(MANAGER) as w:
            payments.confirm_transfer(w, asked.id, asked.amount, f"示例回单-{asked.reference}")
        return
    payments.pay(stage.runtime, Actor(asked.payer_id, ""), asked.id, back="")


def _ship(stage: Stage, purchase: str) -> None:
    for order in orders_in(stage, purchase):
        staff = staff_of(stage, order.supplier_id)
        batches = batches_for(stage, order, staff)
        tracking = f"SL{order.number.replace('-', '')}"
        with stage.work(staff) as w:
            orders.ship(w, order.id, CARRIER, tracking, batches=batches)


def _ship_part(stage: Stage, purchase: str) -> None:
    """One piece of every order that has more of them."""
    for order in orders_in(stage, purchase):
        staff = staff_of(stage, order.supplier_id)
        with stage.runtime.reading() as session:
            first = orders_queries.lines_of(session, order.id)[0]
        if first.quantity == 1:
            continue
        batches = batches_for(stage, order, staff)
        tracking = f"SL{order.number.replace('-', '')}A"
        parcel = orders.NewShipment(CARRIER, tracking, {first.id: 1}, batches)
        with stage.work(staff) as w:
            orders.send(w, order.id, parcel)


def _receive(stage: Stage, purchase: str, buyer: str) -> None:
    for order in orders_in(stage, purchase):
        if order.state in MAY_LEAVE:
            with stage.work(buyer) as w:
                orders.receive(w, order.id)


def _lapse(stage: Stage) -> None:
    with stage.work() as w:
        orders.lapse_due(w)
