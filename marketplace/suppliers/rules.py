"""Pure answers about suppliers: codes, periods, what is missing, what a scan really is."""

from __future__ import annotations

import io
import tomllib
import warnings
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources

from PIL import Image

from marketplace.kernel import credit_code
from marketplace.kernel.clock import end_of_day, start_of_day
from marketplace.kernel.errors import Invalid
from marketplace.suppliers.states import PaperKind, SupplierKind

# the first two characters of the credit code that each kind of supplier may have
BEGINNINGS = {
    SupplierKind.COMPANY: ("91",),
    SupplierKind.COOPERATIVE: ("93",),
    SupplierKind.COLLECTIVE: ("N1", "N2", "N3"),
    SupplierKind.FAMILY_FARM: ("91", "92"),
    SupplierKind.HOUSEHOLD: ("92",),
}
EARLIEST, LATEST = 1950, 2200  # years of papers; 9999 is how people write long-term
MOST_PIXELS = 40_000_000
_IMAGES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that suppliers of some kinds must show, by any one of the named papers."""

    slug: str
    papers: tuple[PaperKind, ...]
    suppliers: frozenset[SupplierKind]
    source: str


def _requirements() -> tuple[Requirement, ...]:
    text = resources.files("marketplace.suppliers").joinpath("requirements.toml").read_text("utf-8")
    return tuple(
        Requirement(
            slug=row["slug"],
            papers=tuple(PaperKind(kind) for kind in row["papers"]),
            suppliers=frozenset(SupplierKind(kind) for kind in row["suppliers"]),
            source=row["source"],
        )
        for row in tomllib.loads(text)["requirement"]
    )


REQUIREMENTS = _requirements()


def check_code(code: str, kind: SupplierKind) -> None:
    """Raises Invalid when the code is malformed or belongs to another kind of supplier."""
    if fault := credit_code.fault_of(code):
        raise Invalid(f"credit_code_{fault.code}", field="credit_code", value=code)
    if code[:2] not in BEGINNINGS[kind]:
        raise Invalid("credit_code_kind", field="credit_code", value=code)


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


def required_of(kind: SupplierKind) -> tuple[Requirement, ...]:
    """What this kind of supplier must show."""
    return tuple(one for one in REQUIREMENTS if kind in one.suppliers)


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
