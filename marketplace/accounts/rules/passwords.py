"""Passwords: their shape, their slow hashes, and secrets that need no slow hash."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from marketplace.kernel.errors import Invalid

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200  # nobody types more; hashing a megabyte would only tire the machine

# 19 MiB, two passes, one lane: OWASP's recommended least. More would let a handful of
# simultaneous sign-ins fill a small machine.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


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
