"""What is known of fully digital invoices: fields, limits, words; data, see fapiao.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

PACKAGED = "fapiao.toml"
FIELDS = frozenset(
    {
        "number", "same_number", "issued_on", "seller_name", "seller_code", "buyer_name",
        "buyer_code", "net", "tax", "amount", "remark",
    }
)  # fmt: skip
ITEM = frozenset({"path", "name", "quantity", "rate", "net", "tax"})


@dataclass(frozen=True, slots=True)
class Facts:
    """As the packaged file has it."""

    number_length: int
    year_places: int
    most_bytes: int
    most_items: int
    root: str
    fields: dict[str, str]  # our word → place below the root
    items: dict[str, str]
    person_suffixes: tuple[str, ...]
    vague: frozenset[str]
    blue_number: tuple[str, ...]
    tax_free: tuple[str, ...]


def read_facts(text: str) -> Facts:
    """Raises ValueError that says what is missing."""
    try:
        return _facts(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, KeyError) as fault:
        raise ValueError(f"{PACKAGED}: {fault}") from fault


def _facts(told: dict[str, Any]) -> Facts:
    fields, items, words = told["fields"], told["items"], told["words"]
    if fields.keys() != FIELDS or items.keys() != ITEM:
        raise ValueError(f"{PACKAGED}: fields and items are {sorted(FIELDS)} and {sorted(ITEM)}")
    return Facts(
        number_length=told["number"]["length"],
        year_places=told["number"]["year_places"],
        most_bytes=told["file"]["most_bytes"],
        most_items=told["file"]["most_items"],
        root=told["file"]["root"],
        fields=fields,
        items=items,
        person_suffixes=tuple(words["person_suffixes"]),
        vague=frozenset(words["vague"]),
        blue_number=tuple(words["blue_number"]),
        tax_free=tuple(words["tax_free"]),
    )


@cache
def facts() -> Facts:
    """The packaged ones."""
    return read_facts(resources.files("marketplace.invoices").joinpath(PACKAGED).read_text("utf-8"))
