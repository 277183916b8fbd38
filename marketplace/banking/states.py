"""The states of a line of a bank's statement, and the verbs between them."""

from enum import StrEnum

from marketplace.kernel.actor import Role
from marketplace.kernel.machine import Machine, step


class LineState(StrEnum):
    NEW = "new"  # stored, not looked at yet
    OPEN = "open"  # waits for a person; money that came stands on a clearing account
    MATCHED = "matched"  # all of it has its place: payments, a payout, a refund
    RETURNED = "returned"  # what nobody needed has gone back
    DISMISSED = "dismissed"  # none of the marketplace's business, a manager says why


class LineCause(StrEnum):
    """What the money of a line was found to be."""

    PAYMENT = "payment"
    PAYOUT = "payout"
    REFUND = "refund"
    RETURN = "return"  # of another line


_L = LineState
_MANAGER = {Role.MANAGER}

LINE = Machine(
    step("ask", {_L.NEW}, _L.OPEN, by={Role.SYSTEM}),
    step("match", {_L.NEW, _L.OPEN}, _L.MATCHED, by={Role.SYSTEM}),
    step("put", {_L.OPEN}, _L.MATCHED, by=_MANAGER, needs_note=True),
    step("return", {_L.OPEN}, _L.RETURNED, by=_MANAGER, needs_note=True),
    step("dismiss", {_L.OPEN}, _L.DISMISSED, by=_MANAGER, needs_note=True),
)
