"""Outside registers, as data: where to look, what for, and when again."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources

from marketplace.kernel.errors import Missing
from marketplace.suppliers.states import LookupResult, PaperKind

FILE = "registers.toml"
FIND = frozenset({"credit_code", "legal_name", "paper_number"})


@dataclass(frozen=True, slots=True)
class Register:
    """One register; `papers` empty: looked into for every supplier."""

    slug: str
    zh: str
    en: str
    address: str
    find: str
    papers: tuple[PaperKind, ...]
    look_for_zh: str
    look_for_en: str
    every: int
    soon: int
    source: str

    def name(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en

    def look_for(self, lang: str) -> str:
        return self.look_for_zh if lang == "zh" else self.look_for_en


@cache
def registers() -> tuple[Register, ...]:
    """In the order of the file. Raises ValueError with place and reason when it is broken."""
    text = resources.files("marketplace.suppliers").joinpath(FILE).read_text("utf-8")
    found: dict[str, Register] = {}
    for place, row in enumerate(tomllib.loads(text)["register"], 1):
        try:
            kinds = tuple(PaperKind(kind) for kind in row["papers"])
            one = Register(**{**row, "papers": kinds})
        except (TypeError, ValueError, KeyError) as fault:
            raise ValueError(f"{FILE}, register {place}: {fault}") from fault
        if one.slug in found or one.find not in FIND or not 0 < one.soon <= one.every:
            raise ValueError(f"{FILE}, register {place} ({one.slug}): twice, or out of range")
        found[one.slug] = one
    return tuple(found.values())


def register(slug: str) -> Register:
    """By its slug. Raises Missing."""
    for known in registers():
        if known.slug == slug:
            return known
    raise Missing(register=slug)


def again_on(one: Register, result: LookupResult, day: date) -> date:
    """When to look again: as often as the register says, sooner when something was found."""
    return day + timedelta(days=one.every if result is LookupResult.CLEAN else one.soon)
