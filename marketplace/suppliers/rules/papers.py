"""Periods of papers, and what a scan really is."""

from __future__ import annotations

import io
import warnings
from datetime import date, datetime

from PIL import Image

from marketplace.kernel.clock import end_of_day, start_of_day
from marketplace.kernel.errors import Invalid

EARLIEST, LATEST = 1950, 2200  # years of papers; 9999 is how people write long-term
MOST_PIXELS = 40_000_000


_IMAGES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


def period(valid_from: date, valid_until: date | None) -> tuple[datetime, datetime | None]:
    """From the first instant of the first day to the end (exclusive) of the last, in Shanghai."""
    for field, day in (("valid_from", valid_from), ("valid_until", valid_until)):
        if day is not None and not EARLIEST <= day.year <= LATEST:
            raise Invalid("paper_year", field=field, value=day.isoformat())
    if valid_until is not None and valid_until < valid_from:
        raise Invalid("paper_period", field="valid_until", value=valid_until.isoformat())
    return start_of_day(valid_from), end_of_day(valid_until) if valid_until else None


def in_force(starts_at: datetime, ends_at: datetime | None, at: datetime) -> bool:
    """Whether the period holds at that instant; the end is exclusive."""
    return starts_at <= at and (ends_at is None or at < ends_at)


def scan_type(data: bytes) -> str:
    """The media type of a scan: JPEG, PNG, WebP or PDF, by its content, not by its name.

    Only the header of a picture is read here. Raises Invalid.
    """
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=tuple(_IMAGES)) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise Invalid("scan_too_many_pixels", field="scan")
                return _IMAGES[str(image.format)]
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as fault:
        raise Invalid("scan_unreadable", field="scan") from fault
