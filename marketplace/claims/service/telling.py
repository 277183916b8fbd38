"""Both sides hear of it: the supplier by a notice, the buyer by SMS."""

from __future__ import annotations

from marketplace.accounts import service as notices
from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState
from marketplace.orders import service as ordering
from marketplace.orders.models import Order
from marketplace.work import Work

WORDS = {
    ClaimState.OFFERED: "供应商答复了，请到售后页看看：7 天内没有答复，视为同意",
    ClaimState.GRANTED: "同意退款 {granted}，怎样退回见订单页",
    ClaimState.CLOSED: "已经结束，请到售后页看原因",
}


def tell_supplier(w: Work, claim: Claim, order: Order, code: str) -> None:
    amount = claim.granted or claim.wanted
    told = {"number": claim.number, "order": order.number, "amount": str(amount)}
    page = ("claims.show", {"claim_id": str(claim.id)})
    notices.notify(w, order.supplier.organisation_id, code, told, at=page)


def tell_buyer(w: Work, claim: Claim, order: Order) -> None:
    """Only what he does not know: what he did himself he knows."""
    if words := WORDS.get(claim.state):
        said = words.format(granted=claim.granted)
        ordering.tell_buyer(w, order, f"【直通车】订单{order.number}的售后{claim.number}：{said}。")
