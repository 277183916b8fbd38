"""Kinds that the tables of accounts know."""

from __future__ import annotations

from enum import StrEnum


class CodePurpose(StrEnum):
    """What a one-time code opens; it opens nothing else."""

    SIGN_IN = "sign_in"
    RESET = "reset"  # a new password, by SMS
    RESET_LINK = "reset_link"  # a new password, by mail
    REGISTER = "register"  # an invitation, with the number it proves
