"""Pure answers about people: logins, passwords, codes, limits, which role fits where."""

from marketplace.accounts.rules.browsers import browser_of
from marketplace.accounts.rules.codes import (
    LONGEST_LIFE,
    MOST_OF_BATCH,
    digits,
    paper_code,
    typed,
    veiled,
)
from marketplace.accounts.rules.limits import (
    ABSOLUTE,
    CODE_HERE,
    CODE_LASTS,
    CODE_NUMBER,
    CODE_PLACE,
    CODE_TOTAL,
    CODE_TRIES,
    GUESS_PLACE,
    GUESS_TOTAL,
    HALF_LASTS,
    IDLE,
    IDLE_IN_DEMO,
    INVITATION_PLACE,
    KNOWN_FOR,
    LINK_LASTS,
    LONGEST_WINDOW,
    SECOND_ACCOUNT,
    SECOND_HERE,
    SEEN_EVERY,
    SIGN_IN_ACCOUNT,
    SIGN_IN_HERE,
    SIGN_IN_PLACE,
    SIGN_IN_TOTAL,
    STAFF,
    Limit,
    absolute_limit,
    idle_limit,
    minutes_to_wait,
    needs_second,
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
    LANES,
    LONGEST_PASSWORD,
    MEMORY,
    PASSES,
    SHORTEST_PASSWORD,
    check_password,
    digest,
    hashed,
    is_weak,
    new_secret,
    nobodys_hash,
    opens,
)
from marketplace.accounts.rules.trees import path_below

__all__ = [
    "ABSOLUTE", "CODE_HERE", "CODE_LASTS", "CODE_NUMBER", "CODE_PLACE", "CODE_TOTAL",
    "CODE_TRIES", "GUESS_PLACE", "GUESS_TOTAL", "HALF_LASTS", "IDLE", "IDLE_IN_DEMO",
    "INVITATION_PLACE", "KNOWN_FOR", "LANES",
    "LINK_LASTS", "LONGEST_LIFE", "LONGEST_PASSWORD", "LONGEST_WINDOW", "MEMORY", "MOST_OF_BATCH",
    "PASSES", "ROLES_IN", "SECOND_ACCOUNT", "SECOND_HERE", "SEEN_EVERY", "SHORTEST_PASSWORD",
    "SIGN_IN_ACCOUNT", "SIGN_IN_HERE", "SIGN_IN_PLACE", "SIGN_IN_TOTAL", "STAFF", "Limit",
    "absolute_limit", "browser_of", "check_email", "check_employee_number", "check_mobile",
    "check_password", "digest", "digits", "hashed", "idle_limit", "is_weak", "login",
    "minutes_to_wait", "needs_second", "new_secret", "nobodys_hash", "opens", "paper_code",
    "path_below",
    "place_of", "typed", "veiled",
]  # fmt: skip
