"""The promise to buy: put, place, cancel, ship, receive, lapse; the only writer of orders."""

from marketplace.orders.service.addresses import NewAddress, add_address, make_default
from marketplace.orders.service.basket import change, put, remove
from marketplace.orders.service.delivering import receive, ship
from marketplace.orders.service.paying import mark_paid
from marketplace.orders.service.placing import Placement, place
from marketplace.orders.service.undoing import cancel, lapse_due

__all__ = [
    "NewAddress",
    "Placement",
    "add_address",
    "cancel",
    "change",
    "lapse_due",
    "make_default",
    "mark_paid",
    "place",
    "put",
    "receive",
    "remove",
    "ship",
]
