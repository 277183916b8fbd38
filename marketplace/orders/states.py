"""Two small machines: the order itself, and its delivery. (Payment is a third, in payments.)"""

from enum import StrEnum

from marketplace.kernel.actor import Role
from marketplace.kernel.machine import Machine, step


class OrderState(StrEnum):
    PLACED = "placed"  # stock is held, money is awaited
    PAID = "paid"
    COMPLETED = "completed"  # paid and received
    CANCELLED = "cancelled"  # by buyer or supplier
    LAPSED = "lapsed"  # the hold ended and no money came


class DeliveryState(StrEnum):
    WAITING = "waiting"
    SHIPPED = "shipped"
    RECEIVED = "received"


_BUYER = {Role.EMPLOYEE, Role.UNION_BUYER}
_O = OrderState
_D = DeliveryState

ORDER = Machine(
    step("pay", {_O.PLACED}, _O.PAID, by={Role.SYSTEM}),
    step("complete", {_O.PAID}, _O.COMPLETED, by=_BUYER | {Role.SYSTEM}),
    # only while nothing is on its way: the service also asks the delivery
    step(
        "cancel",
        {_O.PLACED, _O.PAID},
        _O.CANCELLED,
        by=_BUYER | {Role.SUPPLIER_STAFF},
        needs_note=True,
    ),
    step("lapse", {_O.PLACED}, _O.LAPSED, by={Role.SYSTEM}),
)

DELIVERY = Machine(
    step("ship", {_D.WAITING}, _D.SHIPPED, by={Role.SUPPLIER_STAFF}),
    step("receive", {_D.SHIPPED}, _D.RECEIVED, by=_BUYER),
)
