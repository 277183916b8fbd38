"""Small machines: what is to be invoiced, and one invoice that came in."""

from enum import StrEnum

from marketplace.kernel.actor import Role
from marketplace.kernel.machine import Machine, step


class RequestState(StrEnum):
    REQUESTED = "requested"  # the supplier is asked for what is not invoiced yet
    ISSUED = "issued"  # invoiced to the fen
    DELIVERED = "delivered"  # the buyer has it
    RED_DUE = "red_due"  # more is invoiced than was paid and not given back
    RED_LETTERED = "red_lettered"  # invoiced to the fen, red invoices counted
    WITHDRAWN = "withdrawn"  # nothing is to be invoiced any more


class InvoiceKind(StrEnum):
    BLUE = "blue"
    RED = "red"  # takes back the whole or a part of a blue one, which it names


class InvoiceState(StrEnum):
    WAITING = "waiting"  # issued on behalf: a manager looks at it
    COUNTED = "counted"
    REFUSED = "refused"


class FileKind(StrEnum):
    XML = "xml"  # read
    OFD = "ofd"  # kept, its data are typed
    PDF = "pdf"  # the same


class Difference(StrEnum):
    """Where order, acceptance and invoice do not agree."""

    NOT_ASKED = "not_asked"  # paid, and nobody asked for an invoice
    TO_ISSUE = "to_issue"  # less is invoiced than was paid
    RED_DUE = "red_due"  # more is
    LATE = "late"  # the supplier's time ran out
    WAITS = "waits"  # an invoice waits for a manager
    NOT_ACCEPTED = "not_accepted"  # invoiced, and the goods are not accepted
    TAX_RATE = "tax_rate"  # another rate than the goods were listed with


_R = RequestState
_I = InvoiceState
_SYSTEM = {Role.SYSTEM}
_BUYER = {Role.EMPLOYEE, Role.UNION_BUYER, Role.UNION_TREASURER}
_LIVE = {_R.REQUESTED, _R.ISSUED, _R.DELIVERED, _R.RED_DUE, _R.RED_LETTERED}

# the sums decide: the system moves a request whenever something was paid, given back or invoiced
REQUEST = Machine(
    step("issue", _LIVE - {_R.ISSUED, _R.DELIVERED}, _R.ISSUED, by=_SYSTEM),
    step("deliver", {_R.ISSUED, _R.RED_LETTERED}, _R.DELIVERED, by=_BUYER),
    step("owe_red", _LIVE - {_R.RED_DUE}, _R.RED_DUE, by=_SYSTEM),
    step("red_letter", _LIVE - {_R.RED_LETTERED}, _R.RED_LETTERED, by=_SYSTEM),
    step("reopen", _LIVE - {_R.REQUESTED}, _R.REQUESTED, by=_SYSTEM),
    step("withdraw", {_R.REQUESTED}, _R.WITHDRAWN, by=_BUYER | _SYSTEM),
)

INVOICE = Machine(
    step("accept", {_I.WAITING}, _I.COUNTED, by={Role.MANAGER}),
    step("refuse", {_I.WAITING}, _I.REFUSED, by={Role.MANAGER}, needs_note=True),
)
