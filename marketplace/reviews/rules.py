"""Pure answers about reviews: what may be said, until when it is mended, whose name is shown."""

from __future__ import annotations

from datetime import datetime, timedelta

from marketplace.kernel.errors import Invalid

MOST_STARS = 5
LONGEST = 500
EDIT_DAYS = 30  # calendar days from writing, once; house rule


def stars(said: int | None) -> int:
    """1 to 5. Raises Invalid stars_missing."""
    if said is None or isinstance(said, bool) or not 1 <= said <= MOST_STARS:
        raise Invalid("stars_missing", field="stars")
    return said


def words(said: str) -> str:
    """At most 500 signs, perhaps none. Raises Invalid words_too_long."""
    found = said.strip()
    if len(found) > LONGEST:
        raise Invalid("words_too_long", field="words", most=LONGEST)
    return found


def note(said: str) -> str:
    """Words that are needed: an answer, a reason. Raises Invalid reason_missing."""
    found = words(said)
    if not found:
        raise Invalid("reason_missing", field="note")
    return found


def masked(name: str) -> str:
    """王小明 → 王**: recognisable to himself, to nobody else."""
    return f"{name.strip()[:1]}**"


def editable_until(written_at: datetime) -> datetime:
    return written_at + timedelta(days=EDIT_DAYS)


def mean(total: int, count: int) -> str:
    """One decimal, half up: 4.5; empty of nothing."""
    if not count:
        return ""
    tenths = (20 * total + count) // (2 * count)
    return f"{tenths // 10}.{tenths % 10}"
