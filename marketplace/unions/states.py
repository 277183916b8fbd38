"""Whether an account is that of a member on a union's list."""

from enum import StrEnum

from marketplace.kernel.actor import Role
from marketplace.kernel.machine import Machine, step


class MatchState(StrEnum):
    WAITING = "waiting"  # nothing but the mobile number says that it is his
    CONFIRMED = "confirmed"
    REFUSED = "refused"  # somebody else has this number now


_M = MatchState
_OFFICERS = {Role.UNION_BUYER, Role.UNION_APPROVER, Role.UNION_TREASURER}

MATCH = Machine(
    step("confirm", {_M.WAITING, _M.REFUSED}, _M.CONFIRMED, by=_OFFICERS),
    step("refuse", {_M.WAITING, _M.CONFIRMED}, _M.REFUSED, by=_OFFICERS, needs_note=True),
)
