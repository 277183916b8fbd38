"""What people buy for themselves."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import partial

from marketplace.commands.demo.delivering import (
    PAID_BY_CARD,
    orders_in,
    plan_delivery,
    refund,
    staff_of,
    take_back,
)
from marketplace.commands.demo.script import Checkout, Lines
from marketplace.commands.demo.sellers import listing_named
from marketplace.commands.demo.stage import Stage
from marketplace.kernel.funds import FundSource
from marketplace.orders import service as orders
from marketplace.orders.service import NewAddress, Placement
from marketplace.payments.models import Tender
from marketplace.work import Work

OFFICE = "440304"  # 福田区: where the invented bank has its offices
FILLS_BASKET = 1  # working days before today


def plan(stage: Stage, checkouts: tuple[Checkout, ...], baskets: Mapping[str, Lines]) -> None:
    for number, one in enumerate(checkouts, 1):
        key = f"demonstration-{number:02d}"
        stage.plan(one.days["place"], "12:15", partial(_place, stage, one, key))
        at = PAID_BY_CARD if one.tender is Tender.CARD else ""
        plan_delivery(stage, key, one.buyer, one.days, pay_at=at)
        if "cancel" in one.days:
            stage.plan(one.days["cancel"], "14:00", partial(_cancel, stage, one, key))
        if "take_back" in one.days:
            told = partial(take_back, stage, key, one.reason)
            stage.plan(one.days["take_back"], "14:30", told)
        if "refund" in one.days:
            stage.plan(one.days["refund"], "15:50", partial(refund, stage, key))
    for who, lines in baskets.items():
        stage.plan(FILLS_BASKET, "12:40", partial(_fill_basket, stage, who, lines))


def address_of(stage: Stage, w: Work, who: str) -> uuid.UUID:
    """The person's address, kept when it is first needed."""
    key = f"address:{who}"
    if key not in stage.ids:
        given = NewAddress(
            recipient=w.actor.name,
            mobile="13800000000",
            county=OFFICE,
            street="示例路 1 号 示例银行大厦 收发室",
        )
        made = orders.add_address(w, given)
        w.session.flush()
        stage.ids[key] = made.id
    return stage.ids[key]


def _place(stage: Stage, one: Checkout, key: str) -> None:
    with stage.work(one.buyer) as w:
        wanted = Placement(
            lines=tuple((listing_named(w, sku).id, pieces) for sku, pieces in one.lines),
            address_id=address_of(stage, w, one.buyer),
            tender=one.tender,
            source=FundSource.PERSONAL,
            no_return=None,
            key=key,
        )
        stage.ids[key] = orders.place(w, wanted).id


def _cancel(stage: Stage, one: Checkout, key: str) -> None:
    for order in orders_in(stage, key):
        by_supplier = one.cancelled_by == "supplier"
        who = staff_of(stage, order.supplier_id) if by_supplier else one.buyer
        with stage.work(who) as w:
            orders.cancel(w, order.id, one.reason)


def _fill_basket(stage: Stage, who: str, lines: Lines) -> None:
    with stage.work(who) as w:
        for sku, pieces in lines:
            orders.put(w, listing_named(w, sku).id, pieces)
