"""Pure answers about people: logins, passwords, limits of a sign-in, which role fits where."""

from marketplace.accounts.rules.limits import (
    ABSOLUTE,
    IDLE,
    IDLE_IN_DEMO,
    MOST_TRIES,
    MOST_TRIES_OF_ADDRESS,
    SEEN_EVERY,
    TRY_WINDOW,
    minutes_to_wait,
    place_of,
)
from marketplace.accounts.rules.logins import (
    ROLES_IN,
    check_email,
    check_employee_number,
    check_mobile,
    login,
)
from marketplace.accounts.rules.passwords import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    check_password,
    digest,
    hashed,
    new_secret,
    nobodys_hash,
    opens,
)

__all__ = [
    "ABSOLUTE", "IDLE", "IDLE_IN_DEMO", "LONGEST_PASSWORD", "MOST_TRIES", "MOST_TRIES_OF_ADDRESS",
    "ROLES_IN", "SEEN_EVERY", "SHORTEST_PASSWORD", "TRY_WINDOW", "check_email",
    "check_employee_number", "check_mobile", "check_password", "digest", "hashed", "login",
    "minutes_to_wait", "new_secret", "nobodys_hash", "opens", "place_of",
]  # fmt: skip
