"""Pure answers about people: logins, passwords, limits of a sign-in, which role fits where."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import secrets
import unicodedata
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from marketplace.kernel.actor import Role
from marketplace.kernel.errors import Invalid

MOBILE = re.compile(r"1[3-9][0-9]{9}")
EMPLOYEE_NUMBER = re.compile(r"[A-Za-z0-9-]{2,40}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200  # nobody types more; hashing a megabyte would only tire the machine

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

# 19 MiB, two passes, one lane: OWASP's recommended least. More would let a handful of
# simultaneous sign-ins fill a small machine.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

_UNION = frozenset({Role.UNION_BUYER, Role.UNION_APPROVER, Role.UNION_TREASURER})
# kind of organisation → roles that mean something there
ROLES_IN = {
    "group": frozenset({Role.EMPLOYEE, Role.AUDITOR}),
    "union": _UNION | {Role.EMPLOYEE, Role.AUDITOR},
    "supplier": frozenset({Role.SUPPLIER_STAFF}),
    "operator": frozenset({Role.EMPLOYEE, Role.REVIEWER, Role.AUDITOR, Role.MANAGER}),
}


def login(text: str) -> str:
    """A mobile or employee number as it is kept: half-width, no blanks, capitals."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def check_mobile(mobile: str) -> str:
    """As it is kept. Raises Invalid."""
    kept = login(mobile)
    if not MOBILE.fullmatch(kept):
        raise Invalid("mobile", field="mobile", value=mobile)
    return kept


def check_employee_number(number: str) -> str:
    """As it is kept; never one that could be taken for a mobile number. Raises Invalid."""
    kept = login(number)
    if not EMPLOYEE_NUMBER.fullmatch(kept) or MOBILE.fullmatch(kept):
        raise Invalid("employee_number", field="employee_number", value=number)
    return kept


def check_email(email: str) -> str:
    """Only the shape; whether mail arrives, mail shows. Raises Invalid."""
    kept = email.strip()
    if len(kept) > 200 or not EMAIL.fullmatch(kept):
        raise Invalid("email", field="email", value=email)
    return kept


def check_password(password: str) -> str:
    """Raises Invalid; the error never carries the password."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid("password_length", field="password", least=SHORTEST_PASSWORD)
    return password


def hashed(password: str) -> str:
    """argon2id, with its salt and costs."""
    return _HASHER.hash(password)


@cache
def nobodys_hash() -> str:
    """A hash that no password opens: an unknown login takes as long as a known one."""
    return hashed(secrets.token_urlsafe(32))


def opens(password_hash: str, password: str) -> bool:
    """Whether it is the password; takes tens of milliseconds on purpose."""
    if len(password) > LONGEST_PASSWORD:
        password = ""  # cannot be right, yet takes as long as any other
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def new_secret() -> str:
    """256 random bits for a cookie."""
    return secrets.token_urlsafe(32)


def digest(text: str) -> str:
    """What is kept of a secret, or of a login that somebody tried: 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


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
