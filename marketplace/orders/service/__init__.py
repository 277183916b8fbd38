"""The promise to buy: put, place, cancel, ship, receive, lapse; the only writer of orders."""

from marketplace.orders.service.addresses import NewAddress, add_address, make_default
from marketplace.orders.service.basket import change, put, remove
from marketplace.orders.service.delivering import BatchPapersMissing, complete_due, receive, ship
from marketplace.orders.service.holding import (
    Cause,
    agree,
    drop_hold,
    hold_out_of_force,
    hold_recalled,
    propose,
    refuse,
)
from marketplace.orders.service.paying import mark_paid
from marketplace.orders.service.placing import Placement, place
from marketplace.orders.service.recalling import export_recipients
from marketplace.orders.service.refunding import refund_parts, wait_for_claim
from marketplace.orders.service.reviving import take_late_money
from marketplace.orders.service.telling import tell_buyer, tell_recalled
from marketplace.orders.service.undoing import cancel, lapse_due, take_back

__all__ = [
    "BatchPapersMissing",
    "Cause",
    "NewAddress",
    "Placement",
    "add_address",
    "agree",
    "cancel",
    "change",
    "complete_due",
    "drop_hold",
    "export_recipients",
    "hold_out_of_force",
    "hold_recalled",
    "lapse_due",
    "make_default",
    "mark_paid",
    "place",
    "propose",
    "put",
    "receive",
    "refund_parts",
    "refuse",
    "remove",
    "ship",
    "take_back",
    "take_late_money",
    "tell_buyer",
    "tell_recalled",
    "wait_for_claim",
]
