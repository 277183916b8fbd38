"""What each kind of paper asks for, as data: paper_kinds.toml."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from marketplace.suppliers.rules.reading import BrokenFile, Row, entries, line_of, packaged
from marketplace.suppliers.states import HolderRule, PaperKind, PaperScope

FILE = "paper_kinds.toml"


# fields that every paper has, and the two ways to send its picture
COMMON = ("kind", "number", "holder", "issuer", "valid_from", "valid_until", "scan", "photo")


class FieldType(StrEnum):
    TEXT = "text"
    LONG = "long"  # several lines
    NUMBER = "number"  # a whole number, not below zero
    DATE = "date"
    CHOICE = "choice"


class Said(Row):
    """One text in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.zh


class Choice(Said):
    value: str = Field(pattern=r"^[a-z][a-z0-9_]*$")


class ExtraField(Said):
    """A field that only papers of this kind have; kept in `Paper.details` under its name."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)
    type: FieldType = FieldType.TEXT
    required: bool = False
    hint: Said | None = None
    choices: tuple[Choice, ...] = ()

    @model_validator(mode="after")
    def _choices_of_a_choice(self) -> ExtraField:
        if (self.type is FieldType.CHOICE) != bool(self.choices):
            raise ValueError("a choice has choices, and nothing else has")
        if self.name in COMMON:
            raise ValueError(f"every paper has a {self.name} already")
        return self


Common = Literal["number", "holder", "issuer", "valid_from", "valid_until"]


class KindOfPaper(Row):
    """What is known of one kind of paper before anybody hands one in."""

    slug: PaperKind
    scope: PaperScope
    holder: HolderRule
    must_end: bool = False
    months: int | None = Field(default=None, ge=1, le=120)  # 平台采信至 at most, from valid_from
    remind: tuple[int, ...] = ()  # days before the end, longest first
    code: Literal["", "credit_code", "sc", "jy"] = ""  # how the number is built
    without: tuple[Literal["number", "issuer"], ...] = ()  # what such a paper does not have
    said: dict[Common, Said] = Field(default_factory=dict)  # its own words for the common fields
    source: str = Field(min_length=1)
    field: tuple[ExtraField, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> KindOfPaper:
        if list(self.remind) != sorted(set(self.remind), reverse=True) or 0 in self.remind:
            raise ValueError("remind: days before the end, longest first, each once")
        if self.must_end and not self.remind and self.scope is not PaperScope.BATCH:
            raise ValueError("a paper that must end is reminded of")
        if twice := [name for name, n in Counter(one.name for one in self.field).items() if n > 1]:
            raise ValueError(f"field {twice[0]} stands twice")
        return self

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the extra fields that may not stay empty."""
        return tuple(one.name for one in self.field if one.required)


def kinds_of(text: str, name: str = FILE) -> dict[PaperKind, KindOfPaper]:
    """All kinds by slug, each exactly once. Raises BrokenFile."""
    found: dict[PaperKind, KindOfPaper] = {}
    for number, kind in enumerate(entries(name, text, "kind", KindOfPaper)):
        if kind.slug in found:
            line = line_of(text, "kind", (number, "slug"))
            raise BrokenFile(name, line, f"kind {kind.slug} stands twice")
        found[kind.slug] = kind
    if missing := [kind for kind in PaperKind if kind not in found]:
        raise BrokenFile(name, text.count("\n") + 1, f"kind {missing[0]} is missing")
    return {kind: found[kind] for kind in PaperKind}


KINDS = kinds_of(packaged(FILE))


def shown(
    kind: PaperKind, details: Mapping[str, str | int], language: str
) -> tuple[tuple[str, str], ...]:
    """The fields of a kind with what was typed into them, for people; empty ones are left out."""
    pairs = []
    for one in KINDS[kind].field:
        typed = details.get(one.name)
        if typed is not None:
            chosen = [c.in_language(language) for c in one.choices if c.value == typed]
            pairs.append((one.in_language(language), chosen[0] if chosen else str(typed)))
    return tuple(pairs)


def label_of(kind: PaperKind, name: Common, language: str) -> str:
    """The kind's own word for a common field; empty: the usual one."""
    said = KINDS[kind].said.get(name)
    return said.in_language(language) if said else ""


def kinds_for(scope: PaperScope) -> tuple[PaperKind, ...]:
    """The kinds of papers that are about a supplier, a product or a batch."""
    return tuple(kind for kind, known in KINDS.items() if known.scope is scope)
