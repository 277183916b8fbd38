"""What suppliers must show, as data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources

from marketplace.suppliers.states import PaperKind, SupplierKind


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


def required_of(kind: SupplierKind) -> tuple[Requirement, ...]:
    """What this kind of supplier must show."""
    return tuple(one for one in REQUIREMENTS if kind in one.suppliers)
