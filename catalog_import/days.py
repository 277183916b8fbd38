"""Cells that are days or years: written as people and spreadsheets write them, never guessed."""

import re
from datetime import date

from catalog_import.refusal import halfwidth, refuse

DAY = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-|/([0-9]{1,2})/|\.([0-9]{1,2})\.|年([0-9]{1,2})月)([0-9]{1,2})日?"
)
COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
MIDNIGHT = re.compile(r"[ T]00:00(:00)?$")  # what a spreadsheet adds to a day
FIRST, LAST = 1949, 2100


def day(value: str) -> date:
    """2026-11-23, 2026/11/23, 2026.11.23, 2026年11月23日 or 20261123; the year always first."""
    said = MIDNIGHT.sub("", halfwidth(value))
    found = DAY.fullmatch(said) or COMPACT.fullmatch(said)
    parts = [int(part) for part in found.groups() if part] if found else []
    try:
        read = date(*parts)
    except (TypeError, ValueError):
        raise refuse("day_unclear") from None
    if not FIRST <= read.year <= LAST:
        raise refuse("day_unclear")
    return read


def iso_day(value: str) -> str:
    """The same as text: 2026-11-23."""
    return day(value).isoformat()


def year(value: str) -> int:
    """2020, also as 2020年."""
    said = halfwidth(value).removesuffix("年")
    if not re.fullmatch(r"[0-9]{4}", said) or not FIRST <= int(said) <= LAST:
        raise refuse("year_unclear")
    return int(said)
