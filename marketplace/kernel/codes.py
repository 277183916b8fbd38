"""Short codes that people read aloud and copy by hand: no sign looks like another."""

from __future__ import annotations

import secrets

SIGNS = "23456789ABCDEFGHJKMNPQRTUVWXY"  # without 0 O, 1 I L, S and Z


def random_code(length: int) -> str:
    """A fresh code; unique only as far as chance goes, so a table must still say `unique`."""
    return "".join(secrets.choice(SIGNS) for _ in range(length))
