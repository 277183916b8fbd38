"""Small machines: the statement of a supplier, one payout, one run of payouts for the bank."""

from enum import StrEnum

from marketplace.kernel.actor import Role
from marketplace.kernel.machine import Machine, step


class StatementState(StrEnum):
    DRAFT = "draft"  # made from what was owed at the end of the period; the supplier waits
    ISSUED = "issued"  # the supplier is asked
    CONFIRMED = "confirmed"  # to be paid
    DISPUTED = "disputed"  # the supplier says what is wrong
    PAID = "paid"  # the money is with the supplier, or there was none to pay
    CARRIED = "carried"  # below zero: taken over by a later statement


class LineKind(StrEnum):
    ORDER = "order"  # completed: owed
    REFUND = "refund"  # went back afterwards, all of it or a part: owed no more


class PayoutState(StrEnum):
    PROPOSED = "proposed"  # made with the statement's confirmation known
    PREPARED = "prepared"  # in a run, waits for the second person
    RELEASED = "released"  # in the file for the bank
    PAID = "paid"  # the bank says so
    RETURNED = "returned"  # the bank sent it back: owed as before
    WITHDRAWN = "withdrawn"  # before it left: the account is not the one to pay to


class RunState(StrEnum):
    PREPARED = "prepared"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


class Period(StrEnum):
    """How much time one statement covers."""

    MONTH = "month"
    HALF_MONTH = "half_month"


_MANAGER = {Role.MANAGER}
_S = StatementState
_P = PayoutState
_R = RunState

STATEMENT = Machine(
    step("issue", {_S.DRAFT}, _S.ISSUED, by=_MANAGER | {Role.SYSTEM}),
    # who does not answer in time has nothing against it: the system confirms
    step(
        "confirm",
        {_S.ISSUED, _S.DISPUTED},
        _S.CONFIRMED,
        by={Role.SUPPLIER_STAFF, Role.SYSTEM},
    ),
    step("dispute", {_S.ISSUED}, _S.DISPUTED, by={Role.SUPPLIER_STAFF}, needs_note=True),
    step("answer", {_S.DISPUTED}, _S.ISSUED, by=_MANAGER, needs_note=True),
    step("pay", {_S.CONFIRMED}, _S.PAID, by={Role.SYSTEM}),
    step("reopen", {_S.PAID}, _S.CONFIRMED, by={Role.SYSTEM}),  # its payout came back
    step("carry", {_S.CONFIRMED}, _S.CARRIED, by={Role.SYSTEM}),
)

PAYOUT = Machine(
    step("prepare", {_P.PROPOSED}, _P.PREPARED, by=_MANAGER),
    step("put_back", {_P.PREPARED}, _P.PROPOSED, by=_MANAGER),
    step("release", {_P.PREPARED}, _P.RELEASED, by=_MANAGER),
    step("pay", {_P.RELEASED}, _P.PAID, by=_MANAGER | {Role.SYSTEM}),
    step(
        "return", {_P.RELEASED}, _P.RETURNED, by=_MANAGER | {Role.SYSTEM}, needs_note=True
    ),  # the system: as a statement of the bank says
    # it had been paid, and days later it is back: only a statement of the bank says that
    step("bounce", {_P.PAID}, _P.RETURNED, by={Role.SYSTEM}),
    step("withdraw", {_P.PROPOSED, _P.PREPARED}, _P.WITHDRAWN, by={Role.SYSTEM}),
)

RUN = Machine(
    step("release", {_R.PREPARED}, _R.RELEASED, by=_MANAGER),
    step("withdraw", {_R.PREPARED}, _R.WITHDRAWN, by=_MANAGER),
)
