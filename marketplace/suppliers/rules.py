"""Pure answers about suppliers: codes, periods, what is missing, what a scan really is."""

from __future__ import annotations

import io
import tomllib
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources

from PIL import Image

from marketplace.kernel import credit_code
from marketplace.kernel.clock import end_of_day, start_of_day
from marketplace.kernel.errors import Invalid
from marketplace.suppliers.models import Paper, PaperKind, SupplierKind
from marketplace.suppliers.states import PaperState

# the first two characters of the credit code that each kind of supplier may have
BEGINNINGS = {
    SupplierKind.COMPANY: ("91",),
    SupplierKind.COOPERATIVE: ("93",),
    SupplierKind.COLLECTIVE: ("N1", "N2", "N3"),
    SupplierKind.FAMILY_FARM: ("91", "92"),
    SupplierKind.HOUSEHOLD: ("92",),
}
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


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One line of the checklist; `paper` is the one that meets it now, if any."""

    requirement: Requirement
    paper: Paper | None
    candidate: Paper | None  # handed in and good by its dates, but not yet accepted


def check_code(code: str, kind: SupplierKind) -> None:
    """Raises Invalid when the code is malformed or belongs to another kind of supplier."""
    if fault := credit_code.fault_of(code):
        raise Invalid(f"credit_code_{fault.code}", field="credit_code", value=code)
    if code[:2] not in BEGINNINGS[kind]:
        raise Invalid("credit_code_kind", field="credit_code", value=code)


def period(valid_from: date, valid_until: date | None) -> tuple[datetime, datetime | None]:
    """From the first instant of the first day to the end (exclusive) of the last, in Shanghai."""
    if valid_until is not None and valid_until < valid_from:
        raise Invalid("paper_period", field="valid_until", value=valid_until.isoformat())
    return start_of_day(valid_from), end_of_day(valid_until) if valid_until else None


def in_force(paper: Paper, at: datetime) -> bool:
    """By its dates alone; acceptance is another question."""
    return paper.starts_at <= at and (paper.ends_at is None or at < paper.ends_at)


def checklist(
    kind: SupplierKind, papers: Iterable[Paper], at: datetime
) -> tuple[CheckItem, ...]:
    """What this kind of supplier must show, and what it shows at that instant."""
    valid = [paper for paper in papers if in_force(paper, at)]
    items = []
    for requirement in REQUIREMENTS:
        if kind not in requirement.suppliers:
            continue
        fitting = [paper for paper in valid if paper.kind in requirement.papers]
        accepted = [paper for paper in fitting if paper.state is PaperState.ACCEPTED]
        pending = [paper for paper in fitting if paper.state is PaperState.PENDING]
        items.append(CheckItem(requirement, _longest(accepted), _longest(pending)))
    return tuple(items)


def _longest(papers: list[Paper]) -> Paper | None:
    """The one that ends last; long-term papers never end."""
    return max(papers, key=lambda p: (p.ends_at is None, p.ends_at), default=None)


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
