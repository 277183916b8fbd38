"""Codes that people type: digits of an SMS, invitations and recovery codes on paper."""

from __future__ import annotations

import secrets
import unicodedata

# no 0 O 1 I L: read aloud and typed from paper
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
GROUPS, LETTERS = 4, 4  # 79 random bits
MOST_OF_BATCH = 200  # invitations printed at once
LONGEST_LIFE = 90  # days of an invitation


def digits() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def paper_code() -> str:
    """ "7KQM-2X9C-HN4T-WPDE"."""
    return "-".join(
        "".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS)
    )


def typed(text: str) -> str:
    """A code as it is compared: half-width, capitals, without blanks and hyphens."""
    kept = unicodedata.normalize("NFKC", text).upper()
    return "".join(sign for sign in kept if sign.isalnum())


def veiled(mobile: str) -> str:
    """A mobile number as it is shown where somebody may look over a shoulder: 138****0000."""
    return f"{mobile[:3]}****{mobile[-4:]}"
