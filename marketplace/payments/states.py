"""The states of money on its way, and the verbs between them."""

from enum import StrEnum

from marketplace.kernel.actor import Role
from marketplace.kernel.machine import Machine, step


class PaymentState(StrEnum):
    AWAITING = "awaiting"
    SETTLED = "settled"
    VOID = "void"  # the purchase was cancelled or lapsed before money came


class RefundState(StrEnum):
    REQUESTED = "requested"  # owed to the buyer
    SENT = "sent"  # a supplier who was paid directly says that he gave it back
    SETTLED = "settled"  # gone out
    TAKEN_OFF = "taken_off"  # taken off what was still to be paid: nothing moves
    UNDONE = "undone"  # what was to go back had never come: nothing moves
    OFFSET = "offset"  # the payer has it by a dispute that we lost: nothing moves


class OperationKind(StrEnum):
    CHARGE = "charge"  # take the money of a purchase
    REFUND = "refund"  # give back money of one order
    RETURN = "return"  # give back a whole charge that nobody needs


class OperationState(StrEnum):
    """Of one thing that the gateway was asked to do; written down before it is asked."""

    ASKED = "asked"  # no answer yet
    OPEN = "open"  # the gateway knows of it, the money has not moved yet
    UNKNOWN = "unknown"  # asked, and no answer came: neither success nor failure
    DONE = "done"  # the money moved
    FAILED = "failed"  # it did not


class DisputeState(StrEnum):
    OPEN = "open"  # the gateway keeps the money back
    WON = "won"
    LOST = "lost"


class DiscrepancyState(StrEnum):
    OPEN = "open"
    CLEARED = "cleared"  # a manager looked into it and said what it was


class DiscrepancyKind(StrEnum):
    """What differs between the gateway's word and our books."""

    AMOUNT = "amount"
    CURRENCY = "currency"
    ACCOUNT = "account"
    MODE = "mode"  # test money where live money is expected, or the other way round
    CHARGE = "charge"  # another charge than the one that was opened
    NO_ORDER = "no_order"  # a charge that no payment of ours asked for
    NO_CHARGE = "no_charge"  # a paid order whose charge the gateway does not know
    FOREIGN_REFUND = "foreign_refund"  # given back by somebody else than us
    REFUND_AMOUNT = "refund_amount"
    REFUND_FAILED = "refund_failed"
    DISPUTE_AMOUNT = "dispute_amount"  # of more than was taken, or of another amount than before


# whoever may cancel an order voids or shrinks what was asked for it
_CANCELS = {Role.EMPLOYEE, Role.UNION_BUYER, Role.SUPPLIER_STAFF, Role.SYSTEM}
_P = PaymentState
_R = RefundState
_O = OperationState

PAYMENT = Machine(
    # a card is settled by its gateway's answer, a transfer by the operator's manager
    step("settle", {_P.AWAITING}, _P.SETTLED, by={Role.MANAGER, Role.SYSTEM}),
    # on his own account, where he is paid directly
    step("settle_direct", {_P.AWAITING}, _P.SETTLED, by={Role.SUPPLIER_STAFF}),
    # credit and vouchers pay all of it
    step("settle_covered", {_P.AWAITING}, _P.SETTLED, by=_CANCELS),
    step("void", {_P.AWAITING}, _P.VOID, by=_CANCELS),
    # the money of a card came after the hold had ended, and the goods were still there
    step("settle_late", {_P.VOID}, _P.SETTLED, by={Role.SYSTEM}),
)

REFUND = Machine(
    step("settle", {_R.REQUESTED}, _R.SETTLED, by={Role.MANAGER, Role.SYSTEM}),
    # of what a supplier was paid directly
    step("send", {_R.REQUESTED}, _R.SENT, by={Role.SUPPLIER_STAFF}),
    step("confirm", {_R.SENT}, _R.SETTLED, by={Role.UNION_BUYER, Role.MANAGER}),
    # it has arrived although he never said so; and it has not although he did
    step("acknowledge", {_R.REQUESTED}, _R.SETTLED, by={Role.UNION_BUYER}),
    step("contest", {_R.SENT}, _R.REQUESTED, by={Role.UNION_BUYER, Role.MANAGER}, needs_note=True),
    # a claim on what is paid after acceptance, before it was paid
    step("take_off", {_R.REQUESTED}, _R.TAKEN_OFF, by={Role.SYSTEM}),
    step("undo", {_R.REQUESTED}, _R.UNDONE, by={Role.MANAGER}, needs_note=True),
    # the gateway says later that it failed: owed as before
    step("bounce", {_R.SETTLED}, _R.REQUESTED, by={Role.SYSTEM}),
    step("offset", {_R.REQUESTED}, _R.OFFSET, by={Role.MANAGER}, needs_note=True),
)

OPERATION = Machine(
    step("open", {_O.ASKED, _O.UNKNOWN}, _O.OPEN, by={Role.SYSTEM}),
    step("doubt", {_O.ASKED}, _O.UNKNOWN, by={Role.SYSTEM}),
    # the gateway's last word counts, also after we had given it up
    step("finish", set(_O) - {_O.DONE}, _O.DONE, by={Role.SYSTEM}),
    step("fail", {_O.ASKED, _O.OPEN, _O.UNKNOWN}, _O.FAILED, by={Role.SYSTEM}),
    # money that was said to be back came back to us
    step("bounce", {_O.DONE}, _O.FAILED, by={Role.SYSTEM}),
)

DISPUTE = Machine(
    step("win", {DisputeState.OPEN}, DisputeState.WON, by={Role.SYSTEM}),
    step("lose", {DisputeState.OPEN}, DisputeState.LOST, by={Role.SYSTEM}),
)

DISCREPANCY = Machine(
    step(
        "clear",
        {DiscrepancyState.OPEN},
        DiscrepancyState.CLEARED,
        by={Role.MANAGER},
        needs_note=True,
    ),
)
