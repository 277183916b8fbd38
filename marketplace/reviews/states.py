"""The small machine of a review: shown as it was written, or hidden by an operator."""

from enum import StrEnum

from marketplace.kernel.actor import Role
from marketplace.kernel.machine import Machine, step


class ReviewState(StrEnum):
    SHOWN = "shown"
    HIDDEN = "hidden"  # counts no more, until it is restored


_OPERATORS = {Role.REVIEWER, Role.MANAGER}
_R = ReviewState

REVIEW = Machine(
    # once, in its time: the service asks
    step("edit", {_R.SHOWN}, _R.SHOWN, by={Role.EMPLOYEE}),
    step("answer", {_R.SHOWN}, _R.SHOWN, by={Role.SUPPLIER_STAFF}, needs_note=True),
    step("hide", {_R.SHOWN}, _R.HIDDEN, by=_OPERATORS, needs_note=True),
    step("restore", {_R.HIDDEN}, _R.SHOWN, by=_OPERATORS),
)
