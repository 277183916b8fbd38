"""The states of a listing, a stock reservation and an import, and the verbs between them."""

from enum import StrEnum

from marketplace.kernel.actor import Role
from marketplace.kernel.machine import Machine, step


class ListingState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ON_SALE = "on_sale"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class ReservationState(StrEnum):
    HELD = "held"
    SOLD = "sold"
    RELEASED = "released"


class ImportState(StrEnum):
    ASKED = "asked"  # read as GB18030: a person looks at some words before anything is written
    WRITING = "writing"
    DONE = "done"
    STOPPED = "stopped"  # by its supplier; what was written before stays


_STAFF = {Role.SUPPLIER_STAFF}
_REVIEWER = {Role.REVIEWER}
_L = ListingState

LISTING = Machine(
    step("submit", {_L.DRAFT, _L.RETURNED}, _L.SUBMITTED, by=_STAFF),
    step("approve", {_L.SUBMITTED}, _L.ON_SALE, by=_REVIEWER),
    step("return", {_L.SUBMITTED}, _L.RETURNED, by=_REVIEWER, needs_note=True),
    # changed words or prices are looked at again before they are shown
    # (the system: an import by the operator's command line)
    step("revise", set(_L), _L.DRAFT, by=_STAFF | {Role.SYSTEM}),
    step("withdraw", {_L.ON_SALE, _L.SUBMITTED}, _L.WITHDRAWN, by=_STAFF | _REVIEWER),
)

_I = ImportState

IMPORT = Machine(
    step("confirm", {_I.ASKED}, _I.WRITING, by=_STAFF | {Role.SYSTEM}),
    step("finish", {_I.WRITING}, _I.DONE, by=_STAFF | {Role.SYSTEM}),
    step("stop", {_I.ASKED, _I.WRITING}, _I.STOPPED, by=_STAFF | {Role.SYSTEM}),
)
