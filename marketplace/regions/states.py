"""Where a version of a list comes from, whether it counts, and the verbs between its states."""

from enum import StrEnum

from marketplace.kernel.actor import Role
from marketplace.kernel.machine import Machine, step


class VersionOrigin(StrEnum):
    PACKAGED = "packaged"  # came with this software
    FILE = "file"  # an operator's sheet
    FORM = "form"  # typed into a page


class VersionState(StrEnum):
    """Whether it is in force at an instant is computed from its dates, never a state."""

    PROPOSED = "proposed"  # its difference is shown; it counts for nothing yet
    CONFIRMED = "confirmed"  # counts from `starts_at` until the next one starts; kept for ever
    DISCARDED = "discarded"


class Standing(StrEnum):
    """What a list says about a county: also that nobody here can know."""

    ON = "on"
    NOT_ON = "not_on"
    UNKNOWN = "unknown"


_OPERATOR = {Role.MANAGER, Role.SYSTEM}
_V = VersionState

VERSION = Machine(
    step("confirm", {_V.PROPOSED}, _V.CONFIRMED, by=_OPERATOR),
    step("discard", {_V.PROPOSED}, _V.DISCARDED, by=_OPERATOR),
)
