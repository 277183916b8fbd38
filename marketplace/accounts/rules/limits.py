"""How long a sign-in lasts, and how often something may be tried from where."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from marketplace.kernel.actor import Role

# A forgotten browser in an office closes itself; nobody is asked twice in one working day.
IDLE = timedelta(minutes=30)
IDLE_OF_STAFF = timedelta(minutes=15)
IDLE_IN_DEMO = timedelta(hours=2)  # whoever looks around is not thrown out over lunch
ABSOLUTE = timedelta(hours=12)  # even a busy, or stolen, sign-in ends with the day
ABSOLUTE_OF_STAFF = timedelta(hours=8)
SEEN_EVERY = timedelta(minutes=1)  # `seen_at` is no finer: reading a page seldom writes
HALF_LASTS = timedelta(minutes=10)  # between the password and the second factor
KNOWN_FOR = timedelta(days=90)  # a place where somebody signed in stays theirs so long

# whose rights reach over others' goods or money: a password alone does not open them
STAFF = frozenset(
    {Role.REVIEWER, Role.MANAGER, Role.AUDITOR, Role.UNION_TREASURER, Role.UNION_APPROVER}
)

CODE_LASTS = timedelta(minutes=5)
LINK_LASTS = timedelta(minutes=30)
CODE_TRIES = 5  # wrong digits of one code


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so often within a window that begins with the first try."""

    name: str
    most: int
    window: timedelta


_SOON, _HOUR, _DAY = timedelta(minutes=10), timedelta(hours=1), timedelta(days=1)

# A guesser gets ten passwords per account from one place; the owner elsewhere notices nothing.
SIGN_IN_HERE = Limit("sign_in_here", 10, _SOON)
# One place may not try many accounts with one password; a whole office behind one address may
# mistype for ten minutes without meeting this.
SIGN_IN_PLACE = Limit("sign_in_place", 100, _SOON)
# From many places at once. Where the owner has signed in before, the right password opens in spite
# of these two, so they keep nobody out of their own office; and a code by SMS opens everywhere.
SIGN_IN_ACCOUNT = Limit("sign_in_account", 50, _SOON)
SIGN_IN_TOTAL = Limit("sign_in_total", 3000, _SOON)

# Messages cost money and annoy. Each place has a count for each number; all places where the owner
# has not signed in before share one more for the number, and one in total, without being told.
CODE_HERE = Limit("code_here", 5, _HOUR)
CODE_PLACE = Limit("code_place", 200, _HOUR)
CODE_NUMBER = Limit("code_number", 5, _HOUR)
CODE_TOTAL = Limit("code_total", 3000, _HOUR)
# Six digits are not many: from the second try of a code on, its tries count for the place and in
# total. The first is never refused, so that nobody can take it from whoever holds the message.
GUESS_PLACE = Limit("guess_place", 100, _HOUR)
GUESS_TOTAL = Limit("guess_total", 1000, _HOUR)
SECOND_HERE = Limit("second_here", 6, _SOON)
SECOND_ACCOUNT = Limit("second_account", 30, _DAY)
INVITATION_PLACE = Limit("invitation_place", 30, _HOUR)
LONGEST_WINDOW = _DAY


def needs_second(roles: frozenset[Role]) -> bool:
    """Whether these roles ask for a second factor."""
    return bool(roles & STAFF)


def idle_limit(roles: frozenset[Role], *, demo: bool) -> timedelta:
    """How long a sign-in with these roles may be unused."""
    if demo:
        return IDLE_IN_DEMO
    return IDLE_OF_STAFF if needs_second(roles) else IDLE


def absolute_limit(roles: frozenset[Role], *, demo: bool) -> timedelta:
    """How long it lasts however busy it is."""
    return ABSOLUTE_OF_STAFF if needs_second(roles) and not demo else ABSOLUTE


def place_of(address: str) -> str:
    """Where a try comes from: the IPv4 address, or the /64 network that one IPv6 customer holds."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def minutes_to_wait(since: datetime, limit: Limit, at: datetime) -> int:
    """Whole minutes, at least one, until the window is over."""
    return max(1, -(-int((since + limit.window - at).total_seconds()) // 60))
