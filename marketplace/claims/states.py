"""The small machine of a claim: asked, answered, perhaps decided by a third, each in its time."""

from enum import StrEnum

from marketplace.kernel.actor import Role
from marketplace.kernel.machine import Machine, step


class ClaimKind(StrEnum):
    QUALITY = "quality"  # the goods are not as they were sold: money back, the goods stay
    RECALL = "recall"  # the batch was recalled after it was received: its price back
    UNSENT = "unsent"  # a part has left, the rest has not: its price back, and it will not be sent
    RETURN = "return"  # a person changed his mind within seven days: the goods go back


class ClaimState(StrEnum):
    OPEN = "open"  # the supplier is asked; silence counts as a yes
    OFFERED = "offered"  # he offers less, or nothing; silence of the buyer counts as a yes to it
    DISPUTED = "disputed"  # the operator decides
    AGREED = "agreed"  # the goods are to be sent back
    SENT = "sent"  # they are on their way; silence of the supplier counts as their receipt
    GRANTED = "granted"  # the money goes back
    CLOSED = "closed"  # nothing goes back by this claim


_BUYER = {Role.EMPLOYEE, Role.UNION_BUYER}
_STAFF = {Role.SUPPLIER_STAFF}
_S = ClaimState

CLAIM = Machine(
    step("grant", {_S.OPEN}, _S.GRANTED, by=_STAFF | {Role.SYSTEM}),
    step("offer", {_S.OPEN, _S.SENT}, _S.OFFERED, by=_STAFF, needs_note=True),
    step("accept", {_S.OFFERED}, _S.GRANTED, by=_BUYER | {Role.SYSTEM}),
    step("dispute", {_S.OFFERED}, _S.DISPUTED, by=_BUYER, needs_note=True),
    # whoever looks after the money decides, never one of the two
    step("award", {_S.DISPUTED}, _S.GRANTED, by={Role.MANAGER}, needs_note=True),
    step("dismiss", {_S.DISPUTED}, _S.CLOSED, by={Role.MANAGER}, needs_note=True),
    step("send", {_S.AGREED}, _S.SENT, by={Role.EMPLOYEE}),
    step("confirm", {_S.SENT}, _S.GRANTED, by=_STAFF | {Role.SYSTEM}),
    step("withdraw", {_S.OPEN, _S.OFFERED, _S.AGREED, _S.DISPUTED}, _S.CLOSED, by=_BUYER),
    # an offer of nothing that nobody answered, goods that nobody sent back
    step("close", {_S.OFFERED, _S.AGREED}, _S.CLOSED, by={Role.SYSTEM}),
    # the order was undone as a whole meanwhile
    step(
        "drop",
        {_S.OPEN, _S.OFFERED, _S.DISPUTED, _S.AGREED, _S.SENT},
        _S.CLOSED,
        by={Role.SYSTEM},
    ),
)
ENDED = frozenset({_S.GRANTED, _S.CLOSED})
