"""A person's own word on which heading means which field: a small TOML or JSON file.

It names headings of the sheet and nothing else. It cannot supply a value, least of all an origin, a
stock or a paper: whoever imports must have those in the sheet, row by row.
"""

import json
import tomllib
from dataclasses import dataclass

from catalog_import.decoding import decode
from catalog_import.problems import unreadable
from catalog_import.synonyms import heading_table, plain_heading

MAX_MAPPING_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Mapping:
    """Pairs of (heading as written, field), in the order of the file; a field of "" means that the
    column is not read."""

    pairs: tuple[tuple[str, str], ...]

    def by_heading(self) -> dict[str, str]:
        """Plain heading → field."""
        return {plain_heading(heading): field for heading, field in self.pairs}


def read_mapping(data: bytes) -> Mapping:
    """The mapping in a TOML or JSON file of `heading = field`. Raises UnreadableFile."""
    text = decode(data, max_bytes=MAX_MAPPING_BYTES).text
    pairs = _json_pairs(text) if text.lstrip().startswith("{") else _toml_pairs(text)
    return Mapping(tuple(_checked(pairs)))


def _json_pairs(text: str) -> list[tuple[str, object]]:
    try:
        # Pairs instead of a dict: a heading that stands twice must not win silently.
        pairs: object = json.loads(text, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError) as broken:
        line = broken.lineno if isinstance(broken, json.JSONDecodeError) else None
        raise unreadable("mapping_unreadable", line) from broken
    return list(pairs) if isinstance(pairs, _Pairs) else []


class _Pairs(list[tuple[str, object]]):
    """A JSON object as it stands in the file."""


def _toml_pairs(text: str) -> list[tuple[str, object]]:
    try:
        return list(tomllib.loads(text).items())
    except (tomllib.TOMLDecodeError, RecursionError) as broken:
        raise unreadable("mapping_unreadable") from broken


def _checked(pairs: list[tuple[str, object]]) -> list[tuple[str, str]]:
    fields = heading_table().listing
    seen: set[str] = set()
    checked: list[tuple[str, str]] = []
    for heading, field in pairs:
        if not isinstance(field, str) or field not in {*fields, ""}:
            raise unreadable("mapping_not_a_field", heading=heading, fields=" ".join(fields))
        names = {plain_heading(heading)} | ({f"field {field}"} if field else set())
        if names & seen:
            raise unreadable("mapping_twice", heading=heading)
        seen |= names
        checked.append((heading, field))
    if not checked:
        raise unreadable("mapping_unreadable")
    return checked
