"""The states of a purchase plan and the verbs between them."""

from enum import StrEnum

from marketplace.kernel.actor import Role
from marketplace.kernel.machine import Machine, step


class PlanState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"  # money is reserved
    APPROVED = "approved"
    RETURNED = "returned"
    ORDERED = "ordered"  # money is committed
    CANCELLED = "cancelled"


_BUYER = {Role.UNION_BUYER}
_APPROVER = {Role.UNION_APPROVER}
_P = PlanState

PLAN = Machine(
    step("submit", {_P.DRAFT, _P.RETURNED}, _P.SUBMITTED, by=_BUYER),
    step("approve", {_P.SUBMITTED}, _P.APPROVED, by=_APPROVER),
    # also after approval: goods that changed since can only be chosen again
    step(
        "return",
        {_P.SUBMITTED, _P.APPROVED},
        _P.RETURNED,
        by={Role.UNION_APPROVER},
        needs_note=True,
    ),
    step("order", {_P.APPROVED}, _P.ORDERED, by=_BUYER),
    step("cancel", {_P.DRAFT, _P.RETURNED, _P.SUBMITTED, _P.APPROVED}, _P.CANCELLED, by=_BUYER),
)
