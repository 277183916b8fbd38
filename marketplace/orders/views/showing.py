"""What pages of orders say: stations of the line, places, evidence in people's words."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from marketplace.orders.models import Address, Hold, LineBatch, OrderLine
from marketplace.orders.queries import OrderView, ShipmentView
from marketplace.orders.states import MAY_LEAVE, DeliveryState, HoldChoice, HoldState, OrderState
from marketplace.regions import queries as regions
from marketplace.suppliers.states import PaperKind
from marketplace.web.labels import state_label
from marketplace.web.pages import moment
from marketplace.web.words import _

STOPPED = {
    OrderState.CANCELLED: "已取消",
    OrderState.LAPSED: "超时关闭",
    OrderState.TAKEN_BACK: "已退货退款",
}


@dataclass(frozen=True, slots=True)
class Station:
    """One stop of the line; state: done, now, to_come or stopped."""

    label: str
    detail: str
    state: str


def place_of(session: Session, address: Address) -> str:
    """The county of an address as people read it."""
    county = regions.county(session, address.county_code)
    return county.label if county else address.county_code


def stations(view: OrderView, parcels: Sequence[ShipmentView]) -> tuple[Station, ...]:
    """下单 → 付款 → 发货 → 收货, or 付款 last, each with its time; a stopped order ends there."""
    order, delivery = view.order, view.delivery
    payment = (_("付款"), order.paid_at)
    goods = ((_("发货"), delivery.shipped_at), (_("收货"), delivery.received_at))
    way = (*goods, payment) if view.purchase.on_account else (payment, *goods)
    reached = ((_("下单"), view.purchase.placed_at), *way)
    shown = [Station(label, moment(at), "done") for label, at in reached if at is not None]
    if parcels and delivery.shipped_at is None:
        shown.append(Station(_("部分发货"), moment(parcels[0].shipment.shipped_at), "done"))
    if order.state in STOPPED:
        return (*shown, Station(_(STOPPED[order.state]), moment(order.cancelled_at), "stopped"))
    waiting = [label for label, at in reached if at is None]
    until = view.payment.due_at or view.purchase.hold_ends_at
    detail = _("请在 %(until)s 前付款", until=moment(until)) if until else ""
    for place, label in enumerate(waiting):
        is_payment = place == 0 and label == payment[0]
        shown.append(Station(label, detail if is_payment else "", "to_come" if place else "now"))
    return tuple(shown)


def parcel_stations(parcel: ShipmentView) -> tuple[Station, ...]:
    """发货 → 收货 of one parcel."""
    arrived = parcel.shipment.received_at
    sent = f"{_(parcel.carrier)} {moment(parcel.shipment.shipped_at)}"
    return (
        Station(_("发货"), sent, "done"),
        Station(_("收货"), moment(arrived), "done" if arrived else "now"),
    )


def batches_of(parcels: Sequence[ShipmentView]) -> dict[uuid.UUID, list[LineBatch]]:
    """Of each order line the batches that its pieces left from, each once."""
    found: dict[uuid.UUID, dict[uuid.UUID, LineBatch]] = {}
    for one in (packed for parcel in parcels for packed in parcel.packed):
        if one.batch is not None:
            found.setdefault(one.line.id, {}).setdefault(one.batch.batch_id, one.batch)
    return {line_id: list(batches.values()) for line_id, batches in found.items()}


def parcel_is_expected(view: OrderView, parcels: Sequence[ShipmentView]) -> bool:
    """Whether a parcel may be received by itself: there are several, or more will come."""
    partly = view.delivery.state is DeliveryState.PARTLY
    on_way = partly or view.delivery.state is DeliveryState.SHIPPED
    return view.order.state in MAY_LEAVE and on_way and (partly or len(parcels) > 1)


def hold_stations(hold: Hold) -> tuple[Station, ...]:
    """暂停 → 审核人员提方案 → 买家答复 → 处理, each with its time."""
    asked = Station(_("暂停发货"), moment(hold.opened_at), "done")
    if hold.state is HoldState.DROPPED:
        return (asked, Station(_("订单已取消"), "", "stopped"))
    proposed = hold.state is not HoldState.OPEN
    answered = hold.state in {HoldState.AGREED, HoldState.REFUSED}
    return (
        asked,
        Station(_("审核人员提出方案"), moment(hold.proposed_at), "done" if proposed else "now"),
        Station(
            _("买家答复"),
            moment(hold.answered_at),
            "done" if answered else "now" if proposed else "to_come",
        ),
        Station(_("照决定办"), "", _last(hold)),
    )


def _last(hold: Hold) -> str:
    """A refund is made with the answer; what is to be sent is still to do."""
    if hold.state is HoldState.REFUSED:
        return "done"
    if hold.state is HoldState.AGREED:
        return "done" if hold.choice is HoldChoice.REFUND else "now"
    return "to_come"


def evidence_facts(line: OrderLine) -> list[tuple[str, str]]:
    """The frozen evidence of a line as terms and details; nothing is looked up again."""
    frozen = line.eligibility
    facts = [(_("来源县"), frozen["county"]["label"])]
    facts += [(_("名单"), _listed(fact)) for fact in frozen["designations"]]
    if frozen["villages"]:
        facts.append((_("产地村"), "、".join(frozen["villages"])))
    facts.append((_("供应商"), frozen["supplier"]["name"]))
    facts += [(state_label(PaperKind(paper["kind"])), _paper(paper)) for paper in frozen["papers"]]
    return facts


def _listed(fact: dict[str, Any]) -> str:
    label = _("%(label)s（第 %(n)s 版）", label=fact["label"], n=fact["version"])
    if fact["exit_year"] and fact["slug"] == "832":  # counties left this list, not the others
        return _("%(label)s，%(year)s 年摘帽", label=label, year=fact["exit_year"])
    return label


def _paper(paper: dict[str, Any]) -> str:
    until = paper["valid_until"] or _("长期")
    return _(
        "%(number)s，有效期 %(since)s 至 %(until)s",
        number=paper["number"],
        since=paper["valid_from"],
        until=until,
    )
