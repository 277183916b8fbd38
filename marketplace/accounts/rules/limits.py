"""How long a sign-in lasts, and how often something may be tried from where."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta

# A forgotten browser in an office closes itself; nobody is asked twice in one working day.
IDLE = timedelta(minutes=30)
IDLE_IN_DEMO = timedelta(hours=2)  # whoever looks around is not thrown out over lunch
ABSOLUTE = timedelta(hours=12)  # even a busy, or stolen, sign-in ends with the day
SEEN_EVERY = timedelta(minutes=1)  # `seen_at` is no finer: reading a page seldom writes

# A guesser gets ten passwords per account from one place; the owner elsewhere notices nothing.
TRY_WINDOW = timedelta(minutes=10)
MOST_TRIES = 10
# One place may not try many accounts with one password; a whole office behind one address may
# mistype for ten minutes without meeting this.
MOST_TRIES_OF_ADDRESS = 100


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


def minutes_to_wait(oldest: datetime, at: datetime) -> int:
    """Whole minutes, at least one, until the oldest counted try is forgotten."""
    return max(1, -(-int((oldest + TRY_WINDOW - at).total_seconds()) // 60))
