"""The states of a payment and of a refund, and the verbs between them."""

from enum import StrEnum

from marketplace.kernel.actor import Role
from marketplace.kernel.machine import Machine, step


class PaymentState(StrEnum):
    AWAITING = "awaiting"
    SETTLED = "settled"
    VOID = "void"  # the purchase was cancelled or lapsed before money came


class RefundState(StrEnum):
    REQUESTED = "requested"  # owed to the buyer
    SETTLED = "settled"  # gone out


# whoever may cancel an order voids or shrinks what was asked for it
_CANCELS = {Role.EMPLOYEE, Role.UNION_BUYER, Role.SUPPLIER_STAFF, Role.SYSTEM}
_P = PaymentState
_R = RefundState

PAYMENT = Machine(
    # a card is settled by its gateway's answer, a transfer by the operator's manager
    step("settle", {_P.AWAITING}, _P.SETTLED, by={Role.MANAGER, Role.SYSTEM}),
    step("void", {_P.AWAITING}, _P.VOID, by=_CANCELS),
)

REFUND = Machine(
    step("settle", {_R.REQUESTED}, _R.SETTLED, by={Role.MANAGER, Role.SYSTEM}),
)
