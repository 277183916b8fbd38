"""The states of a grant of credit and of a batch of vouchers, and the verbs between them."""

from enum import StrEnum

from marketplace.kernel.actor import Role
from marketplace.kernel.machine import Machine, step


class GrantState(StrEnum):
    PROPOSED = "proposed"  # the money is reserved in the budget
    APPROVED = "approved"  # it is committed, and the union's transfer is awaited
    ACTIVE = "active"  # the money is here: members may spend it while it is valid
    ENDED = "ended"  # its time is over, what was left went back to the union
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class VoucherState(StrEnum):
    DRAFT = "draft"  # its codes are not made yet
    OPEN = "open"  # its codes were handed out, once
    STOPPED = "stopped"  # none of them counts any more


class Funder(StrEnum):
    """Who pays what a voucher takes off the price; suppliers always get theirs in full."""

    MARKETPLACE = "marketplace"


class LimitOf(StrEnum):
    """Whose uses of a batch are counted."""

    PERSON = "person"
    UNION = "union"


_G = GrantState
_B = VoucherState

GRANT = Machine(
    step("approve", {_G.PROPOSED}, _G.APPROVED, by={Role.UNION_APPROVER}),
    step("refuse", {_G.PROPOSED}, _G.REFUSED, by={Role.UNION_APPROVER}, needs_note=True),
    # while no money has come
    step("withdraw", {_G.PROPOSED, _G.APPROVED}, _G.WITHDRAWN, by={Role.UNION_BUYER}),
    step("fund", {_G.APPROVED}, _G.ACTIVE, by={Role.MANAGER, Role.SYSTEM}),
    step("end", {_G.ACTIVE}, _G.ENDED, by={Role.SYSTEM}),
)

VOUCHERS = Machine(
    step("issue", {_B.DRAFT}, _B.OPEN, by={Role.MANAGER}),
    step("stop", {_B.DRAFT, _B.OPEN}, _B.STOPPED, by={Role.MANAGER}, needs_note=True),
)
