"""The states of a listing, an edit of it, a stock reservation and an import, and their verbs."""

from __future__ import annotations

from enum import StrEnum

from marketplace.kernel.actor import Role
from marketplace.kernel.machine import Machine, step


class ListingState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ON_SALE = "on_sale"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class ChangeState(StrEnum):
    PROPOSED = "proposed"  # the listing stands as it was until somebody has looked
    APPROVED = "approved"  # by a person, or by a rule at once
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # by its supplier
    SUPERSEDED = "superseded"  # by a newer proposal, or the listing left the zone


class ClockStep(StrEnum):
    """What happens to a listing meanwhile; whose desk it lies on follows from it."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    CHANGE = "change"  # an edit of what is on sale waits

    @property
    def desk(self) -> Desk:
        return Desk.SUPPLIER if self in (ClockStep.DRAFT, ClockStep.RETURNED) else Desk.REVIEWER


class Desk(StrEnum):
    SUPPLIER = "supplier"
    REVIEWER = "reviewer"


class ReservationState(StrEnum):
    HELD = "held"
    SOLD = "sold"
    RELEASED = "released"


class ImportState(StrEnum):
    COLUMNS = "columns"  # a person says what its columns are
    ASKED = "asked"  # looked at: a person sees what it would do before anything is written
    WAITING = "waiting"  # confirmed, behind another sheet of the same supplier
    WRITING = "writing"
    DONE = "done"
    STOPPED = "stopped"  # by its supplier; what was written before stays
    UNDONE = "undone"


class AbsentGoods(StrEnum):
    """What becomes of the supplier's goods that a sheet does not name."""

    LEAVE = "leave"
    WITHDRAW = "withdraw"
    EMPTY = "empty"  # no pieces left to buy


class BatchState(StrEnum):
    OPEN = "open"  # may be chosen when goods leave
    CLOSED = "closed"  # used up, or not offered for now
    RECALLED = "recalled"  # nothing of it leaves any more; for good


_STAFF = {Role.SUPPLIER_STAFF}
_REVIEWER = {Role.REVIEWER}
_L = ListingState

LISTING = Machine(
    step("submit", {_L.DRAFT, _L.RETURNED}, _L.SUBMITTED, by=_STAFF),
    step("approve", {_L.SUBMITTED}, _L.ON_SALE, by=_REVIEWER),
    step("return", {_L.SUBMITTED}, _L.RETURNED, by=_REVIEWER, needs_note=True),
    # (the system: an import by the operator's command line)
    step("revise", set(_L) - {_L.ON_SALE}, _L.DRAFT, by=_STAFF | {Role.SYSTEM}),
    # what is on sale changes only by a change-set, as a whole
    step("edit", {_L.ON_SALE}, _L.ON_SALE, by=_STAFF | _REVIEWER | {Role.SYSTEM}),
    step(
        "withdraw",
        {_L.ON_SALE, _L.SUBMITTED},
        _L.WITHDRAWN,
        by=_STAFF | _REVIEWER | {Role.SYSTEM},
    ),
)

_C = ChangeState

CHANGE = Machine(
    step("approve", {_C.PROPOSED}, _C.APPROVED, by=_REVIEWER),
    step("refuse", {_C.PROPOSED}, _C.REFUSED, by=_REVIEWER, needs_note=True),
    step("withdraw", {_C.PROPOSED}, _C.WITHDRAWN, by=_STAFF),
    step("supersede", {_C.PROPOSED}, _C.SUPERSEDED, by=_STAFF | _REVIEWER | {Role.SYSTEM}),
)

_I = ImportState

IMPORT = Machine(
    step("confirm", {_I.ASKED}, _I.WAITING, by=_STAFF | {Role.SYSTEM}),
    step("begin", {_I.WAITING}, _I.WRITING, by=_STAFF | {Role.SYSTEM}),
    step("finish", {_I.WRITING}, _I.DONE, by=_STAFF | {Role.SYSTEM}),
    step(
        "stop",
        {_I.COLUMNS, _I.ASKED, _I.WAITING, _I.WRITING},
        _I.STOPPED,
        by=_STAFF | {Role.SYSTEM},
    ),
    step("undo", {_I.DONE, _I.STOPPED}, _I.UNDONE, by=_STAFF),
)

_B = BatchState

BATCH = Machine(
    step("close", {_B.OPEN}, _B.CLOSED, by=_STAFF),
    step("reopen", {_B.CLOSED}, _B.OPEN, by=_STAFF),
    step("recall", {_B.OPEN, _B.CLOSED}, _B.RECALLED, by=_STAFF | _REVIEWER, needs_note=True),
)
