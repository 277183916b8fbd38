"""Small machines: the order, its delivery, what holds it back. (Payment is in payments.)"""

from enum import StrEnum

from marketplace.kernel.actor import Role
from marketplace.kernel.machine import Machine, step


class OrderState(StrEnum):
    PLACED = "placed"  # stock is held, money is awaited
    ON_ACCOUNT = "on_account"  # goes out before its money, which falls due once it is accepted
    PAID = "paid"
    COMPLETED = "completed"  # paid and received
    TAKEN_BACK = "taken_back"  # completed, then undone: the money goes back to the buyer
    CANCELLED = "cancelled"  # by buyer or supplier
    LAPSED = "lapsed"  # the hold ended and no money came


MAY_LEAVE = frozenset({OrderState.PAID, OrderState.ON_ACCOUNT})  # its supplier may send it
UNPAID = frozenset({OrderState.PLACED, OrderState.ON_ACCOUNT})


class DeliveryState(StrEnum):
    WAITING = "waiting"
    PARTLY = "partly"  # some pieces are on their way, others have not left
    SHIPPED = "shipped"
    RECEIVED = "received"
    CALLED_BACK = "called_back"  # on its way when its batch was recalled; not to be accepted


class HoldReason(StrEnum):
    PAPERS = "papers"  # of the goods or their supplier are not in force
    RECALL = "recall"  # the batch was recalled


class HoldState(StrEnum):
    OPEN = "open"  # waits for a reviewer's proposal
    PROPOSED = "proposed"  # waits for the buyer's answer
    AGREED = "agreed"  # the buyer agreed with what was proposed
    REFUSED = "refused"  # the buyer did not: the money goes back
    DROPPED = "dropped"  # the order was called off meanwhile


class HoldChoice(StrEnum):
    """What a reviewer proposes."""

    SHIP = "ship"  # as ordered
    REPLACE = "replace"  # the same good from another batch, or with papers in force
    REFUND = "refund"  # the order is called off, its money goes back


class TitleKind(StrEnum):
    """Whom an invoice names as the buyer."""

    PERSON = "person"
    ORGANISATION = "organisation"  # has a tax number


_BUYER = {Role.EMPLOYEE, Role.UNION_BUYER}
_O = OrderState
_D = DeliveryState

ORDER = Machine(
    # an organisation that pays after acceptance: its supplier need not wait for the money
    step("trust", {_O.PLACED}, _O.ON_ACCOUNT, by={Role.SYSTEM}),
    step("pay", {_O.PLACED, _O.ON_ACCOUNT}, _O.PAID, by={Role.SYSTEM}),
    step("complete", {_O.PAID}, _O.COMPLETED, by=_BUYER | {Role.SYSTEM}),
    # only while nothing is on its way: the service also asks the delivery
    step(
        "cancel",
        {_O.PLACED, _O.ON_ACCOUNT, _O.PAID},
        _O.CANCELLED,
        by=_BUYER | {Role.SUPPLIER_STAFF},
        needs_note=True,
    ),
    # its supplier had confirmed money that never came to his account
    step("unpay", {_O.PAID}, _O.CANCELLED, by={Role.MANAGER}, needs_note=True),
    step("lapse", {_O.PLACED}, _O.LAPSED, by={Role.SYSTEM}),
    step("take_back", {_O.COMPLETED}, _O.TAKEN_BACK, by={Role.MANAGER}, needs_note=True),
    # the card's money came after all, and the goods were still there
    step("revive", {_O.LAPSED}, _O.PLACED, by={Role.SYSTEM}),
)

DELIVERY = Machine(
    step("ship", {_D.WAITING, _D.PARTLY}, _D.SHIPPED, by={Role.SUPPLIER_STAFF}),
    step("ship_part", {_D.WAITING, _D.PARTLY}, _D.PARTLY, by={Role.SUPPLIER_STAFF}),
    # what has not left will not be sent: its price went back
    step("drop_rest", {_D.PARTLY}, _D.SHIPPED, by={Role.SYSTEM}),
    step("receive", {_D.SHIPPED}, _D.RECEIVED, by=_BUYER),
    # nobody objected for so many days: taken as received
    step("assume", {_D.SHIPPED}, _D.RECEIVED, by={Role.SYSTEM}),
    step("call_back", {_D.PARTLY, _D.SHIPPED}, _D.CALLED_BACK, by=_BUYER),
)

_H = HoldState

HOLD = Machine(
    step("propose", {_H.OPEN, _H.PROPOSED}, _H.PROPOSED, by={Role.REVIEWER}, needs_note=True),
    step("agree", {_H.PROPOSED}, _H.AGREED, by=_BUYER),
    step("refuse", {_H.PROPOSED}, _H.REFUSED, by=_BUYER, needs_note=True),
    step("reopen", {_H.PROPOSED}, _H.OPEN, by={Role.SYSTEM}),  # something worse came up
    step("drop", {_H.OPEN, _H.PROPOSED}, _H.DROPPED, by={Role.SYSTEM}),
)
