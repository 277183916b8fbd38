"""The verbs of accounts: people and roles, sign-ins, and the counting of tries."""

from marketplace.accounts.queries import BadSignIn
from marketplace.accounts.service.counting import TooManyTries, count_try, forgive
from marketplace.accounts.service.people import (
    add_organisation,
    add_person,
    grant,
    leave,
    revoke,
)
from marketplace.accounts.service.signing_in import admit, keep_awake, sign_in, sign_out

__all__ = [
    "BadSignIn",
    "TooManyTries",
    "add_organisation",
    "add_person",
    "admit",
    "count_try",
    "forgive",
    "grant",
    "keep_awake",
    "leave",
    "revoke",
    "sign_in",
    "sign_out",
]
