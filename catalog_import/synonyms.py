"""Which heading means which field: the table in data/headings.toml, checked when it is loaded."""

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, model_validator

Kind = Literal["listing", "person", "county", "organisation", "employee", "shipment", "statement"]


class FieldWords(BaseModel):
    """What one field is called: our own two headings, synonyms, and an example."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    zh: str
    en: str
    also: list[str]
    example: str

    def names(self) -> list[str]:
        return [self.zh, self.en, *self.also]

    def label(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


class HeadingTable(BaseModel):
    """The whole table; refuses a file in which one synonym means two things."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    ignored_marks: list[str]
    ambiguous_prices: list[str]
    listing: dict[str, FieldWords]
    person: dict[str, FieldWords]
    county: dict[str, FieldWords]
    organisation: dict[str, FieldWords]
    employee: dict[str, FieldWords]
    shipment: dict[str, FieldWords]
    statement: dict[str, FieldWords]

    def fields(self, kind: Kind) -> dict[str, FieldWords]:
        found: dict[str, FieldWords] = getattr(self, kind)
        return found

    @model_validator(mode="after")
    def _each_synonym_once(self) -> Self:
        prices = [plain(name, self.ignored_marks) for name in self.ambiguous_prices]
        for fields in (self.fields(kind) for kind in get_args(Kind)):
            seen = dict.fromkeys(prices, "ambiguous_prices")
            for field, words in fields.items():
                for name in {plain(name, self.ignored_marks): name for name in words.names()}:
                    if seen.setdefault(name, field) != field:
                        raise ValueError(f"{name!r} stands for both {seen[name]} and {field}")
        return self


def plain(heading: str, marks: list[str]) -> str:
    """A heading without what does not matter: case, width, blanks, `_`, `-` and the given marks."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    for mark in marks:
        text = text.replace(mark, "")
    return "".join(letter for letter in text if not letter.isspace() and letter not in "_-")


def plain_heading(heading: str) -> str:
    """`plain` with the marks of our own table."""
    return plain(heading, heading_table().ignored_marks)


@cache
def heading_table() -> HeadingTable:
    """The shipped table. Raises ValueError (with line, or with the synonym) when it is broken."""
    text = (files("catalog_import") / "data" / "headings.toml").read_text("utf-8")
    return HeadingTable.model_validate(tomllib.loads(text))


@cache
def field_of_heading(kind: Kind) -> dict[str, str]:
    """Plain synonym → field."""
    fields = heading_table().fields(kind).items()
    return {plain_heading(name): field for field, words in fields for name in words.names()}


@cache
def ambiguous_headings() -> frozenset[str]:
    """Plain headings that say "price" without saying which one."""
    return frozenset(plain_heading(name) for name in heading_table().ambiguous_prices)
