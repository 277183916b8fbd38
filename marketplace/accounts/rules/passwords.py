"""Passwords: their shape, their slow hashes, and secrets that need no slow hash."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from marketplace.accounts.rules.guessing import guessable
from marketplace.kernel.errors import Invalid

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200  # nobody types more; hashing a megabyte would only tire the machine

# 19 MiB, two passes, one lane: OWASP's recommended least. More would let a handful of
# simultaneous sign-ins fill a small machine.
MEMORY, PASSES, LANES = 19 * 1024, 2, 1
_HASHER = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY, parallelism=LANES)


def check_password(password: str, *about: str) -> str:
    """`about`: what is known of the person. Raises Invalid; it never carries the password."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid("password_length", field="password", least=SHORTEST_PASSWORD)
    if guessable(password, *about):
        raise Invalid("password_common", field="password")
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


def is_weak(password_hash: str) -> bool:
    """Whether the hash was made with less than we ask for today; it is replaced at sign-in."""
    try:
        made = extract_parameters(password_hash)
    except InvalidHashError:
        return True
    return made.memory_cost < MEMORY or made.time_cost < PASSES


def new_secret() -> str:
    """256 random bits for a cookie."""
    return secrets.token_urlsafe(32)


def digest(text: str) -> str:
    """What is kept of a secret, or of a login that somebody tried: 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
