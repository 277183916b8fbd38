"""What the operator looks after: outside registers, papers that run out, a recalled batch."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from marketplace.catalog import service as catalog
from marketplace.catalog.models import Batch
from marketplace.commands.demo.scans import scan
from marketplace.commands.demo.script import Seller
from marketplace.commands.demo.sellers import REVIEWER, SECOND, listing_named
from marketplace.commands.demo.stage import Stage
from marketplace.kernel.clock import local_day
from marketplace.orders import service as orders
from marketplace.orders.models import Delivery, Hold, Order, Purchase
from marketplace.orders.states import DeliveryState, HoldChoice
from marketplace.suppliers import service as suppliers
from marketplace.suppliers.states import LookupResult

PLUMS = "XJ-003"  # fresh: every batch has its paper, and one of them was recalled
RECALL = "示例：抽检发现一批新梅农药残留超标，停止销售并召回。"
NOTED = "示例：信用报告里有一次名称变更，与登记一致。"
HIT = "示例：列入经营异常名录，原因是没有按时公示年报，等待说明。"
SUSPECT = ("zhashui", "enterprise-credit", 3)  # looked at again so many working days before today


def plan(stage: Stage, sellers: tuple[Seller, ...]) -> None:
    for one in sellers:
        if "approve" in one.days:
            day = one.days["approve"]
            stage.plan(day, "14:40", partial(_look, stage, one, "enterprise-credit"))
            stage.plan(day, "14:50", partial(_look, stage, one, "credit-china", found=NOTED))
    who, register, day = SUSPECT
    suspect = next(one for one in sellers if one.key == who)
    stage.plan(day, "10:15", partial(_look, stage, suspect, register, found=HIT, hit=True))
    stage.plan(1, "09:10", partial(_remind, stage))
    stage.plan(1, "09:20", partial(_recall, stage))
    stage.plan(1, "09:40", partial(_propose, stage))
    stage.plan(1, "10:00", partial(_agree, stage, "zhou"))


def _look(stage: Stage, one: Seller, register: str, *, found: str = "", hit: bool = False) -> None:
    noted = LookupResult.NOTED if found else LookupResult.CLEAN
    with stage.work(REVIEWER) as w:
        said = suppliers.Found(
            register=register,
            searched_for=one.name,
            looked_on=local_day(w.now),
            result=LookupResult.HIT if hit else noted,
            found=found,
            shot_name=f"{register}.png",
            shot=scan(sum(f"{register}{one.key}".encode())),
        )
        suppliers.look_up(w, stage.ids[f"supplier:{one.key}"], said)


def _remind(stage: Stage) -> None:
    with stage.work() as w:
        suppliers.remind_of_papers(w)


def _recall(stage: Stage) -> None:
    """With all that follows from it, before anybody proposes something."""
    with stage.work(SECOND) as w:
        listing = listing_named(w, PLUMS)
        batch = w.session.scalars(select(Batch).where(Batch.listing_id == listing.id)).one()
        catalog.recall(w, batch.id, RECALL, withdraw_goods=True)
    while stage.runtime.deliver():
        pass


def _propose(stage: Stage) -> None:
    """For parcels on their way; what has not left still waits for a proposal."""
    with stage.work(REVIEWER) as w:
        on_their_way = (
            select(Hold.id)
            .join(Order, Hold.order_id == Order.id)
            .join(Delivery, Order.delivery_id == Delivery.id)
            .where(Delivery.state == DeliveryState.SHIPPED)
            .order_by(Order.number)
        )
        for hold_id in w.session.scalars(on_their_way).all():
            orders.propose(w, hold_id, HoldChoice.REFUND, "示例：请拒收，货款原路退回。")


def _agree(stage: Stage, who: str) -> None:
    with stage.work(who) as w:
        asked = (
            select(Hold)
            .join(Order, Hold.order_id == Order.id)
            .join(Purchase, Order.purchase_id == Purchase.id)
            .where(Purchase.buyer_id == w.actor.person_id)
        )
        hold = w.session.scalars(asked).one()
        orders.agree(w, hold.id, HoldChoice.REFUND.value)
