"""Kinds and states that the tables of accounts know, and the verbs between the states."""

from __future__ import annotations

from enum import StrEnum

from marketplace.kernel.actor import Role
from marketplace.kernel.machine import Machine, step


class CodePurpose(StrEnum):
    """What a one-time code opens; it opens nothing else."""

    SIGN_IN = "sign_in"
    RESET = "reset"  # a new password, by SMS
    RESET_LINK = "reset_link"  # a new password, by mail
    REGISTER = "register"  # an invitation, with the number it proves


class RosterState(StrEnum):
    PROPOSED = "proposed"  # what it changes is shown; nothing is changed yet
    APPLIED = "applied"
    DISCARDED = "discarded"


_KEEPERS = {Role.MANAGER, Role.SYSTEM}

ROSTER = Machine(
    step("apply", {RosterState.PROPOSED}, RosterState.APPLIED, by=_KEEPERS),
    step("drop", {RosterState.PROPOSED}, RosterState.DISCARDED, by=_KEEPERS),
)
