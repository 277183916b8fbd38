"""Quantities, what may be proposed, what is hidden."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Money
from marketplace.orders.states import DeliveryState, HoldChoice, HoldReason

MOST_PIECES = 9999  # of one good in one purchase
MOST_LINES = 100  # different goods in one purchase
LONGEST_KEY = 80
NUMBER_LENGTH = 5


CONSENT = "2026-11"  # the words beside the form of an address; others get another name


@dataclass(frozen=True, slots=True)
class Destination:
    """Who gets the parcel and where, as far as the reader may know."""

    recipient: str
    mobile: str
    region: str
    street: str


@dataclass(frozen=True, slots=True)
class Part:
    """What of one line goes back: money, and how many pieces were sent back for it."""

    order_line_id: uuid.UUID
    amount: Money
    pieces: int = 0


def share(whole: Money, part: Money, of: Money) -> Money:
    """The part of `whole` that belongs to `part` of `of`, half a fen up: what is taken step by step
    adds up to the whole."""
    return Money((2 * whole.fen * part.fen + of.fen) // (2 * of.fen))


def check_quantity(quantity: int) -> int:
    """A whole number of pieces that one line may have. Raises Invalid."""
    if isinstance(quantity, bool) or not 1 <= quantity <= MOST_PIECES:
        raise Invalid("quantity", field="quantity", value=quantity, most=MOST_PIECES)
    return quantity


def summed(lines: Iterable[tuple[uuid.UUID, int]]) -> dict[uuid.UUID, int]:
    """Pieces per listing; two lines of one listing are one. Raises Invalid."""
    wanted: dict[uuid.UUID, int] = {}
    for listing_id, quantity in lines:
        together = wanted.get(listing_id, 0) + check_quantity(quantity)
        wanted[listing_id] = check_quantity(together)
    if not wanted:
        raise Invalid("nothing_wanted")
    if len(wanted) > MOST_LINES:
        raise Invalid("too_many_lines", most=MOST_LINES)
    return wanted


def is_delivered_to(where: str, no_delivery_to: str) -> bool:
    """Whether a good travels to a place ("西藏自治区拉萨市城关区"), by the names it does not go to
    ("西藏、新疆"); part of a name is enough, as suppliers write them."""
    names = re.split(r"[、,，;；/\s]+", no_delivery_to)
    return not any(name and name in where for name in names)


def request_hash(body: Mapping[str, object]) -> str:
    """The same for the same wish, whatever the order of its lines."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def check_key(key: str) -> str:
    """The key under which a repeated post is recognised. Raises Invalid."""
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Invalid("key_malformed")
    return key


def destination(told: Mapping[str, Any]) -> Destination:
    """Who gets a purchase, as it was frozen; empty once it was forgotten."""
    return Destination(told["recipient"], told["mobile"], told["region"], told["street"])


def forgotten(told: Mapping[str, Any]) -> dict[str, Any]:
    """The county alone: what figures by region need."""
    kept = {"county_code": told["county_code"], "region": told["region"]}
    return {"recipient": "", "mobile": "", "street": "", **kept}


def masked(whole: Destination) -> Destination:
    """For those who look after others' orders: recognisable, not usable."""
    if not whole.mobile:
        return whole
    return Destination(
        recipient=whole.recipient[:1] + "＊" * max(len(whole.recipient) - 1, 1),
        mobile=f"{whole.mobile[:3]}****{whole.mobile[-4:]}",
        region=whole.region,
        street="＊＊＊",
    )


def reason(text: str) -> str:
    """Why an order is called off; the other side reads it. Raises Invalid."""
    found = text.strip()
    if not found:
        raise Invalid("reason_missing", field="note")
    return found[:500]


def choices(reason: HoldReason, delivery: DeliveryState) -> tuple[HoldChoice, ...]:
    """What may be proposed for an order that is held: a parcel on its way is only called back; from
    a recalled batch nothing leaves, whatever anybody agrees to."""
    if delivery is DeliveryState.SHIPPED or (
        delivery is DeliveryState.PARTLY and reason is HoldReason.RECALL
    ):
        return (HoldChoice.REFUND,)
    if reason is HoldReason.RECALL:
        return (HoldChoice.REPLACE, HoldChoice.REFUND)
    return (HoldChoice.SHIP, HoldChoice.REPLACE, HoldChoice.REFUND)


def proposal_text(number: str, words: str, choice: HoldChoice) -> str:
    """What the buyer reads on his phone."""
    proposed = {
        HoldChoice.SHIP: "建议照常发货",
        HoldChoice.REPLACE: "建议换一批同款商品发货",
        HoldChoice.REFUND: "建议退款",
    }[choice]
    return (
        f"【直通车】订单{number}：{words}。{proposed}，请到订单页同意或不同意；不同意就全额退款。"
    )


def recall_text(number: str, words: str) -> str:
    """What whoever got some of a recalled batch reads on his phone."""
    return (
        f"【直通车】召回通知：{words}。您的订单{number}里有这一批商品，"
        "请停止食用；还没收到的请拒收；已经收到的，请到订单的售后页申请召回退款。"
    )
