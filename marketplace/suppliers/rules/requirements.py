"""What suppliers must show, as data: one file per scheme under `schemes/`."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import Any, TypeVar

from marketplace.kernel.clock import start_of_day
from marketplace.suppliers.rules.declaring import FORMS
from marketplace.suppliers.rules.spans import DAWN, Span
from marketplace.suppliers.states import Maker, Packaging, PaperKind, Processing, SupplierKind

E = TypeVar("E", bound=StrEnum)

GROWERS = "growers"  # a trading firm names somebody for whom it sells
FACTS = frozenset({GROWERS})  # what is computed of a supplier, see queries.showing
WHOLE = ""  # the key of what is asked of a supplier whatever it sells


class Family(StrEnum):
    """How a requirement is met."""

    PAPER = "paper"
    DECLARATION = "declaration"
    FACT = "fact"
    RECOMMENDATION = "recommendation"  # a paper by which a county speaks for a supplier


@dataclass(frozen=True, slots=True)
class Make:
    """What decides which papers a good needs. `claims` are the words on it that need a proof."""

    category: str
    processing: Processing
    packaging: Packaging
    maker: Maker = Maker.OWN
    claims: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer in the last declaration of a name, which brings a requirement with it."""

    declaration: str
    question: str
    answer: str  # "yes" or "no"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that must be shown. Empty conditions hold for all; `spared` is the time in which
    it is not asked yet, or no longer. What is `optional` opens and shuts nothing."""

    slug: str
    family: Family
    source: str
    papers: tuple[PaperKind, ...] = ()
    name: str = ""  # of the declaration or the fact
    suppliers: frozenset[SupplierKind] = frozenset()
    categories: frozenset[str] = frozenset()
    processing: frozenset[Processing] = frozenset()
    packaging: frozenset[Packaging] = frozenset()
    makers: frozenset[Maker] = frozenset()
    claims: frozenset[str] = frozenset()
    answered: Answered | None = None
    borderline: bool = False
    optional: bool = False
    spared: tuple[Span, ...] = ()

    @property
    def is_of_goods(self) -> bool:
        """Asked of some goods only, not of a supplier as a whole."""
        said = (self.categories, self.processing, self.packaging, self.makers, self.claims)
        return any(said)

    def is_for(self, kind: SupplierKind) -> bool:
        return not self.suppliers or kind in self.suppliers

    def fits(self, make: Make) -> bool:
        """Whether goods of this make are asked for it, whoever sells them."""
        return (
            (not self.categories or make.category in self.categories)
            and (not self.processing or make.processing in self.processing)
            and (not self.packaging or make.packaging in self.packaging)
            and (not self.makers or make.maker in self.makers)
            and (not self.claims or bool(make.claims & self.claims))
        )


@dataclass(frozen=True, slots=True)
class Scheme:
    """All requirements of one file, with where they come from. `digest` tells files apart."""

    slug: str
    version: int
    date: date
    source: str
    requirements: tuple[Requirement, ...]
    digest: str


def read_scheme(text: str) -> Scheme:
    """A scheme file. Raises ValueError with the place and what is wrong there."""
    try:
        read = tomllib.loads(text)
        head = read["scheme"]
        rows = tuple(_requirement(row) for row in read["requirement"])
    except tomllib.TOMLDecodeError as fault:
        raise ValueError(f"scheme: {fault}") from fault
    except KeyError as fault:
        raise ValueError(f"scheme: {fault.args[0]} is missing") from fault
    slugs = [one.slug for one in rows]
    if twice := {slug for slug in slugs if slugs.count(slug) > 1}:
        raise ValueError(f"scheme: {sorted(twice)} stand twice")
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Scheme(head["slug"], head["version"], head["date"], head["source"], rows, digest)


_CONDITIONS: dict[str, type[StrEnum] | None] = {
    "suppliers": SupplierKind,
    "categories": None,
    "processing": Processing,
    "packaging": Packaging,
    "makers": Maker,
    "claims": None,
}
_KNOWN = frozenset({"slug", "kind", "source", "papers", "declaration", "fact", "answered",
                    "borderline", "optional", "since", "until", *_CONDITIONS})  # fmt: skip


def _requirement(row: dict[str, Any]) -> Requirement:
    slug = row.get("slug", "?")
    if unknown := row.keys() - _KNOWN:
        raise ValueError(f"requirement {slug}: {sorted(unknown)} mean nothing here")
    if not row.get("source"):
        raise ValueError(f"requirement {slug}: it needs a source")
    try:
        family = Family(row["kind"])
        said = {name: frozenset(_words(row, name, of)) for name, of in _CONDITIONS.items()}
        return Requirement(
            slug=row["slug"],
            family=family,
            source=row["source"],
            papers=tuple(PaperKind(kind) for kind in row.get("papers", ())),
            name=_name(row, family),
            answered=_answered(row),
            borderline=row.get("borderline", False),
            optional=row.get("optional", False),
            spared=_spared(row),
            **said,
        )
    except ValueError as fault:
        raise ValueError(f"requirement {slug}: {fault}") from fault


def _words(row: dict[str, Any], name: str, of: type[StrEnum] | None) -> Iterator[Any]:
    for word in row.get(name, ()):
        yield of(word) if of else word


def _name(row: dict[str, Any], family: Family) -> str:
    """Of the declaration or the fact. Raises ValueError when the family lacks what meets it."""
    known = {Family.FACT: FACTS, Family.DECLARATION: FORMS.keys()}.get(family)
    if known is None:
        if not row.get("papers"):
            raise ValueError("no paper meets it")
        return ""
    name: str = row.get(family.value, "")
    if name not in known:
        raise ValueError(f"{family.value} {name!r} is not known")
    return name


def _answered(row: dict[str, Any]) -> Answered | None:
    """Raises ValueError for a question that nobody is asked."""
    if "answered" not in row:
        return None
    said = {name: str(row["answered"].get(name, "")) for name in Answered.__slots__}
    found = Answered(**said)
    form = FORMS.get(found.declaration)
    asked = {one.id for one in form.questions} if form else set()
    if found.question not in asked or found.answer not in {"yes", "no"}:
        raise ValueError(f"nobody is asked {found.declaration}.{found.question}={found.answer}")
    return found


def _spared(row: dict[str, Any]) -> tuple[Span, ...]:
    spans: list[Span] = []
    if "since" in row:
        spans.append((DAWN, start_of_day(row["since"])))
    if "until" in row:
        spans.append((start_of_day(row["until"]), None))
    return tuple(spans)


SCHEME = read_scheme(
    resources.files("marketplace.suppliers").joinpath("schemes/zone.toml").read_text("utf-8")
)
REQUIREMENTS = SCHEME.requirements


def required_of(kind: SupplierKind, slugs: Iterable[str] = ()) -> tuple[Requirement, ...]:
    """What this kind of supplier must show: as a whole, and for goods of the profile `slugs`."""
    wanted = set(slugs)
    return tuple(
        one
        for one in REQUIREMENTS
        if one.is_for(kind) and (not one.is_of_goods or one.slug in wanted)
    )


@lru_cache(4_096)
def slugs_of(make: Make) -> tuple[str, ...]:
    """The profile of goods: what is asked of this make beyond what is asked of every supplier."""
    return tuple(one.slug for one in REQUIREMENTS if one.is_of_goods and one.fits(make))


def key_of(slugs: tuple[str, ...]) -> str:
    """A name of the profile that fits a column; WHOLE when nothing more is asked."""
    return hashlib.sha256("|".join(slugs).encode()).hexdigest()[:32] if slugs else WHOLE
