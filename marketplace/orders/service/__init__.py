"""The promise to buy: put, place, cancel, ship, receive, lapse; the only writer of orders."""

from marketplace.orders.service.addresses import (
    NewAddress,
    add_address,
    change_address,
    forget_addresses,
    make_default,
    remove_address,
)
from marketplace.orders.service.basket import change, leave_out, put, remove
from marketplace.orders.service.delivering import complete_due, receive, receive_parcel
from marketplace.orders.service.directing import (
    confirm_receipt,
    confirm_refund,
    contest_refund,
    may_end_refund,
    send_refund,
    unpay,
)
from marketplace.orders.service.dropping import drop_rest
from marketplace.orders.service.holding import (
    Cause,
    agree,
    drop_hold,
    hold_out_of_force,
    hold_recalled,
    propose,
    refuse,
)
from marketplace.orders.service.limiting import AboveMost
from marketplace.orders.service.on_account import may_pay_later, tell_overdue
from marketplace.orders.service.paying import mark_paid
from marketplace.orders.service.placing import Placement, place
from marketplace.orders.service.recalling import export_recipients
from marketplace.orders.service.refunding import refund_parts, wait_for_claim
from marketplace.orders.service.reviving import revive, take_late_money
from marketplace.orders.service.shipping import BatchPapersMissing, NewShipment, send, ship
from marketplace.orders.service.telling import tell_buyer, tell_recalled
from marketplace.orders.service.tracking import (
    TrackingRefused,
    TrackingTaken,
    export_to_pack,
    read_tracking,
    ship_sheet,
)
from marketplace.orders.service.undoing import cancel, lapse_due, take_back

__all__ = [
    "AboveMost",
    "BatchPapersMissing",
    "Cause",
    "NewAddress",
    "NewShipment",
    "Placement",
    "TrackingRefused",
    "TrackingTaken",
    "add_address",
    "agree",
    "cancel",
    "change",
    "change_address",
    "complete_due",
    "confirm_receipt",
    "confirm_refund",
    "contest_refund",
    "drop_hold",
    "drop_rest",
    "export_recipients",
    "export_to_pack",
    "forget_addresses",
    "hold_out_of_force",
    "hold_recalled",
    "lapse_due",
    "leave_out",
    "make_default",
    "mark_paid",
    "may_end_refund",
    "may_pay_later",
    "place",
    "propose",
    "put",
    "read_tracking",
    "receive",
    "receive_parcel",
    "refund_parts",
    "refuse",
    "remove",
    "remove_address",
    "revive",
    "send",
    "send_refund",
    "ship",
    "ship_sheet",
    "take_back",
    "take_late_money",
    "tell_buyer",
    "tell_overdue",
    "tell_recalled",
    "unpay",
    "wait_for_claim",
]
